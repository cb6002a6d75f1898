import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokenBucket } from '../../../src/lib/token-bucket.ts';
import { createManualClock } from '../../support/manual-clock.ts';

function takenOf(bucket: { tryTake(): boolean }, tries: number): number {
  return Array.from({ length: tries }, () => bucket.tryTake()).filter(Boolean).length;
}

describe('token bucket', () => {
  it('gives its capacity at once and then what it refills', () => {
    const clock = createManualClock();
    const bucket = createTokenBucket({ capacity: 20, perMinute: 10, clock });
    expect(takenOf(bucket, 100)).toBe(20);
    clock.advance(30_000);
    expect(takenOf(bucket, 100)).toBe(5);
    clock.advance(5_000);
    expect(bucket.tryTake()).toBe(false);
    clock.advance(1_001);
    expect(bucket.tryTake()).toBe(true);
  });

  it('never holds more than its capacity', () => {
    const clock = createManualClock();
    const bucket = createTokenBucket({ capacity: 3, perMinute: 60, clock });
    clock.advance(3_600_000);
    expect(takenOf(bucket, 10)).toBe(3);
  });

  it('lets what cannot wait go into debt, which is paid back first', () => {
    const clock = createManualClock();
    const bucket = createTokenBucket({ capacity: 1, perMinute: 60, clock });
    for (let count = 0; count < 3; count++) bucket.take();
    clock.advance(2_000);
    expect(bucket.tryTake()).toBe(false);
    clock.advance(1_000);
    expect(bucket.tryTake()).toBe(true);
  });

  it('gives in any time at most its capacity and the refill of that time', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20_000), { maxLength: 50 }), (pausesMs) => {
        const clock = createManualClock();
        const bucket = createTokenBucket({ capacity: 5, perMinute: 30, clock });
        let taken = 0;
        for (const pauseMs of pausesMs) {
          clock.advance(pauseMs);
          taken += takenOf(bucket, 8);
        }
        const totalMs = pausesMs.reduce((sum, pauseMs) => sum + pauseMs, 0);
        return taken <= 5 + (totalMs / 60_000) * 30 + 1e-6;
      }),
    );
  });
});
