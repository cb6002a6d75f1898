import type { PlaybookCondition, PlaybookJoin, PlaybookRule } from '../schema/generated.ts';
import { asText } from './compare-values.ts';
import { compileCondition, holdsFor } from './conditions.ts';
import type { DecidingField } from './deciding-place.ts';
import type { Judged } from './group-items.ts';
import { isIdentityKey } from './identity.ts';
import { firstKey, isRecord, parsePath, readPath, type Path } from './path.ts';
import { lookup, type Scope } from './scope.ts';

interface Ranked {
  readonly field: DecidingField;
  readonly rank: number;
}

/** Ranks of a field, the words that say most first. */
const SAYS_WHY = 0;
const SAYS_WHAT_IS = 1;
const SAYS_WHAT_IS_WANTED = 2;
const SAYS_WHEN = 3;
const CHOOSES = 4;
const NAMES = 5;

const WHY_KEYS = new Set(['reason', 'message', 'error', 'said']);

/** What a healthy object is in too: the rule says with it which objects it is about. */
const USUAL_PHASES = new Set(['Running', 'Bound', 'Active', 'Succeeded']);

/** Begin paths that lead to no place in the output of the step. */
const ELSEWHERE = new Set(['step', 'input', 'bind', 'match', 'group']);

/**
 * The fields whose values made the conditions hold, the most telling first: a reason before a state, what is before what
 * is wanted, a moment after both. What names an object (its kind, its name) chose it and decided nothing, so it is last.
 */
export function decidingFields(where: readonly PlaybookCondition[], scope: Scope): readonly DecidingField[] {
  return sorted(fieldsOfAll(where, scope, false));
}

/** What makes an object belong to another one, such as its node; names that both have say nothing. */
export function relatingFields(equal: PlaybookJoin['equal'], item: unknown): readonly DecidingField[] {
  const scope: Scope = { item, step: {}, now: new Date(0) };
  return (equal ?? [])
    .flatMap(([theirs]) => fieldsAt(theirs, scope))
    .filter(({ rank }) => rank < CHOOSES)
    .map(({ field }) => field);
}

/**
 * The same for an item of a rule: what the rule reads out of a text, and what it counts, decides too. A field that a
 * detector computed is that from which it was.
 */
export function decidingFieldsOfItem(
  { where = [], extract, group, detector }: PlaybookRule,
  { scope, places = {} }: Pick<Judged, 'scope' | 'places'>,
  refined: { readonly path: string; readonly text: string } | undefined,
): readonly DecidingField[] {
  const read = [
    ...fieldsAt(refined?.path, scope).filter(({ field }) => asText(field.value) === refined?.text),
    ...fieldsAt(extract?.path, scope),
  ];
  const counted = fieldsAt(group?.having?.sum?.path, scope);
  const why = detector === undefined ? [] : [...WHY_KEYS].flatMap((key) => fieldsAt(key, scope));
  const fields = [
    ...read.filter(({ rank }) => rank < NAMES).map(({ field }) => field),
    ...sorted([...fieldsOfAll(where, scope, false), ...counted]),
    ...why.map(({ field }) => field),
  ];
  const placed = fields.map((field) =>
    field.parent === scope.item && field.key !== undefined && Object.hasOwn(places, field.key)
      ? (places[field.key] ?? field)
      : field,
  );
  return [...placed, ...Object.values(places)];
}

function sorted(fields: readonly Ranked[]): readonly DecidingField[] {
  return [...fields].sort((a, b) => a.rank - b.rank).map(({ field }) => field);
}

function fieldsOfAll(where: readonly PlaybookCondition[], scope: Scope, isNegated: boolean): readonly Ranked[] {
  return where.flatMap((condition) => fieldsOf(condition, scope, isNegated));
}

