import type { CliContext, CommandModule } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { addFailOn } from '../fail-on.ts';
import { duration, SIGNING_KEY } from '../flag-values.ts';
import type { SendFlags } from '../send-request.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom ask @last "did the load balancer lose a backend at the same time?" --wait
  $ claude-warroom ask 2026-11-20-1430-api "what changed on node ip-10-0-3-17 since noon?"

A new request to the same clusters that continues the earlier one.
Exit code 0 when sent; with --wait also 1 failed, 4 rejected, 8 not done in time.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .argument('<id>', 'earlier request: its id, its beginning, or @last')
      .argument('<question>', 'what you want to know')
      .option('--wait [time]', 'wait for the answer, for example 15m', duration)
      .option('--follow', 'wait for the answer, as long as it takes')
      .option('--signing-key <file>', SIGNING_KEY);
    addFailOn(command).addHelpText('after', EXAMPLES);
    action(async (id: string, question: string, flags: AskFlags) => await ask(getContext(), { id, question, flags }));
  },
};

type AskFlags = SendFlags & { readonly signingKey?: string };

async function ask(
  context: CliContext,
  { id, question, flags }: { readonly id: string; readonly question: string; readonly flags: AskFlags },
): Promise<ExitCode> {
  const { requirePrincipal, withWarRoom } = await import('../session.ts');
  const { findRequest } = await import('../../client/find-request.ts');
  const { followUpDraft, readRequest } = await import('../../client/follow-up.ts');
  const { draftRequest } = await import('../../client/draft-request.ts');
  const { readClusters } = await import('../../client/clusters.ts');
  const { sendRequest } = await import('../send-request.ts');
  return await withWarRoom(
    context,
    async (session) => {
      const { clock, random, signal } = context;
      const { warRoom, principal } = session;
      const now = clock.now();
      const { view, snapshot } = await findRequest(warRoom, { selector: id, now, principal, signal });
      const earlier = await readRequest(snapshot, view.id, signal);
      const engineer = await requirePrincipal(session);
      const draft = followUpDraft(view.id, earlier, question);
      const ready = draftRequest(draft, { engineer, repository: warRoom.address, now, random });
      const { clusters } = await readClusters(snapshot, { namespace: warRoom.refNamespace, now, signal });
      return await sendRequest(session, { ...ready, clusters }, flags);
    },
    { isWriting: true, signingKey: flags.signingKey },
  );
}
