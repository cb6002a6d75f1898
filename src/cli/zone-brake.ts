import { describePause } from '../domain/pause.ts';
import { isLockHeld } from '../lib/lock-file.ts';
import { join } from 'node:path';
import { removePauseFile, writePauseFile } from '../zone/pause-file.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { requireReason } from './pause-text.ts';
import { administratorName, loadZone } from './zone.ts';

export interface ZoneBrakeFlags {
  readonly c?: string;
  readonly reason?: string;
}

/** Sets the brake of one processor, in its zone: it stops what runs within five seconds, and nothing leaves. */
export async function pauseZone(context: CliContext, flags: ZoneBrakeFlags): Promise<ExitCode> {
  const { io, clock } = context;
  const settings = await loadZone(context, flags.c);
  const reason = await requireReason(context, flags.reason, 'pause');
  const pause = { reason, by: administratorName(context), at: clock.now() };
  const before = await writePauseFile(settings.pauseFile, pause);
  const isRunning = await isLockHeld(join(settings.stateDir, 'lock'));
  const { name } = settings.cluster;
  if (context.flags.json) {
    const known = before ?? pause;
    io.out(
      JSON.stringify({ paused: true, changed: before === undefined, file: settings.pauseFile, isRunning, ...known }),
    );
    return EXIT.done;
  }
  const tick = io.errorStyle.good('✔');
  if (before !== undefined) {
    io.err(`${tick} ${name} is paused already in its zone: ${describePause(before)}`);
    return EXIT.done;
  }
  io.err(`${tick} ${name} is paused in its zone by ${settings.pauseFile}`);
  io.err(
    isRunning
      ? '  its processor stops what runs within 5 seconds and publishes nothing'
      : '  no processor runs here now; the next one starts paused',
  );
  io.err('  go on with  claude-warroom resume --zone --reason "…"');
  return EXIT.done;
}

/** Lifts the brake of the zone. A PAUSE in the war room is another brake and stays. */
export async function resumeZone(context: CliContext, flags: ZoneBrakeFlags): Promise<ExitCode> {
  const { io, clock } = context;
  const settings = await loadZone(context, flags.c);
  const reason = await requireReason(context, flags.reason, 'resume');
  const note = { reason, by: administratorName(context), at: clock.now() };
  const before = await removePauseFile(settings.pauseFile, { note, stateDir: settings.stateDir });
  if (context.flags.json) {
    io.out(JSON.stringify({ paused: false, changed: before !== undefined, file: settings.pauseFile }));
    return EXIT.done;
  }
  const tick = io.errorStyle.good('✔');
  const { name } = settings.cluster;
  io.err(
    before === undefined
      ? `${tick} ${name} was not paused by ${settings.pauseFile}`
      : `${tick} ${name} is no longer paused in its zone; it was for: ${describePause(before)}`,
  );
  if (settings.pauseReason !== undefined) {
    io.err('  WARROOM_PAUSE is set here; a processor with the same environment stays paused');
  }
  return EXIT.done;
}
