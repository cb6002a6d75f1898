import type { CliContext, CommandModule } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom cluster list
  $ claude-warroom cluster list --json | jq -r '.clusters[] | select(.live | not) | .name'

On a pipe each line has, separated by tabs: name, type, state, lastSeenAt, pollSeconds, engines, strategies, description.
States: live, paused, silent (its processor missed three announcements), never (no processor has been seen).`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command.addHelpText('after', EXAMPLES);
    action(async () => await list(getContext()));
  },
};

async function list(context: CliContext): Promise<ExitCode> {
  const { listClusters } = await import('../../client/clusters.ts');
  const { clusterJson, renderClusters } = await import('../render/cluster-table.ts');
  const { withWarRoom } = await import('../session.ts');
  const { io, clock, signal, flags } = context;
  return await withWarRoom(context, async ({ warRoom }) => {
    const now = clock.now();
    const { clusters, invalid } = await listClusters(warRoom, { now, signal });
    if (flags.json) {
      io.out(JSON.stringify({ clusters: clusters.map(clusterJson), invalid }, null, 2));
      return EXIT.done;
    }
    if (clusters.length === 0) {
      io.err('no clusters; register one: claude-warroom cluster add NAME --type hub');
    }
    if (clusters.length > 0 || !io.isTerminal) {
      for (const line of renderClusters(clusters, { io, now })) io.out(line);
    }
    for (const { problem } of invalid) io.err(`${io.errorStyle.warn('warning:')} ${problem}`);
    return EXIT.done;
  });
}
