import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffDelayMs } from '../../../src/lib/backoff.ts';

const BACKOFF = { firstMs: 100, maxMs: 3000 };

describe('backoff', () => {
  it.each([
    [0, 100],
    [1, 200],
    [4, 1600],
    [5, 3000],
    [2000, 3000],
  ])('waits in attempt %i for at most %i ms', (attempt, boundMs) => {
    expect(backoffDelayMs(BACKOFF, attempt, () => 1)).toBe(boundMs);
  });

  it('spreads over the whole range from zero', () => {
    expect(backoffDelayMs(BACKOFF, 3, () => 0)).toBe(0);
    fc.assert(
      fc.property(fc.nat(60), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
        const delayMs = backoffDelayMs(BACKOFF, attempt, () => random);
        return delayMs >= 0 && delayMs <= BACKOFF.maxMs;
      }),
    );
  });
});
