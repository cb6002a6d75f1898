import { statfs } from 'node:fs/promises';
import type { ProcessorEvent } from '../domain/events.ts';
import type { Presence } from '../schema/generated.ts';

/**
 * One investigation with its evidence, the outbox, and what the mirror of the war room grows by, several times over: with
 * less the disk could be full in the middle of the work.
 */
const LEAST_BYTES = 64 * 1024 * 1024;
/** A little more before it goes on, so that it does not go back and forth. */
const ENOUGH_BYTES = LEAST_BYTES * 1.25;

export interface RoomWatchOptions {
  readonly stateDir: string;
  readonly emit: (event: ProcessorEvent) => void;
  /** Bytes that are free; asks the file system when absent. */
  readonly measure?: (folder: string) => Promise<number>;
}

/**
 * Whether there is room for the work of a processor in its state folder. Nothing is begun while there is none; what runs
 * is finished, and what is finished is published.
 */
export class RoomWatch {
  readonly #options: RoomWatchOptions;
  #pause: Presence['paused'];

  constructor(options: RoomWatchOptions) {
    this.#options = options;
  }

  /** Why nothing is begun; undefined when there is room. */
  get pause(): Presence['paused'] {
    return this.#pause;
  }

  async look(): Promise<void> {
    const { stateDir, emit, measure = freeBytes } = this.#options;
    // A folder that cannot be measured is told by whoever writes there.
    const free = await measure(stateDir).catch(() => undefined);
    if (free === undefined) return;
    if (this.#pause === undefined && free < LEAST_BYTES) {
      const message = `the state folder has ${megabytes(free)} MiB left, and ${megabytes(LEAST_BYTES)} are needed to begin anything`;
      const hint = 'make room, enlarge the volume, or lower retention: what waits is begun then by itself';
      this.#pause = { code: 'disk-full', message, hint };
      emit({ type: 'disk-full', message: `${message}; ${hint}` });
      return;
    }
    if (this.#pause === undefined || free < ENOUGH_BYTES) return;
    this.#pause = undefined;
    emit({ type: 'room-found', megabytes: megabytes(free) });
  }
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

function megabytes(bytes: number): number {
  return Math.floor(bytes / 1024 / 1024);
}

const FULL = new Set(['ENOSPC', 'EDQUOT']);

/** Whether a write failed because there is no room, or no more for this user. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && FULL.has(error.code);
}
