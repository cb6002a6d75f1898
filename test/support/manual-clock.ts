import type { Clock } from '../../src/lib/clock.ts';

/** A clock that only a test moves. */
export interface ManualClock extends Clock {
  advance(ms: number): void;
}

export function createManualClock(start = new Date('2026-11-20T14:30:00Z')): ManualClock {
  let passedMs = 0;
  return {
    now: () => new Date(start.getTime() + passedMs),
    monotonicMs: () => passedMs,
    sleep: (ms) => {
      passedMs += ms;
      return Promise.resolve();
    },
    advance: (ms) => {
      passedMs += ms;
    },
  };
}
