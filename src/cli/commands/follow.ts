import type { CliContext, CommandModule } from '../context.ts';
import { exitCodeOfRequest, EXIT, type ExitCode, type FailOn } from '../exit-codes.ts';
import { addFailOn } from '../fail-on.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom follow @last
  $ claude-warroom follow @last --fail-on inconclusive && echo "found it"
  $ claude-warroom follow @last --json | jq -r .phase     one JSON object per change

Progress goes to stderr, the bottom line to stdout. Exit code 0 when a report was made, 1 when not, 4 when rejected.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    addFailOn(command.argument('<id>', 'request id, its beginning, or @last')).addHelpText('after', EXAMPLES);
    action(async (id: string, flags: { failOn?: readonly FailOn[] }) => await follow(getContext(), id, flags.failOn));
  },
};

async function follow(context: CliContext, selector: string, failOn: readonly FailOn[] = []): Promise<ExitCode> {
  const { withWarRoom } = await import('../session.ts');
  const { findRequest } = await import('../../client/find-request.ts');
  const { printBottomLine, waitForRequest } = await import('../wait.ts');
  const { requestJson } = await import('../render/request-json.ts');
  return await withWarRoom(context, async (session) => {
    const { io, clock, signal, flags } = context;
    const { warRoom, principal } = session;
    const found = await findRequest(warRoom, { selector, now: clock.now(), principal, signal });
    let printed: string | undefined;
    const view = await waitForRequest(session, found.view.id, {
      onView: (seen) => {
        const json = JSON.stringify(requestJson(seen));
        if (flags.json && json !== printed) io.out(json);
        printed = json;
      },
    });
    if (view === undefined) return EXIT.failed;
    if (!flags.json) await printBottomLine(session, view);
    return exitCodeOfRequest(view, failOn);
  });
}
