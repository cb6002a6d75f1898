import { describe, expect, it } from 'vitest';
import { inParallel } from '../../../src/lib/in-parallel.ts';

const never = (): boolean => false;

describe('working in parallel', () => {
  it('works on all items, in order, with no more than the limit at once', async () => {
    const began: number[] = [];
    let [now, most] = [0, 0];
    const left = await inParallel(
      [1, 2, 3, 4, 5],
      async (item) => {
        began.push(item);
        most = Math.max(most, ++now);
        await Promise.resolve();
        now--;
      },
      { limit: 2, isOver: never },
    );
    expect([began, most, left]).toEqual([[1, 2, 3, 4, 5], 2, 0]);
  });

  it('begins nothing once the time is over, and counts what is left', async () => {
    let done = 0;
    const work = async (): Promise<void> => {
      await Promise.resolve();
      done++;
    };
    expect(await inParallel([1, 2, 3, 4], work, { limit: 1, isOver: () => done === 3 })).toBe(1);
    expect(done).toBe(3);
  });

  it('throws the first error after what runs has ended', async () => {
    let ended = false;
    const work = async (item: number): Promise<void> => {
      if (item === 1) throw new Error('first');
      await Promise.resolve();
      ended = true;
    };
    await expect(inParallel([1, 2, 3], work, { limit: 2, isOver: never })).rejects.toThrow('first');
    expect(ended).toBe(true);
  });
});
