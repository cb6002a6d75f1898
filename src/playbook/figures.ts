import { asNumber } from './compare-values.ts';

/** How a text shows a figure: `${uptimeSeconds|duration}`, `${file.bytes|bytes}`. */
export const FORMATS: ReadonlyMap<string, (amount: number) => string> = new Map([
  ['duration', formatDuration],
  ['bytes', formatBytes],
]);

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

const PREFIXES = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** A value as a format shows it; as it is when it is no figure. */
export function formatFigure(value: unknown, format: string): string | undefined {
  const amount = asNumber(value);
  return amount === undefined || amount < 0 ? undefined : FORMATS.get(format)?.(amount);
}

/** Seconds in their two largest units: `15 hours 48 minutes`. */
function formatDuration(seconds: number): string {
  const parts: string[] = [];
  let left = Math.round(seconds);
  for (const [name, size] of UNITS) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) parts.push(`${count} ${name}${count === 1 ? '' : 's'}`);
    // A unit that is skipped ends it: `1 day`, not `1 day 3 seconds`.
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.length === 0 ? '0 seconds' : parts.join(' ');
}

/** Bytes in the largest unit of which there is one: `1.9 GiB`. */
function formatBytes(bytes: number): string {
  let [amount, index] = [bytes, 0];
  // What would be shown as 1024 of a unit is one of the next.
  while (Math.round(amount * 10) / 10 >= 1024 && index < PREFIXES.length - 1) {
    amount /= 1024;
    index++;
  }
  return `${index === 0 ? Math.round(amount) : Math.round(amount * 10) / 10} ${PREFIXES[index] ?? ''}`;
}
