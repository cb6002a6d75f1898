import type { PolicyHours } from '../schema/generated.ts';
import { createWallClock, type WallClock, type WallTime } from './wall-clock.ts';

interface Hours {
  readonly clock: WallClock;
  /** Days on which they begin; 0 is Sunday. */
  readonly weekdays: ReadonlySet<number>;
  /** Minutes since midnight; `to` is up to 1440, and before `from` when midnight lies between them. */
  readonly from: number;
  readonly to: number;
}

/** Hours of a rule, ready to be asked. */
export interface OpeningHours extends Hours {
  /** The answer of `nextOpening`, searched for once in a minute however many ask. */
  readonly opening: (now: Date) => Date | undefined;
}

const WEEKDAYS: readonly string[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export function compileHours(hours: PolicyHours, defaultZone: string): OpeningHours {
  const compiled: Hours = {
    clock: createWallClock(hours.timeZone ?? defaultZone),
    weekdays: new Set(hours.days.map((day) => WEEKDAYS.indexOf(day))),
    from: minuteOf(hours.from),
    to: minuteOf(hours.to),
  };
  let known: { readonly minute: number; readonly opensAt: Date | undefined } | undefined;
  return {
    ...compiled,
    opening: (now) => {
      const minute = Math.floor(now.getTime() / MINUTE_MS);
      if (known?.minute !== minute) known = { minute, opensAt: searchOpening(compiled, now) };
      return known.opensAt;
    },
  };
}

/**
 * Whether it is open: what a clock on the wall says decides. So hours are one longer on the night when clocks are set
 * back and one shorter when they are set forward, if they lie in it.
 */
export function isOpen(hours: Hours, at: Date): boolean {
  return isOpenOnWall(hours, hours.clock.read(at));
}

function isOpenOnWall({ weekdays, from, to }: Hours, { weekday, minute }: WallTime): boolean {
  if (from < to) return weekdays.has(weekday) && minute >= from && minute < to;
  return (weekdays.has(weekday) && minute >= from) || (weekdays.has((weekday + 6) % 7) && minute < to);
}

/** The first whole minute after `now` at which it is open, when it is closed now; undefined when none comes in 9 days. */
export function nextOpening(hours: OpeningHours, now: Date): Date | undefined {
  return hours.opening(now);
}

function searchOpening(hours: Hours, now: Date): Date | undefined {
  const { clock, from } = hours;
  const today = clock.read(now);
  for (let ahead = -1; ahead <= 9; ahead++) {
    const midnight = Date.UTC(today.year, today.month - 1, today.day + ahead);
    const offsets = [clock.offsetMs(new Date(midnight - DAY_MS)), clock.offsetMs(new Date(midnight + 2 * DAY_MS))];
    const [least, most] = [Math.min(...offsets), Math.max(...offsets)];
    // Clocks change near this day: only looking at each minute shows when it opens. Two or three days in half a year.
    const [first, last] =
      least === most
        ? [midnight + from * MINUTE_MS - least, midnight + from * MINUTE_MS - least]
        : [midnight - most, midnight + DAY_MS - least];
    const begin = Math.max(first, Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS + MINUTE_MS);
    for (let at = begin; at <= last; at += MINUTE_MS) {
      if (isOpen(hours, new Date(at))) return new Date(at);
    }
  }
  return undefined;
}

function minuteOf(time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return hour * 60 + minute;
}