function fieldsOf(condition: PlaybookCondition, scope: Scope, isNegated: boolean): readonly Ranked[] {
  const { all = [], any = [], not } = condition;
  // Of several ways to match only those that were taken decide.
  const taken = isNegated ? any : any.filter((option) => compileCondition(option)(scope) === 'yes');
  return [
    ...fieldsOfComparison(condition, scope, isNegated),
    ...fieldsOfAll([...all, ...taken], scope, isNegated),
    ...(not === undefined ? [] : fieldsOf(not, scope, !isNegated)),
  ];
}

function fieldsOfComparison(condition: PlaybookCondition, scope: Scope, isNegated: boolean): readonly Ranked[] {
  const path = condition.path === undefined ? undefined : parsePath(condition.path);
  if (path === undefined || ELSEWHERE.has(firstKey(path) ?? '')) return [];
  const places = placesOf(path, scope);
  if (places.length === 0) return missing(path, scope);
  const telling = isNegated ? places : places.filter(({ value }) => holdsFor(condition, value, scope));
  return telling.map((field) => ({ field, rank: rankOf(path, field, condition.op) }));
}

function fieldsAt(text: string | undefined, scope: Scope): readonly Ranked[] {
  const path = text === undefined ? undefined : parsePath(text);
  if (path === undefined || ELSEWHERE.has(firstKey(path) ?? '')) return [];
  return placesOf(path, scope).map((field) => ({ field, rank: rankOf(path, field, undefined) }));
}

function placesOf(path: Path, scope: Scope): readonly DecidingField[] {
  const last = path.at(-1);
  // A name on its own is an item: it has a place when it is an object.
  const parents =
    path.length === 1 && Object.hasOwn(scope.vars ?? {}, firstKey(path) ?? '') ? [] : parentsOf(path, scope);
  if (last?.kind === 'keys') {
    return parents.flatMap((parent) =>
      isRecord(parent)
        ? last.keys.filter((key) => hasValue(parent, key)).map((key) => ({ parent, key, value: parent[key] }))
        : [],
    );
  }
  return parents.flatMap((parent) =>
    (last === undefined ? [] : readPath(parent, [last])).map((value) =>
      isRecord(value) ? { parent: value } : { parent, value },
    ),
  );
}

/** `lookup` of the path without its last part; it begins at the item when nothing is left. */
function parentsOf(path: Path, scope: Scope): readonly unknown[] {
  return path.length === 1 ? [scope.item] : lookup(scope, path.slice(0, -1));
}

function hasValue(parent: Readonly<Record<string, unknown>>, key: string): boolean {
  return Object.hasOwn(parent, key) && parent[key] !== undefined && parent[key] !== null;
}

/** The innermost objects that are there on the way to what is missing. */
function missing(path: Path, scope: Scope): readonly Ranked[] {
  for (let length = path.length - 1; length > 0; length--) {
    const parents = lookup(scope, path.slice(0, length)).filter((value) => typeof value === 'object');
    if (parents.length > 0) return parents.map((parent) => ({ field: { parent }, rank: SAYS_WHAT_IS }));
  }
  return path.length > 0 && isRecord(scope.item) ? [{ field: { parent: scope.item }, rank: SAYS_WHAT_IS }] : [];
}

function rankOf(path: Path, { key = '', value }: DecidingField, op: PlaybookCondition['op']): number {
  const keys = path.flatMap((segment) => (segment.kind === 'keys' ? segment.keys : []));
  if (keys.some((each) => each === 'labels' || each === 'annotations' || each === 'ownerReferences')) return CHOOSES;
  const isAge = op === 'newerThan' || op === 'olderThan' || op === 'expiresWithin';
  if (isAge) return SAYS_WHEN;
  if (isIdentityKey(key)) return NAMES;
  if (WHY_KEYS.has(key)) return op === 'exists' ? SAYS_WHAT_IS : SAYS_WHY;
  if (op === 'exists') return SAYS_WHEN;
  if (key === 'phase' && USUAL_PHASES.has(asText(value))) return CHOOSES;
  return keys.includes('spec') ? SAYS_WHAT_IS_WANTED : SAYS_WHAT_IS;
}
