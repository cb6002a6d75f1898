import { Readable, Writable } from 'node:stream';
import type { CliContext, Connections } from '../../src/cli/context.ts';
import type { ExitCode } from '../../src/cli/exit-codes.ts';
import { createIo } from '../../src/cli/io.ts';
import { runProgram } from '../../src/cli/program.ts';
import type { WarRoom } from '../../src/repository/port.ts';
import { FakeClock } from './fake-clock.ts';

export interface InProcessOptions {
  readonly warRoom: WarRoom;
  readonly now?: Date;
  /** git's user.email; alice@example.com when absent, nobody when null. */
  readonly email?: string | null;
  readonly stdin?: string;
  readonly cwd?: string;
  /** stdout is a terminal of this many columns. */
  readonly columns?: number;
  readonly clock?: FakeClock;
  readonly signal?: AbortSignal;
  readonly env?: Readonly<Record<string, string>>;
}

export interface InProcessResult {
  readonly exit: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command line in this process against a war room that the test made, with a clock that does not move. */
export async function runInProcess(argv: readonly string[], options: InProcessOptions): Promise<InProcessResult> {
  const stdout = new CapturedStream(options.columns);
  const stderr = new CapturedStream(undefined);
  const stdin = Readable.from(options.stdin === undefined ? [] : [options.stdin]);
  const env = { PAGER: '', NO_COLOR: '1', HOME: '/nonexistent', WARROOM_REPO: options.warRoom.address, ...options.env };
  const email = options.email === undefined ? 'alice@example.com' : options.email;
  const connections: Connections = {
    openWarRoom: () => Promise.resolve(options.warRoom),
    readGitUser: () => Promise.resolve(email === null ? {} : { email }),
  };
  let seed = 0;
  const surroundings: Omit<CliContext, 'flags'> = {
    io: await createIo({ stdin, stdout, stderr }, { env, color: false }),
    env,
    cwd: options.cwd ?? '/nonexistent',
    clock: options.clock ?? new FakeClock(options.now ?? new Date('2026-11-20T14:42:00Z')),
    random: (size) => Uint8Array.from({ length: size }, () => seed++ % 251),
    signal: options.signal ?? new AbortController().signal,
    connections,
  };
  const exit = await runProgram(argv, surroundings);
  return { exit, stdout: stdout.text(), stderr: stderr.text() };
}

class CapturedStream extends Writable {
  readonly isTTY: boolean;
  readonly columns: number | undefined;
  readonly #chunks: string[] = [];

  constructor(columns: number | undefined) {
    super();
    this.isTTY = columns !== undefined;
    this.columns = columns;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(chunk.toString('utf8'));
    done();
  }

  text(): string {
    return this.#chunks.join('');
  }
}
