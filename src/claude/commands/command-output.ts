import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import { signalGroup } from '../../lib/child-process.ts';

/** Where all commands of a plan write to, in the order in which they write. */
export interface CommandOutput {
  /** Give it to children as their output: they share it as they share a terminal. */
  readonly stream: Writable;
  /** Ends when no command holds it any more, or soon after. */
  close(): Promise<{ readonly bytes: Buffer; readonly truncated: boolean }>;
}

export interface OutputOptions {
  readonly environment: Readonly<Record<string, string>>;
  /** Bytes that are kept; the rest is read and dropped. */
  readonly maxBytes: number;
}

/** Time for what is still on its way when the last command has ended. */
const DRAIN_MS = 500;

/**
 * Opens one output for many writers. Node gives every stream of every child a socket of its own, which loses the order
 * of output and errors; the input of a `cat` can be shared.
 */
export function openOutput({ environment, maxBytes }: OutputOptions): CommandOutput {
  const reader = spawn('cat', [], {
    env: { ...environment },
    cwd: '/',
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  });
  const chunks: Buffer[] = [];
  let size = 0;
  let truncated = false;
  reader.stdin.on('error', () => undefined);
  reader.stdout.on('error', () => undefined);
  reader.stdout.on('data', (chunk: Buffer) => {
    const room = maxBytes - size;
    if (chunk.length > room) truncated = true;
    if (room <= 0) return;
    const kept = chunk.length > room ? chunk.subarray(0, room) : chunk;
    chunks.push(kept);
    size += kept.length;
  });
  const closed = new Promise<void>((resolve, reject) => {
    reader.on('error', (cause) => {
      reject(new Error('cannot read the output of commands: cat did not start', { cause }));
    });
    reader.on('close', () => {
      resolve();
    });
  });
  // Whoever closes the output hears of it; until then it is nobody's unhandled failure.
  closed.catch(() => undefined);

  return {
    stream: reader.stdin,
    async close() {
      reader.stdin.destroy();
      const timer = setTimeout(() => {
        // What has arrived meanwhile is taken first, even when this process was too busy to do it in time.
        setImmediate(() => {
          signalGroup(reader.pid, 'SIGKILL');
          reader.stdout.destroy();
        });
      }, DRAIN_MS);
      try {
        await closed;
      } finally {
        clearTimeout(timer);
      }
      return { bytes: Buffer.concat(chunks), truncated };
    },
  };
}
