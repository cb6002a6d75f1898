const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `90s`, `30m`, `24h`, `7d`; undefined for anything else. */
export function parseDurationMs(text: string): number | undefined {
  const match = /^([1-9]\d{0,3})([smhd])$/u.exec(text);
  if (match === null) return undefined;
  const unit = UNIT_MS[match[2] ?? ''];
  return unit === undefined ? undefined : Number(match[1]) * unit;
}

/**
 * The moment that a program wrote: ISO 8601, also as util-linux and systemd write it, with a comma before the fraction
 * and without a colon in the offset. A text without an offset has no certain moment and gives undefined.
 */
export function parseMoment(text: string): Date | undefined {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?\s?(Z|UTC|[+-]\d\d:?\d\d)$/u.exec(text.trim());
  if (match === null) return undefined;
  const [, day = '', time = '', fraction = '', zone = ''] = match;
  const offset = zone === 'Z' || zone === 'UTC' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(-2)}`;
  const moment = new Date(`${day}T${time}.${fraction.padEnd(3, '0').slice(0, 3)}${offset}`);
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}
