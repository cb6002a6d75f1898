import { systemClock, type Clock } from '../../src/lib/clock.ts';

/** The clock of a machine whose time of day is wrong by so much, and that runs at the right speed all the same. */
export function shiftedClock(byMs: number): Clock {
  return { ...systemClock, now: () => new Date(systemClock.now().getTime() + byMs) };
}
