import type { CliContext, CommandModule } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom resume --reason "freeze is over"

Removes the file PAUSE. A pause that is set in the secure zone of a processor stays: only its administrator lifts it.
Exit code 0, also when nothing was paused.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command.option('--reason <text>', 'why, for the history of the branch').addHelpText('after', EXAMPLES);
    action(async (flags: { reason?: string }) => await resume(getContext(), flags.reason));
  },
};

async function resume(context: CliContext, given: string | undefined): Promise<ExitCode> {
  const { listClusters } = await import('../../client/clusters.ts');
  const { clearPause } = await import('../../client/pause.ts');
  const { createRedaction } = await import('../../redaction/create-redaction.ts');
  const { withWarRoom } = await import('../session.ts');
  const { requireReason } = await import('../pause-text.ts');
  const { io, clock, random, signal, flags } = context;
  const text = await requireReason(context, given, 'resume');
  return await withWarRoom(
    context,
    async ({ warRoom }) => {
      const reason = await createRedaction({ knownValues: [], key: random(32) }).redact(text);
      const outcome = await clearPause(warRoom, { reason, signal });
      const { clusters } = await listClusters(warRoom, { now: clock.now(), signal });
      const held = clusters.flatMap(({ name, processors }) =>
        processors.flatMap(({ holder, isLive, paused }) =>
          isLive && paused !== undefined ? [{ cluster: name, holder, message: paused }] : [],
        ),
      );
      if (flags.json) {
        const commit = outcome.kind === 'landed' ? outcome.commit : null;
        io.out(JSON.stringify({ paused: false, changed: outcome.kind === 'landed', commit, processors: held }));
        return EXIT.done;
      }
      const tick = io.errorStyle.good('✔');
      io.err(
        outcome.kind === 'landed' ? `${tick} resumed ${warRoom.address}` : `${tick} ${warRoom.address} was not paused`,
      );
      for (const { cluster, holder, message } of held) {
        io.err(`  ${cluster}/${holder} said at its last look: ${message}`);
      }
      io.err('  a pause that is set in the zone of a processor stays until its administrator lifts it');
      return EXIT.done;
    },
    { isWriting: true },
  );
}
