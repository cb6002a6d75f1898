import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pace } from '../../../src/processor/pace.ts';

const POLLING = { minSeconds: 10, maxSeconds: 60 };

/** Seconds of each pause when chance adds and takes nothing. */
function seconds(count: number, next: () => number): number[] {
  return Array.from({ length: count }, () => next() / 1000);
}

describe('the pace of looks', () => {
  it('slows down while nothing happens, and is quick again after something did', () => {
    const pace = new Pace(POLLING, () => 0.5);
    expect(seconds(6, () => pace.afterIdle())).toEqual([10, 15, 22.5, 33.75, 50.625, 60]);
    expect(seconds(1, () => pace.afterActivity())).toEqual([10]);
    expect(seconds(2, () => pace.afterIdle())).toEqual([10, 15]);
  });

  it('finds a war room that is made a minute after the start within half a minute', () => {
    const pace = new Pace(POLLING, () => 0.999);
    let now = 0;
    while (now < 60) now += pace.afterFailure() / 1000;
    expect(now).toBeLessThan(90);
  });

  it('leaves a server alone that was there before, up to five minutes', () => {
    const pace = new Pace(POLLING, () => 0.5);
    pace.afterIdle();
    expect(seconds(6, () => pace.afterFailure())).toEqual([20, 40, 80, 160, 300, 300]);
    pace.afterActivity();
    expect(seconds(1, () => pace.afterFailure())).toEqual([20]);
  });

  it('tries what only this machine is the reason of every half a minute', () => {
    const pace = new Pace(POLLING, () => 0.5);
    pace.afterIdle();
    expect(seconds(3, () => pace.afterFailure({ ofThisMachine: true }))).toEqual([20, 25, 25]);
  });

  it('never fails more often than it may look', () => {
    const polling = fc.record({ minSeconds: fc.integer({ min: 1, max: 600 }), maxSeconds: fc.constant(600) });
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(polling, chance, fc.array(fc.boolean(), { maxLength: 12 }), (polling, random, synced) => {
        const pace = new Pace(polling, () => random);
        for (const isSynced of synced) {
          if (isSynced) pace.afterIdle();
          const ms = pace.afterFailure();
          if (ms < polling.minSeconds * 800 || ms > Math.max(360, polling.minSeconds * 1.2) * 1000 + 1) return false;
        }
        return true;
      }),
    );
  });
});
