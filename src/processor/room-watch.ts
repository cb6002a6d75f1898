import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WarroomError } from '../domain/errors.ts';
import type { ProcessorEvent } from '../domain/events.ts';
import { roomOn } from '../lib/volume.ts';
import type { Presence } from '../schema/generated.ts';

/**
 * One investigation with its evidence, the outbox, and what the mirror of the war room grows by, several times over: with
 * less the disk could be full in the middle of the work.
 */
const LEAST_BYTES = 64 * 1024 * 1024;
/** A little more before it goes on, so that it does not go back and forth. */
const ENOUGH_BYTES = LEAST_BYTES * 1.25;

/** What the smallest commit takes, and more. */
const TRIED_BYTES = 256 * 1024;

export interface RoomWatchOptions {
  readonly stateDir: string;
  readonly emit: (event: ProcessorEvent) => void;
  /** Bytes that are free; asks the file system when absent. */
  readonly measure?: (folder: string) => Promise<number>;
  /** Rejects when a file of a few pages cannot be written; tries it when absent. */
  readonly tryWrite?: (folder: string) => Promise<void>;
}

/**
 * Whether there is room for the work of a processor in its state folder: measured before each look, and told by git when
 * it finds none in spite of that, as with a quota, without inodes, or for one large fetch. Nothing is begun while there is
 * none; what runs is finished, and what is finished is published.
 *
 * roomy     pause is undefined; leaves when too little is measured, or git has told that the disk is full
 * measured  too little is free; leaves when enough is
 * told      leaves when git has fetched and a file can be written
 */
export class RoomWatch {
  readonly #options: RoomWatchOptions;
  #free: number | undefined;
  #measured: Presence['paused'];
  #told: Presence['paused'];

  constructor(options: RoomWatchOptions) {
    this.#options = options;
  }

  /** Why nothing is begun; undefined when there is room. */
  get pause(): Presence['paused'] {
    return this.#measured ?? this.#told;
  }

  async look(): Promise<void> {
    const { stateDir, measure = freeBytes } = this.#options;
    // A folder that cannot be measured is told by whoever writes there.
    const free = await measure(stateDir).catch(() => undefined);
    if (free === undefined) return;
    this.#free = free;
    if (this.#measured === undefined && free < LEAST_BYTES) {
      const message = `the state folder has ${megabytes(free)} MiB left, and ${megabytes(LEAST_BYTES)} are needed to begin anything`;
      const hint = 'make room, enlarge the volume, or lower retention: what waits is begun then by itself';
      this.#change({ measured: { code: 'disk-full', message, hint }, told: this.#told });
    } else if (free >= ENOUGH_BYTES) {
      this.#change({ measured: undefined, told: this.#told });
    }
  }

  /** git found no room. */
  noteFull({ message, hint = '' }: Pick<WarroomError, 'message' | 'hint'>): void {
    this.#change({ measured: this.#measured, told: { code: 'disk-full', message, hint } });
  }

  /** git has fetched. There may have been nothing to write, so that is tried before it goes on. */
  async noteFetched(): Promise<void> {
    const { stateDir, tryWrite = writeAndRemove } = this.#options;
    if (this.#told === undefined) return;
    const canWrite = await tryWrite(stateDir).then(
      () => true,
      () => false,
    );
    if (canWrite) this.#change({ measured: this.#measured, told: undefined });
  }

  /** Tells only when it begins and when it is over. */
  #change({ measured, told }: { readonly measured: Presence['paused']; readonly told: Presence['paused'] }): void {
    const { emit } = this.#options;
    const before = this.pause;
    this.#measured = measured;
    this.#told = told;
    const { pause } = this;
    if (before === undefined && pause !== undefined) {
      emit({ type: 'disk-full', message: `${pause.message}; ${pause.hint ?? ''}` });
    }
    if (before !== undefined && pause === undefined) {
      emit({ type: 'room-found', megabytes: megabytes(this.#free ?? 0) });
    }
  }
}

async function freeBytes(folder: string): Promise<number> {
  return (await roomOn(folder)).bytes;
}

async function writeAndRemove(folder: string): Promise<void> {
  const file = join(folder, 'room.new');
  try {
    await writeFile(file, Buffer.alloc(TRIED_BYTES), { mode: 0o600 });
  } finally {
    await rm(file, { force: true });
  }
}

function megabytes(bytes: number): number {
  return Math.floor(bytes / 1024 / 1024);
}
