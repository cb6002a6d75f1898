import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { ProcessorEvent } from '../../../src/domain/events.ts';
import { RoomWatch } from '../../../src/processor/room-watch.ts';
import { createTempFolder } from '../../support/temp-folder.ts';

const MIB = 1024 * 1024;

describe('room in the state folder', () => {
  it('is asked for before anything is begun, told once, and not gone back and forth about', async () => {
    const events: ProcessorEvent[] = [];
    let free: number | undefined = 500 * MIB;
    const measure = (): Promise<number> =>
      free === undefined ? Promise.reject(new Error('EIO')) : Promise.resolve(free);
    const watch = new RoomWatch({ stateDir: '/state', emit: (event) => events.push(event), measure });
    const seen: (string | undefined)[] = [];
    for (const next of [500 * MIB, 63 * MIB, 0, 70 * MIB, undefined, 80 * MIB, 70 * MIB]) {
      free = next;
      await watch.look();
      seen.push(watch.pause?.code);
    }
    expect(seen).toEqual([undefined, 'disk-full', 'disk-full', 'disk-full', 'disk-full', undefined, undefined]);
    expect(events).toEqual([
      { type: 'disk-full', message: expect.stringContaining('63 MiB left, and 64 are needed') as string },
      { type: 'room-found', megabytes: 80 },
    ]);
  });

  it('is measured by the file system itself', async () => {
    const watch = new RoomWatch({ stateDir: import.meta.dirname, emit: () => undefined });
    await watch.look();
    expect(watch.pause).toBeUndefined();
  });

  it('is missed when git found none in spite of what is free, until git has fetched and a file can be written', async () => {
    const events: ProcessorEvent[] = [];
    let canWrite = false;
    const watch = new RoomWatch({
      stateDir: '/state',
      emit: (event) => events.push(event),
      measure: () => Promise.resolve(500 * MIB),
      tryWrite: () => (canWrite ? Promise.resolve() : Promise.reject(new Error('EDQUOT'))),
    });
    await watch.look();
    watch.noteFull({ message: 'the disk is full', hint: 'free space' });
    watch.noteFull({ message: 'the disk is full', hint: 'free space' });
    await watch.look();
    await watch.noteFetched();
    expect(watch.pause).toEqual({ code: 'disk-full', message: 'the disk is full', hint: 'free space' });
    canWrite = true;
    await watch.look();
    expect(watch.pause?.code).toBe('disk-full');
    await watch.noteFetched();
    expect(watch.pause).toBeUndefined();
    expect(events).toEqual([
      { type: 'disk-full', message: 'the disk is full; free space' },
      { type: 'room-found', megabytes: 500 },
    ]);
  });

  it('is tried by a file that is removed again', async () => {
    const temp = await createTempFolder('room');
    const watch = new RoomWatch({ stateDir: temp.path, emit: () => undefined });
    watch.noteFull({ message: 'full', hint: undefined });
    await watch.noteFetched();
    expect([watch.pause, await readdir(temp.path)]).toEqual([undefined, []]);
    await temp.close();
    watch.noteFull({ message: 'full', hint: undefined });
    await watch.noteFetched();
    expect(watch.pause?.code).toBe('disk-full');
  });
});
