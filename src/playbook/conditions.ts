import type { PlaybookCondition } from '../schema/generated.ts';
import { unreachable } from '../lib/unreachable.ts';
import { parseDurationMs, parseMoment } from './duration.ts';
import { firstKey, parsePath, readPath, type Path } from './path.ts';
import { MAX_MATCHED_CHARACTERS, parsePattern } from './pattern.ts';

/** `unknown` is neither: a value is there that cannot be compared, or one is missing that must be measured. */
export type Verdict = 'yes' | 'no' | 'unknown';

/** What a condition looks at. Paths that begin with `step` lead into the step, all others into the item. */
export interface Scope {
  readonly item: unknown;
  readonly step: { readonly signal?: string; readonly exit?: number };
  /** Capture time, for newerThan and olderThan. */
  readonly now: Date;
}

export type Test = (scope: Scope) => Verdict;

type Operator = NonNullable<PlaybookCondition['op']>;

/**
 * Compiles a condition; all that it says must hold. Several values at a path: one that fits is enough, and for `ne`,
 * `notIn`, `notMatches` none may be the forbidden one. No value: nothing equals it; a measure of it is unknown.
 */
export function compileCondition(condition: PlaybookCondition): Test {
  const tests: Test[] = [];
  if (condition.path !== undefined && condition.op !== undefined)
    tests.push(compileComparison(condition, condition.op));
  if (condition.all !== undefined) tests.push(compileAll(condition.all));
  if (condition.any !== undefined) {
    const options = condition.any.map(compileCondition);
    tests.push((scope) => or(options.map((option) => option(scope))));
  }
  if (condition.not !== undefined) {
    const inner = compileCondition(condition.not);
    tests.push((scope) => negate(inner(scope)));
  }
  return (scope) => and(tests.map((test) => test(scope)));
}

/** A list of conditions that must all hold; an empty list holds. */
export function compileAll(conditions: readonly PlaybookCondition[]): Test {
  const tests = conditions.map(compileCondition);
  return (scope) => and(tests.map((test) => test(scope)));
}

/** Values of a path in the item, or in the step when it begins with `step`. */
export function lookup(scope: Scope, path: Path): readonly unknown[] {
  return readPath(firstKey(path) === 'step' ? { step: scope.step } : scope.item, path);
}

function compileComparison(condition: PlaybookCondition, op: Operator): Test {
  const path = parsePath(condition.path ?? '');
  const otherPath = condition.valueFrom === undefined ? undefined : parsePath(condition.valueFrom);
  const constant = condition.value === undefined ? [] : [condition.value].flat();
  if (path === undefined) return () => 'unknown';
  const pattern = op === 'matches' || op === 'notMatches' ? parsePattern(String(constant[0])) : undefined;

  return (scope) => {
    const values = lookup(scope, path);
    const expected = otherPath === undefined ? constant : lookup(scope, otherPath);
    return compare(op, values, { expected, pattern, now: scope.now });
  };
}

interface Against {
  readonly expected: readonly unknown[];
  readonly pattern: RegExp | undefined;
  readonly now: Date;
}

function compare(op: Operator, values: readonly unknown[], against: Against): Verdict {
  switch (op) {
    case 'exists':
      return values.length > 0 ? 'yes' : 'no';
    case 'absent':
      return values.length > 0 ? 'no' : 'yes';
    case 'ne':
      return negate(compare('eq', values, against));
    case 'notIn':
      return negate(compare('in', values, against));
    case 'notMatches':
      return negate(compare('matches', values, against));
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

function age(op: 'newerThan' | 'olderThan', value: unknown, against: Against): Verdict {
  const moment = parseMoment(asText(value));
  const limitMs = parseDurationMs(asText(against.expected[0]));
  if (moment === undefined || limitMs === undefined) return 'unknown';
  const isNewer = against.now.getTime() - moment.getTime() < limitMs;
  return verdict(op === 'newerThan' ? isNewer : !isNewer);
}

/** Numbers as programs print them; a percent sign at the end is part of the number. */
function asNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  const text = /^\s*(-?\d+(?:\.\d+)?)%?\s*$/u.exec(asText(value))?.[1];
  return text === undefined ? undefined : Number(text);
}

/** Scalars as text; `5` and `"5"` are the same, because tables know only text. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  return value === undefined || value === null ? '' : JSON.stringify(value);
}

function verdict(holds: boolean): Verdict {
  return holds ? 'yes' : 'no';
}

function negate(value: Verdict): Verdict {
  if (value === 'unknown') return 'unknown';
  return value === 'yes' ? 'no' : 'yes';
}

function and(values: readonly Verdict[]): Verdict {
  if (values.includes('no')) return 'no';
  return values.includes('unknown') ? 'unknown' : 'yes';
}

function or(values: readonly Verdict[]): Verdict {
  if (values.includes('yes')) return 'yes';
  return values.includes('unknown') ? 'unknown' : 'no';
}
