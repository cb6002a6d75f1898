import type { PlaybookCondition } from '../schema/generated.ts';
import { unreachable } from '../lib/unreachable.ts';
import { parseDurationMs, parseMoment } from './duration.ts';
import { MAX_MATCHED_CHARACTERS } from './pattern.ts';

/** `unknown` is neither: a value is there that cannot be compared, or one is missing that must be measured. */
export type Verdict = 'yes' | 'no' | 'unknown';

export type Operator = NonNullable<PlaybookCondition['op']>;

export interface Against {
  readonly expected: readonly unknown[];
  readonly pattern: RegExp | undefined;
  readonly now: Date;
}

/** Clocks of machines that are looked after differ less; what lies further ahead was written by a wrong clock. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

export function compareValues(op: Operator, values: readonly unknown[], against: Against): Verdict {
  switch (op) {
    case 'exists':
      return values.length > 0 ? 'yes' : 'no';
    case 'absent':
      return values.length > 0 ? 'no' : 'yes';
    case 'ne':
      return negate(compareValues('eq', values, against));
    case 'notIn':
      return negate(compareValues('in', values, against));
    case 'notMatches':
      return negate(compareValues('matches', values, against));
    case 'eq':
    case 'in':
      if (against.expected.length === 0) return 'unknown';
      return verdict(values.some((value) => against.expected.some((other) => asText(value) === asText(other))));
    case 'matches': {
      const { pattern } = against;
      if (pattern === undefined) return 'unknown';
      return verdict(values.some((value) => pattern.test(asText(value).slice(0, MAX_MATCHED_CHARACTERS))));
    }
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return measured(values, (value) => order(op, asNumber(value), asNumber(against.expected[0])));
    case 'newerThan':
    case 'olderThan':
    case 'expiresWithin':
      return measured(values, (value) => age(op, value, against));
    default:
      return unreachable(op);
  }
}

function measured(values: readonly unknown[], test: (value: unknown) => Verdict): Verdict {
  return values.length === 0 ? 'unknown' : or(values.map(test));
}

function order(op: 'gt' | 'gte' | 'lt' | 'lte', left: number | undefined, right: number | undefined): Verdict {
  if (left === undefined || right === undefined) return 'unknown';
  if (op === 'gt') return verdict(left > right);
  if (op === 'gte') return verdict(left >= right);
  return verdict(op === 'lt' ? left < right : left <= right);
}

/** By capture time. What is not yet past is not old; whether it is new nobody can say when the clock that wrote it is wrong. */
function age(op: 'newerThan' | 'olderThan' | 'expiresWithin', value: unknown, against: Against): Verdict {
  const moment = parseMoment(asText(value));
  const limitMs = parseDurationMs(asText(against.expected[0]));
  if (moment === undefined || limitMs === undefined) return 'unknown';
  const ageMs = against.now.getTime() - moment.getTime();
  if (op === 'expiresWithin') return verdict(-ageMs <= limitMs);
  if (op === 'olderThan') return verdict(ageMs >= limitMs);
  return ageMs < -CLOCK_TOLERANCE_MS ? 'unknown' : verdict(ageMs < limitMs);
}

/** Numbers as programs print them; a percent sign at the end is part of the number. */
export function asNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  const text = /^\s*(-?\d+(?:\.\d+)?(?:e[+-]?\d{1,3})?)%?\s*$/iu.exec(asText(value))?.[1];
  return text === undefined ? undefined : Number(text);
}

/** Scalars as text; `5` and `"5"` are the same, because tables know only text. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  return value === undefined || value === null ? '' : JSON.stringify(value);
}

export function verdict(holds: boolean): Verdict {
  return holds ? 'yes' : 'no';
}

export function negate(value: Verdict): Verdict {
  if (value === 'unknown') return 'unknown';
  return value === 'yes' ? 'no' : 'yes';
}

export function and(values: readonly Verdict[]): Verdict {
  if (values.includes('no')) return 'no';
  return values.includes('unknown') ? 'unknown' : 'yes';
}

export function or(values: readonly Verdict[]): Verdict {
  if (values.includes('yes')) return 'yes';
  return values.includes('unknown') ? 'unknown' : 'no';
}
