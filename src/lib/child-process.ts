import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';

export interface ChildOptions {
  readonly argv: readonly string[];
  readonly cwd?: string;
  /** The whole environment of the child; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
  /** Leaves stdin open after that, until the child has ended: for a child that takes its end for the end of us. */
  readonly holdStdin?: boolean;
  readonly timeoutMs: number;
  /** Bytes of stdout and stderr each that are kept; the rest is read and dropped. */
  readonly maxBytes: number;
  /** Which part of stdout is kept when there is more: its start, also when absent, or its end. */
  readonly keep?: 'start' | 'end';
  readonly signal?: AbortSignal | undefined;
  /** Time between SIGTERM and SIGKILL for the whole process group; 2 s by default. */
  readonly graceMs?: number;
}

export type ChildEnd =
  | { readonly kind: 'exited'; readonly exit: number }
  /** Killed from outside, for example by the kernel when memory is short. */
  | { readonly kind: 'killed'; readonly signal: string }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'aborted' }
  /** Not started: the program does not exist, or may not be executed. */
  | { readonly kind: 'not-started'; readonly code: string };

export interface ChildResult {
  readonly end: ChildEnd;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** The last 4 KiB of stderr, also when its middle was dropped. */
  readonly stderrTail: Buffer;
  readonly truncated: boolean;
  readonly ms: number;
}

const TAIL_BYTES = 4096;

/** Time that a killed process has to disappear. */
const UNKILLABLE_MS = 500;

/**
 * Runs a program in a process group of its own, without a shell. Resolves for every way in which it can end; after
 * that the whole group is gone, except for what the kernel itself holds in an uninterruptible wait.
 */
export async function runChild(options: ChildOptions): Promise<ChildResult> {
  const [program, ...args] = options.argv;
  if (program === undefined) throw new Error('argv is empty');
  const started = performance.now();
  if (options.signal?.aborted === true) return notRun({ kind: 'aborted' });

  // Streams are typed as possibly absent: when file descriptors run out, Node gives a child without them.
  let child: ChildProcess;
  try {
    child = spawn(program, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: { ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      windowsHide: true,
    });
  } catch (error) {
    // Some refusals of the kernel come as an exception, for example an argument list that is too long.
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
    return notRun({ kind: 'not-started', code });
  }
  const stdout = (options.keep === 'end' ? keepEnd : keep)(child.stdout, options.maxBytes);
  const stderr = keep(child.stderr, options.maxBytes);
  // A child that does not read its input closes the pipe; that is its right.
  child.stdin?.on('error', () => undefined);
  child.stdin?.write(options.stdin ?? '');
  if (options.holdStdin !== true) child.stdin?.end();

  return await new Promise<ChildResult>((resolve) => {
    let stopped: ChildEnd | undefined;
    let hasExited = false;
    let killTimer: NodeJS.Timeout | undefined;
    let giveUpTimer: NodeJS.Timeout | undefined;
    const closePipes = (): void => {
      child.stdin?.destroy();
      child.stdout?.destroy();
      child.stderr?.destroy();
    };
    const stop = (end: ChildEnd): void => {
      if (stopped !== undefined || hasExited) return;
      stopped = end;
      signalGroup(child.pid, 'SIGTERM');
      killTimer = setTimeout(() => {
        signalGroup(child.pid, 'SIGKILL');
        // A grandchild in another session may hold the pipes open; do not wait for it.
        closePipes();
        // A process that waits for a dead disk or file server cannot be killed; nobody waits for it either.
        giveUpTimer = setTimeout(() => {
          child.unref();
          settle(end);
        }, UNKILLABLE_MS);
      }, options.graceMs ?? 2000);
    };
    const timer = setTimeout(() => {
      stop({ kind: 'timeout' });
    }, options.timeoutMs);
    const onAbort = (): void => {
      stop({ kind: 'aborted' });
    };
    options.signal?.addEventListener('abort', onAbort, { once: true });

    let pipeTimer: NodeJS.Timeout | undefined;
    const settle = (end: ChildEnd): void => {
      clearTimeout(timer);
      clearTimeout(killTimer);
      clearTimeout(giveUpTimer);
      clearTimeout(pipeTimer);
      options.signal?.removeEventListener('abort', onAbort);
      signalGroup(child.pid, 'SIGKILL');
      child.stdin?.destroy();
      resolve({
        end,
        stdout: stdout.bytes(),
        stderr: stderr.bytes(),
        stderrTail: stderr.tail(),
        truncated: stdout.isTruncated() || stderr.isTruncated(),
        ms: performance.now() - started,
      });
    };
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (child.pid === undefined) settle({ kind: 'not-started', code: error.code ?? 'UNKNOWN' });
    });
    child.on('exit', () => {
      hasExited = true;
      clearTimeout(timer);
      // Pipes that a background grandchild inherited must not keep a finished command waiting. What lies in them is
      // read first, even when this process was too busy to do it in time.
      pipeTimer = setTimeout(() => setImmediate(closePipes), 500);
    });
    child.on('close', (exit, signal) => {
      settle(stopped ?? (exit === null ? { kind: 'killed', signal: signal ?? 'unknown' } : { kind: 'exited', exit }));
    });
  });

  function notRun(end: ChildEnd): ChildResult {
    const nothing = Buffer.alloc(0);
    return { end, stdout: nothing, stderr: nothing, stderrTail: nothing, truncated: false, ms: 0 };
  }
}

/** Signals a whole process group; a group that is gone is fine. */
export function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: every process of the group has ended.
  }
}

interface Kept {
  bytes(): Buffer;
  tail(): Buffer;
  isTruncated(): boolean;
}

/** Holds no more than `maxBytes` and one chunk at any time. */
function keepEnd(stream: Readable | null | undefined, maxBytes: number): Kept {
  const chunks: Buffer[] = [];
  let size = 0;
  let truncated = false;
  stream?.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxBytes) truncated = true;
    for (let oldest = chunks[0]; oldest !== undefined && size - oldest.length >= maxBytes; oldest = chunks[0]) {
      size -= oldest.length;
      chunks.shift();
    }
  });
  stream?.on('error', () => undefined);
  const bytes = (): Buffer => {
    const all = Buffer.concat(chunks);
    return all.subarray(Math.max(0, all.length - maxBytes));
  };
  return { bytes, tail: () => bytes().subarray(-TAIL_BYTES), isTruncated: () => truncated };
}

function keep(stream: Readable | null | undefined, maxBytes: number): Kept {
  const chunks: Buffer[] = [];
  let size = 0;
  let truncated = false;
  let tail = Buffer.alloc(0);
  stream?.on('data', (chunk: Buffer) => {
    tail = Buffer.concat([tail, chunk.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES);
    const room = maxBytes - size;
    if (chunk.length > room) truncated = true;
    if (room <= 0) return;
    const kept = chunk.length > room ? chunk.subarray(0, room) : chunk;
    chunks.push(kept);
    size += kept.length;
  });
  stream?.on('error', () => undefined);
  return { bytes: () => Buffer.concat(chunks), tail: () => tail, isTruncated: () => truncated };
}
