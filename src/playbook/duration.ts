const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `90s`, `30m`, `24h`, `7d`; undefined for anything else. */
export function parseDurationMs(text: string): number | undefined {
  const match = /^([1-9]\d{0,3})([smhd])$/u.exec(text);
  if (match === null) return undefined;
  const unit = UNIT_MS[match[2] ?? ''];
  return unit === undefined ? undefined : Number(match[1]) * unit;
}

/**
 * The moment that a program wrote: ISO 8601, also as util-linux, systemd and Go write it (a weekday in front, a comma
 * before the fraction, no colon in the offset, the zone named behind it), the date of a certificate, or seconds,
 * milliseconds or microseconds of the Unix epoch. A text without an offset has no certain moment and gives undefined.
 */
export function parseMoment(text: string): Date | undefined {
  const trimmed = text.trim();
  return parseIso(trimmed) ?? parseCertificateDate(trimmed) ?? parseEpoch(trimmed);
}

const ISO =
  /^(?:[A-Z][a-z]{2} )?(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?\s?(Z|UTC|[+-]\d\d:?\d\d)(?: [A-Z]{3,5})?$/u;

function parseIso(text: string): Date | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [, day = '', time = '', fraction = '', zone = ''] = match;
  const offset = zone === 'Z' || zone === 'UTC' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(-2)}`;
  return validDate(new Date(`${day}T${time}.${fraction.padEnd(3, '0').slice(0, 3)}${offset}`));
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Nov  8 12:00:00 2026 GMT`, as OpenSSL prints notBefore and notAfter. */
function parseCertificateDate(text: string): Date | undefined {
  const match = /^([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4}) (?:GMT|UTC)$/u.exec(text);
  const month = MONTHS.indexOf(match?.[1] ?? '') + 1;
  if (match === null || month === 0) return undefined;
  const [, , day = '', time = '', year = ''] = match;
  return validDate(new Date(`${year}-${String(month).padStart(2, '0')}-${day.padStart(2, '0')}T${time}Z`));
}

/** The number of digits tells the unit for every moment from 2001 to 2286. */
function parseEpoch(text: string): Date | undefined {
  const match = /^(\d{10})(?:\.\d+|(\d{3})(?:\d{3})?)?$/u.exec(text);
  return match === null ? undefined : validDate(new Date(Number(match[1]) * 1000 + Number(match[2] ?? 0)));
}

function validDate(date: Date): Date | undefined {
  return Number.isNaN(date.getTime()) ? undefined : date;
}
