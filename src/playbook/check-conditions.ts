import type { PlaybookCondition, PlaybookJoin, PlaybookRule } from '../schema/generated.ts';
import { parseDurationMs } from './duration.ts';
import { firstKey, parsePath } from './path.ts';
import { parsePattern } from './pattern.ts';
import {
  badPath,
  badPattern,
  didYouMean,
  problem,
  unknownName,
  type At,
  type PlaybookProblem,
} from './playbook-problem.ts';

/** What paths may begin with, and what they may lead to. */
export interface Names {
  /** Named items; when there are any, every path begins with one of them or with a fixed name. */
  readonly items: readonly string[];
  /** Known fields of `input`, `bind` and `match`. */
  readonly fixed: Readonly<Record<string, readonly string[]>>;
  /** Names of steps that a join may look into. */
  readonly steps: readonly string[];
}

const OF_STEP = ['status', 'signal', 'exit', 'ms', 'stderr'];
const OF_GROUP = ['key', 'count', 'distinct', 'sum', 'percent'];

/** Whether a path follows the grammar and begins with something that is there. */
export function checkPath(text: string, at: At, names: Names): readonly PlaybookProblem[] {
  const path = parsePath(text);
  if (path === undefined) return [badPath(at, text)];
  const first = firstKey(path);
  if (first === undefined) return names.items.length === 0 ? [] : [mustBegin(at, text, names)];
  const fields = first === 'step' ? OF_STEP : Object.hasOwn(names.fixed, first) ? names.fixed[first] : undefined;
  if (fields !== undefined) {
    const second = firstKey(path.slice(1));
    if (second === undefined || fields.includes(second)) return [];
    return [
      problem(
        at,
        `"${first}" has no "${second}"`,
        didYouMean(second, fields) ?? `it has ${fields.join(', ') || 'nothing'}`,
      ),
    ];
  }
  return names.items.length === 0 || names.items.includes(first) ? [] : [mustBegin(at, text, names)];
}

function mustBegin(at: At, text: string, names: Names): PlaybookProblem {
  const known = [...names.items, 'step', ...Object.keys(names.fixed)];
  return problem(at, `"${text}" begins with no name of this rule`, `it has ${known.join(', ')}`);
}

/** Names for texts of a rule with a group. */
export function withGroupNames(names: Names): Names {
  return { ...names, fixed: { ...names.fixed, group: OF_GROUP } };
}

/** Checks the paths of an `iterate`, and gives the names that it makes. */
export function checkIterate(
  iterate: PlaybookRule['iterate'],
  at: At,
): { readonly items: readonly string[]; readonly problems: readonly PlaybookProblem[] } {
  if (iterate === undefined) return { items: [], problems: [] };
  if (typeof iterate === 'string') {
    return { items: [], problems: parsePath(iterate) === undefined ? [badPath(at, iterate)] : [] };
  }
  const items: string[] = [];
  const problems: PlaybookProblem[] = [];
  for (const [name, text] of Object.entries(iterate)) {
    const path = parsePath(text);
    const here = [...at, name];
    if (['step', 'input', 'bind', 'match', 'group'].includes(name)) {
      problems.push(problem(here, `"${name}" has a meaning of its own`, 'choose another name'));
    }
    if (path === undefined) problems.push(badPath(here, text));
    else if (items.length > 0 && !items.includes(firstKey(path) ?? '')) {
      problems.push(problem(here, `"${text}" begins with no earlier name`, `there is ${items.join(', ')}`));
    }
    items.push(name);
  }
  return { items, problems };
}

export function checkConditions(
  conditions: readonly PlaybookCondition[],
  at: At,
  names: Names,
): readonly PlaybookProblem[] {
  return conditions.flatMap((condition, index) => checkCondition(condition, [...at, index], names));
}

function checkCondition(condition: PlaybookCondition, at: At, names: Names): readonly PlaybookProblem[] {
  const { path, op, valueFrom } = condition;
  const problems: PlaybookProblem[] = [];
  if ((path === undefined) !== (op === undefined)) problems.push(problem(at, 'path and op belong together'));
  if (Object.keys(condition).length === 0) problems.push(problem(at, 'the condition says nothing'));
  if (path !== undefined) problems.push(...checkPath(path, [...at, 'path'], names));
  if (valueFrom !== undefined) problems.push(...checkPath(valueFrom, [...at, 'valueFrom'], names));
  problems.push(...checkValue(condition, at));
  problems.push(...checkConditions(condition.all ?? [], [...at, 'all'], names));
  problems.push(...checkConditions(condition.any ?? [], [...at, 'any'], names));
  if (condition.not !== undefined) problems.push(...checkCondition(condition.not, [...at, 'not'], names));
  if (condition.existsIn !== undefined) problems.push(...checkJoin(condition.existsIn, [...at, 'existsIn'], names));
  return problems;
}

function checkValue({ op, value, valueFrom }: PlaybookCondition, at: At): readonly PlaybookProblem[] {
  if (op === undefined) return [];
  const problems: PlaybookProblem[] = [];
  const needsValue = op !== 'exists' && op !== 'absent';
  if (needsValue !== (value !== undefined || valueFrom !== undefined)) {
    problems.push(problem(at, needsValue ? `${op} needs a value` : `${op} takes no value`));
  }
  const isPattern = op === 'matches' || op === 'notMatches';
  if (isPattern && (typeof value !== 'string' || parsePattern(value) === undefined))
    problems.push(badPattern([...at, 'value']));
  const isAge = op === 'newerThan' || op === 'olderThan' || op === 'expiresWithin';
  if (isAge && valueFrom === undefined && parseDurationMs(String(value)) === undefined) {
    problems.push(problem([...at, 'value'], `${JSON.stringify(value)} is not a duration`, 'write it like 30m'));
  }
  return problems;
}

export function checkJoin(join: PlaybookJoin, at: At, names: Names): readonly PlaybookProblem[] {
  const problems: PlaybookProblem[] = [];
  if (!names.steps.includes(join.step)) {
    problems.push(unknownName([...at, 'step'], join.step, { what: 'step', known: names.steps }));
  }
  const free: Names = { ...names, items: [] };
  for (const key of ['iterate', 'field'] as const) {
    const text = join[key];
    if (text !== undefined && parsePath(text) === undefined) problems.push(badPath([...at, key], text));
  }
  for (const [index, [theirs = '', ours = '']] of (join.equal ?? []).entries()) {
    if (parsePath(theirs) === undefined) problems.push(badPath([...at, 'equal', index, 0], theirs));
    problems.push(...checkPath(ours, [...at, 'equal', index, 1], names));
  }
  if (join.equal === undefined && join.where === undefined) {
    problems.push(problem(at, 'it says nothing about the other item', 'give equal or where'));
  }
  // Paths that begin with no name lead into the other item.
  return [...problems, ...checkConditions(join.where ?? [], [...at, 'where'], free)];
}
