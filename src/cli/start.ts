import { readEnvironment } from '../config/environment.ts';
import { systemClock } from '../lib/clock.ts';
import { systemRandom } from '../lib/random-text.ts';
import { EXIT } from './exit-codes.ts';
import { createIo } from './io.ts';
import { runProgram } from './program.ts';
import { createStopSignals } from './stop-signals.ts';

/** Runs one command line of this process: its arguments, streams, environment and signals. */
export async function start(): Promise<void> {
  const stop = createStopSignals({
    exit: () => process.exit(EXIT.interrupted),
    monotonicMs: () => systemClock.monotonicMs(),
  });
  const reader = { isGone: false };

  // `| head -1` closes the pipe: what runs is stopped, nothing is said, and it is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    reader.isGone = true;
    stop.stop();
  });
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      stop.receive();
    });
  }

  const args = process.argv.slice(2);
  const env = readEnvironment();
  const streams = { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr };
  const io = await createIo(streams, { env, color: !args.includes('--no-color') });
  const code = await runProgram(args, {
    io: {
      ...io,
      err: (text) => {
        if (!reader.isGone) io.err(text);
      },
    },
    env,
    cwd: process.cwd(),
    clock: systemClock,
    random: systemRandom,
    signal: stop.signal,
    takeSecondSignal: () => stop.takeSecondSignal(),
  });
  process.exitCode = reader.isGone ? EXIT.done : code;
}
