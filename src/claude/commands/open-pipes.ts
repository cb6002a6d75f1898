import { closeSync, constants, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChild } from '../../lib/child-process.ts';

/** Both ends of a pipe as file descriptors; closing an end twice is fine. */
export interface Pipe {
  readonly readEnd: number;
  readonly writeEnd: number;
  closeRead(): void;
  closeWrite(): void;
}

const MKFIFO_TIMEOUT_MS = 5000;

/**
 * Opens real pipes. What Node calls a pipe is a pair of sockets: a program whose reader ends early would get another
 * error from it than the one that every program takes for the end.
 */
export async function openPipes(
  count: number,
  environment: Readonly<Record<string, string>>,
): Promise<readonly Pipe[]> {
  if (count === 0) return [];
  const folder = await mkdtemp(join(tmpdir(), 'warroom-'));
  const opened: Pipe[] = [];
  try {
    const paths = Array.from({ length: count }, (_, index) => join(folder, String(index)));
    const { end } = await runChild({
      argv: ['mkfifo', '-m', '600', ...paths],
      env: environment,
      timeoutMs: MKFIFO_TIMEOUT_MS,
      maxBytes: 0,
    });
    if (end.kind !== 'exited' || end.exit !== 0) throw new Error(`mkfifo failed: ${JSON.stringify(end)}`);
    for (const path of paths) opened.push(openPipe(path));
    return opened;
  } catch (error) {
    closePipes(opened);
    throw error;
  } finally {
    // An open pipe needs no name.
    await rm(folder, { recursive: true, force: true });
  }
}

export function closePipes(pipes: readonly Pipe[]): void {
  for (const pipe of pipes) {
    pipe.closeRead();
    pipe.closeWrite();
  }
}

function openPipe(path: string): Pipe {
  // Reading without waiting for a writer first; then a writer need not wait either.
  const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeEnd = openSync(path, constants.O_WRONLY);
  return { readEnd, writeEnd, closeRead: closing(readEnd), closeWrite: closing(writeEnd) };
}

function closing(descriptor: number): () => void {
  let isOpen = true;
  return () => {
    if (!isOpen) return;
    isOpen = false;
    closeSync(descriptor);
  };
}
