import { WarroomError } from '../../domain/errors.ts';
import type { CliContext, CommandModule } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { SIGNING_KEY } from '../flag-values.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom cancel @last --reason "the storage team found it"
  $ claude-warroom cancel 2026-11-20-1430-api-timeout-k7m2 --json

What has not begun never begins; what runs is stopped by its processor within one look.
Exit code 0 when it is, or will be, cancelled; 1 when it had ended already.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .argument('<id>', 'request id, its beginning, or @last')
      .option('--reason <text>', 'why the answer is no longer wanted')
      .option('--signing-key <file>', SIGNING_KEY)
      .addHelpText('after', EXAMPLES);
    action(async (id: string, flags: CancelFlags) => await cancel(getContext(), id, flags));
  },
};

interface CancelFlags {
  readonly reason?: string;
  readonly signingKey?: string;
}

async function cancel(context: CliContext, selector: string, cancelFlags: CancelFlags): Promise<ExitCode> {
  const { withWarRoom, requirePrincipal } = await import('../session.ts');
  const { findRequest } = await import('../../client/find-request.ts');
  const { cancelRequest } = await import('../../client/cancel-request.ts');
  const { readClusters } = await import('../../client/clusters.ts');
  const { signDocument } = await import('../sign-document.ts');
  return await withWarRoom(
    context,
    async (session) => {
      const { io, clock, random, signal, flags } = context;
      const { warRoom, principal } = session;
      const { view, snapshot } = await findRequest(warRoom, { selector, now: clock.now(), principal, signal });
      const engineer = await requirePrincipal(session);
      const { clusters } = await readClusters(snapshot, { namespace: warRoom.refNamespace, now: clock.now(), signal });
      const outcome = await cancelRequest(warRoom, view, {
        engineer,
        reason: cancelFlags.reason,
        sign: async (text) =>
          await signDocument(session, { text, purpose: 'cancel', targets: view.clusters, clusters }),
        clock,
        random,
        signal,
      });
      const isCancelled = outcome.kind !== 'ended' || outcome.phase === 'cancelled';
      if (flags.json) {
        const commit = outcome.kind === 'sent' ? outcome.commit : null;
        io.out(JSON.stringify({ id: view.id, cancelled: isCancelled, phase: view.phase, commit }));
        return isCancelled ? EXIT.done : EXIT.failed;
      }
      if (outcome.kind === 'ended' && !isCancelled) {
        throw new WarroomError('not-found', `${view.id} cannot be cancelled`, {
          why: `it has ended already: ${outcome.phase}`,
          hint: `read it: claude-warroom get-results ${view.id}`,
        });
      }
      const tick = io.errorStyle.good('✔');
      if (outcome.kind === 'sent')
        io.err(`${tick} cancel sent for ${view.id}${outcome.isSigned ? `, signed as ${engineer}` : ' (unsigned)'}`);
      else io.err(`${tick} ${view.id} was cancelled before`);
      if (outcome.kind === 'sent' && view.progress !== undefined) {
        io.err('  its processor stops it within one look; see  claude-warroom status @last');
      }
      if (!io.isTerminal) io.out(view.id);
      return EXIT.done;
    },
    { isWriting: true, signingKey: cancelFlags.signingKey },
  );
}
