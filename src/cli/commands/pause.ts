import type { CliContext, CommandModule } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { PROCESSOR_FILE } from '../zone.ts';
import type { ZoneBrakeFlags } from '../zone-brake.ts';

const EXAMPLES = `
Examples:
  $ claude-warroom pause --reason "change freeze until Monday"
  $ claude-warroom pause --reason "too many false alerts" --json
  $ claude-warroom pause --zone -c /etc/claude-warroom/processor.yaml --reason "something leaks"

Writes the file PAUSE. No processor of this war room starts anything while it is there, and what runs stops at its next
look. With --zone, beside the processor, it stops that one within 5 seconds and nothing leaves any more.
Exit code 0, also when it was set before.`;

export const command: CommandModule = {
  define: (command, getContext, action) => {
    command
      .option('--reason <text>', 'why, for everybody who wonders')
      .option('--zone', 'pause one processor, here in its zone')
      .option('-c <file>', `${PROCESSOR_FILE}, with --zone`)
      .addHelpText('after', EXAMPLES);
    action(async (flags: { zone?: boolean } & ZoneBrakeFlags) => {
      if (flags.zone !== true) return await pause(getContext(), flags.reason);
      const { pauseZone } = await import('../zone-brake.ts');
      return await pauseZone(getContext(), flags);
    });
  },
};

async function pause(context: CliContext, given: string | undefined): Promise<ExitCode> {
  const { readPause, setPause } = await import('../../client/pause.ts');
  const { createRedaction } = await import('../../redaction/create-redaction.ts');
  const { withWarRoom } = await import('../session.ts');
  const { requireReason, pauseText } = await import('../pause-text.ts');
  const { io, clock, random, signal, flags } = context;
  const reason = await requireReason(context, given, 'pause');
  return await withWarRoom(
    context,
    async (session) => {
      const { warRoom } = session;
      // The brake must work for everybody who can push, also where git does not know who that is.
      const by = (await session.principal()) ?? 'somebody without a git identity';
      const redaction = createRedaction({ knownValues: [], key: random(32) });
      const redact = (text: string): ReturnType<typeof redaction.redact> => redaction.redact(text);
      const outcome = await setPause(warRoom, { reason, by, at: clock.now() }, { redact, signal });
      const state = await readPause(await warRoom.refresh({ refPrefixes: [], signal }), signal);
      if (flags.json) {
        const set = state.kind === 'paused' ? state : undefined;
        const known = { reason: set?.reason ?? null, by: set?.by ?? null, at: set?.at?.toISOString() ?? null };
        const commit = outcome.kind === 'landed' ? outcome.commit : null;
        io.out(JSON.stringify({ paused: true, changed: outcome.kind === 'landed', commit, ...known }));
        return EXIT.done;
      }
      const tick = io.errorStyle.good('✔');
      if (outcome.kind === 'already') {
        io.err(`${tick} the war room is paused already${pauseText(state, clock.now())}`);
        return EXIT.done;
      }
      io.err(`${tick} paused: no processor of ${warRoom.address} starts anything`);
      io.err('  go on with  claude-warroom resume --reason "…"');
      return EXIT.done;
    },
    { isWriting: true },
  );
}
