import { spawn, type ChildProcess } from 'node:child_process';
import { signalGroup } from '../../lib/child-process.ts';
import type { ClaudeCommand } from '../claude-arguments.ts';
import { createLineReader } from '../../lib/line-reader.ts';
import type { RunUser } from './run-folder.ts';

/** A command's output appears in a line in full, twice, and is cut by claude at 30,000 characters. */
const MAX_LINE_BYTES = 8 * 1024 * 1024;
const MAX_TOTAL_BYTES = 256 * 1024 * 1024;
const MAX_STDERR_BYTES = 16 * 1024;
/** Time for pipes that a left-over process holds open. */
const PIPE_MS = 500;

export type ProcessEnd =
  | { readonly kind: 'exited'; readonly exit: number }
  | { readonly kind: 'killed'; readonly signal: string }
  | { readonly kind: 'not-started'; readonly code: string }
  | LostAgent;

/** The place that it ran in is gone, or never came. */
export interface LostAgent {
  readonly kind: 'lost';
  readonly code: 'not-started' | 'crashed' | 'timeout' | 'interrupted';
  readonly message: string;
}

/** The running program: lines in, lines out, and a ladder of signals. */
export interface ClaudeProcess {
  /** Writes one line of JSON. */
  send(message: unknown): void;
  /** Says that no more comes; claude ends when it is done. */
  closeInput(): void;
  /** SIGINT, then SIGTERM, then SIGKILL; claude and its commands end by the first one unless something is wrong. */
  stop(onSignal: (signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL') => void): void;
  /** Resolves when it has ended and all its output was read; never rejects. */
  readonly ended: Promise<ProcessEnd>;
  /** The beginning of what it wrote to stderr; normally nothing. */
  stderr(): string;
}

export interface ClaudeProcessOptions extends ClaudeCommand {
  readonly cwd: string;
  readonly user?: RunUser | undefined;
  readonly onLine: (line: string) => void;
  /** More output than any sane run has; called once. */
  readonly onFlood: () => void;
  readonly graceMs: StopGrace;
}

/** Milliseconds that claude has after a signal before the next one comes. */
export interface StopGrace {
  readonly interrupt: number;
  readonly terminate: number;
}

export function startClaudeProcess(options: ClaudeProcessOptions): ClaudeProcess {
  const [program = '', ...args] = options.argv;
  let child: ChildProcess;
  try {
    child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      windowsHide: true,
      ...options.user,
    });
  } catch (error) {
    // Some refusals of the kernel come as an exception, for example an argument list that is too long.
    return notStarted(error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN');
  }
  const timers = new Set<NodeJS.Timeout>();
  const errors: Buffer[] = [];
  let errorBytes = 0;
  let hasEnded = false;
  let isStopping = false;

  readOutput(child, options);
  child.stderr?.on('data', (chunk: Buffer) => {
    const kept = chunk.subarray(0, MAX_STDERR_BYTES - errorBytes);
    errorBytes += kept.length;
    if (kept.length > 0) errors.push(kept);
  });
  child.stderr?.on('error', () => undefined);
  // claude may end while we write.
  child.stdin?.on('error', () => undefined);

  const ended = new Promise<ProcessEnd>((resolve) => {
    const settle = (end: ProcessEnd): void => {
      hasEnded = true;
      for (const timer of timers) clearTimeout(timer);
      signalGroup(child.pid, 'SIGKILL');
      resolve(end);
    };
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (child.pid === undefined) settle({ kind: 'not-started', code: error.code ?? 'UNKNOWN' });
    });
    child.on('exit', () => {
      after(PIPE_MS, () => {
        child.stdin?.destroy();
        child.stdout?.destroy();
        child.stderr?.destroy();
      });
    });
    child.on('close', (exit, signal) => {
      settle(exit === null ? { kind: 'killed', signal: signal ?? 'unknown' } : { kind: 'exited', exit });
    });
  });

  function after(ms: number, action: () => void): void {
    timers.add(setTimeout(action, ms));
  }

  return {
    ended,
    send(message) {
      if (child.stdin?.writable === true) child.stdin.write(`${JSON.stringify(message)}\n`);
    },
    closeInput() {
      child.stdin?.end();
    },
    stop(onSignal) {
      if (isStopping || hasEnded) return;
      isStopping = true;
      onSignal('SIGINT');
      child.kill('SIGINT');
      after(options.graceMs.interrupt, () => {
        onSignal('SIGTERM');
        child.kill('SIGTERM');
        after(options.graceMs.terminate, () => {
          onSignal('SIGKILL');
          signalGroup(child.pid, 'SIGKILL');
        });
      });
    },
    stderr: () => Buffer.concat(errors).toString('utf8'),
  };
}

function readOutput(child: ChildProcess, { onLine, onFlood }: ClaudeProcessOptions): void {
  const reader = createLineReader({ maxLineBytes: MAX_LINE_BYTES, onLine });
  let total = 0;
  child.stdout?.on('data', (chunk: Buffer) => {
    const isFirstTooMany = total <= MAX_TOTAL_BYTES && total + chunk.length > MAX_TOTAL_BYTES;
    total += chunk.length;
    if (total <= MAX_TOTAL_BYTES) reader.push(chunk);
    if (isFirstTooMany) onFlood();
  });
  child.stdout?.on('end', () => {
    reader.end();
  });
  child.stdout?.on('error', () => undefined);
}

function notStarted(code: string): ClaudeProcess {
  return {
    ended: Promise.resolve({ kind: 'not-started', code }),
    send: () => undefined,
    closeInput: () => undefined,
    stop: () => undefined,
    stderr: () => '',
  };
}
