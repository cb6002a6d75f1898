import type { PlaybookCondition } from '../schema/generated.ts';
import { and, compareValues, negate, or, type Operator, type Verdict } from './compare-values.ts';
import { compileJoin } from './join.ts';
import { parsePath } from './path.ts';
import { parsePattern } from './pattern.ts';
import { lookup, type Scope } from './scope.ts';

export type Test = (scope: Scope) => Verdict;

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
  if (condition.existsIn !== undefined) {
    const join = compileJoin(condition.existsIn, compileAll);
    tests.push((scope) => join(scope).verdict);
  }
  return (scope) => and(tests.map((test) => test(scope)));
}

/** A list of conditions that must all hold; an empty list holds. */
export function compileAll(conditions: readonly PlaybookCondition[]): Test {
  const tests = conditions.map(compileCondition);
  return (scope) => and(tests.map((test) => test(scope)));
}

/** Whether one value at the path of a condition is among those that make it hold. */
export function holdsFor(condition: PlaybookCondition, value: unknown, scope: Scope): boolean {
  const { path, op } = condition;
  if (path === undefined || op === undefined) return false;
  return compileComparison(condition, op)(scope, [value]) === 'yes';
}

function compileComparison(
  condition: PlaybookCondition,
  op: Operator,
): (scope: Scope, given?: readonly unknown[]) => Verdict {
  const path = parsePath(condition.path ?? '');
  const otherPath = condition.valueFrom === undefined ? undefined : parsePath(condition.valueFrom);
  const constant = condition.value === undefined ? [] : [condition.value].flat();
  if (path === undefined) return () => 'unknown';
  const pattern = op === 'matches' || op === 'notMatches' ? parsePattern(String(constant[0])) : undefined;

  return (scope, given) => {
    const values = given ?? lookup(scope, path);
    const expected = otherPath === undefined ? constant : lookup(scope, otherPath);
    return compareValues(op, values, { expected, pattern, now: scope.now });
  };
}
