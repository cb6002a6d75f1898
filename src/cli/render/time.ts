const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `45s`, `12m`, `3h`, `2d`: the largest whole unit, never negative. */
export function formatAge(since: Date, now: Date): string {
  const seconds = Math.max(0, Math.floor((now.getTime() - since.getTime()) / 1000));
  if (seconds < MINUTE) return `${seconds}s`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)}m`;
  return seconds < 2 * DAY ? `${Math.floor(seconds / HOUR)}h` : `${Math.floor(seconds / DAY)}d`;
}

/** `2 min ago`, for sentences. */
export function formatAgo(since: Date, now: Date): string {
  const seconds = Math.max(0, Math.floor((now.getTime() - since.getTime()) / 1000));
  if (seconds < 5) return 'just now';
  if (seconds < MINUTE) return `${seconds} s ago`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min ago`;
  return seconds < 2 * DAY ? `${Math.floor(seconds / HOUR)} h ago` : `${Math.floor(seconds / DAY)} days ago`;
}

/** `2026-11-20 14:30 UTC`. */
export function formatMinute(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** `14:30:12` in UTC, like the ids. */
export function formatSecond(date: Date): string {
  return date.toISOString().slice(11, 19);
}

/** `90`, `90s`, `10m`, `2h` in milliseconds; undefined when it is no duration. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,6})(s|m|h)?$/u.exec(text);
  if (match === null) return undefined;
  const seconds = { s: 1, m: MINUTE, h: HOUR }[match[2] === 'm' || match[2] === 'h' ? match[2] : 's'];
  return Number(match[1]) * seconds * 1000;
}
