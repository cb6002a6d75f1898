import type { Clock } from '../lib/clock.ts';

/** The clock of a recording: it stands still at the capture time, so that ages are those of that moment. */
export function createCaptureClock(now: Date, clock: Clock): Clock {
  return {
    now: () => new Date(now),
    monotonicMs: () => clock.monotonicMs(),
    sleep: async (ms, signal) => {
      await clock.sleep(ms, signal);
    },
  };
}
