import { describe, expect, it } from 'vitest';
import type { ProcessorEvent } from '../../../src/domain/events.ts';
import { isDiskFull, RoomWatch } from '../../../src/processor/room-watch.ts';

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

  it.each([
    [Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }), true],
    [Object.assign(new Error('quota'), { code: 'EDQUOT' }), true],
    [Object.assign(new Error('i/o error'), { code: 'EIO' }), false],
    ['ENOSPC', false],
  ])('is what a write may lack: %s', (error, isFull) => {
    expect(isDiskFull(error)).toBe(isFull);
  });
});
