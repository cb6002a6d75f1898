/** A moment as a clock on a wall shows it. */
export interface WallTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** Since midnight as the clock shows it. */
  readonly minute: number;
}

/** Clocks of one time zone. */
export interface WallClock {
  readonly timeZone: string;
  read(at: Date): WallTime;
  /** Milliseconds that the clock is ahead of UTC. */
  offsetMs(at: Date): number;
}

const MINUTE_MS = 60_000;

/** Throws when the time zone is unknown; a policy that was checked names none of these. */
export function createWallClock(timeZone: string): WallClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });

  function read(at: Date): WallTime {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const [year = 0, month = 1, day = 1] = [parts.get('year'), parts.get('month'), parts.get('day')];
    return {
      year,
      month,
      day,
      weekday: new Date(Date.UTC(year, month - 1, day)).getUTCDay(),
      minute: (parts.get('hour') ?? 0) * 60 + (parts.get('minute') ?? 0),
    };
  }

  return {
    timeZone,
    read,
    offsetMs: (at) => {
      const { year, month, day, minute } = read(at);
      const whole = Math.floor(at.getTime() / MINUTE_MS) * MINUTE_MS;
      return Date.UTC(year, month - 1, day, 0, minute) - whole;
    },
  };
}

/** `2026-11-20 15:30`, as the clock shows it. */
export function formatWallMinute(clock: WallClock, at: Date): string {
  return new Date(at.getTime() + clock.offsetMs(at)).toISOString().slice(0, 16).replace('T', ' ');
}
