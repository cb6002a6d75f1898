import { spawn, type ChildProcess } from 'node:child_process';
import os from 'node:os';
import type { Writable } from 'node:stream';
import type { PlannedCommand } from '../../command-policy/decide-command.ts';
import { signalGroup } from '../../lib/child-process.ts';
import type { Pipe } from './open-pipes.ts';

/** How one program of a pipeline ended. */
export interface CommandEnd {
  readonly command: PlannedCommand;
  /** As a shell gives it: 127 for a program that is not there, 126 for one that may not run, 128 + n for signal n. */
  readonly exit: number;
  readonly isMissing: boolean;
}

export interface RunningPipeline {
  /** In the order of the pipeline, when all have ended. */
  readonly ends: Promise<readonly CommandEnd[]>;
  signal(signal: NodeJS.Signals): void;
  /** No longer waits for processes that even SIGKILL did not end. */
  giveUp(): void;
}

export interface PipelineSurroundings {
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Of the whole plan; its socket is shared with the programs. */
  readonly output: Writable;
  /** One between every two programs; both ends of each are closed here as soon as the programs have them. */
  readonly pipes: readonly Pipe[];
}

/** Exit code of a program that nobody waited for: the same that SIGKILL gives. */
const KILLED = 137;

/** Starts the programs of a pipeline without a shell, each in a process group of its own, connected by pipes. */
export function startPipeline(pipeline: readonly PlannedCommand[], around: PipelineSurroundings): RunningPipeline {
  const { output, pipes } = around;
  const programs = pipeline.map((command, index) => {
    const input = pipes[index - 1];
    const target = pipes[index];
    const program = start(command, {
      ...around,
      stdin: input?.readEnd ?? 'ignore',
      stdout: target?.writeEnd ?? output,
    });
    // Only the programs hold them, so that a reader sees the end, and a writer that nobody reads any more.
    input?.closeRead();
    target?.closeWrite();
    return program;
  });
  return {
    ends: Promise.all(programs.map(async ({ end }) => await end)),
    signal(signal) {
      for (const { child } of programs) signalGroup(child?.pid, signal);
    },
    giveUp() {
      for (const program of programs) program.giveUp();
    },
  };
}

interface Program {
  readonly child: ChildProcess | undefined;
  readonly end: Promise<CommandEnd>;
  giveUp(): void;
}

interface Place extends PipelineSurroundings {
  readonly stdin: number | 'ignore';
  readonly stdout: number | Writable;
}

function start(command: PlannedCommand, { environment, cwd, output, stdin, stdout }: Place): Program {
  const [name = '', ...args] = command.argv;
  let child: ChildProcess;
  try {
    child = spawn(name, args, {
      cwd,
      env: { ...environment },
      stdio: [
        stdin,
        command.dropStdout ? 'ignore' : stdout,
        command.dropStderr ? 'ignore' : command.mergeStderr ? stdout : output,
      ],
      detached: true,
    });
  } catch (error) {
    return { child: undefined, end: Promise.resolve(notStarted(command, error, output)), giveUp: () => undefined };
  }
  let giveUp = (): void => undefined;
  const end = new Promise<CommandEnd>((resolve) => {
    child.on('error', (error) => {
      if (child.pid === undefined) resolve(notStarted(command, error, output));
    });
    child.on('exit', (code, signal) => {
      // What it left in the background ends with it.
      signalGroup(child.pid, 'SIGKILL');
      resolve({ command, exit: code ?? 128 + (signal === null ? 0 : os.constants.signals[signal]), isMissing: false });
    });
    giveUp = () => {
      child.unref();
      resolve({ command, exit: KILLED, isMissing: false });
    };
  });
  return { child, end, giveUp };
}

/** Says it where the program itself would have complained. */
function notStarted(command: PlannedCommand, error: unknown, output: Writable): CommandEnd {
  const [name = ''] = command.argv;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
  const isMissing = code === 'ENOENT';
  const why = isMissing ? 'command not found' : code === 'EACCES' ? 'permission denied' : `cannot be started (${code})`;
  if (!command.dropStderr) output.write(`${name}: ${why}\n`);
  return { command, exit: isMissing ? 127 : 126, isMissing };
}
