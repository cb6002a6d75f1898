import type { PlaybookCondition, PlaybookJoin } from '../schema/generated.ts';
import type { JoinedItem } from './deciding-place.ts';
import { compileCondition } from './conditions.ts';
import { decidingFields } from './deciding-fields.ts';
import type { DecidingField } from './deciding-place.ts';
import type { Judged } from './group-items.ts';
import { areEqual, innerScope, itemsOf, type Pair } from './join.ts';
import { parsePath } from './path.ts';
import type { Scope } from './scope.ts';

/** Items that are compared with what is missing; beyond them nothing new is to be expected. */
const MAX_COMPARED = 1000;

/** An item that is almost what is missing, and what it lacks. */
export interface NearMiss {
  readonly item: Judged;
  readonly fields: readonly DecidingField[];
}

/**
 * What is missing has no line of its own. What comes nearest to it has: the pod that should be ready and is not says so.
 * Of the items of a rule that did not match, those that hold the most conditions and at least one, at most `max`.
 */
export function nearestOf(where: readonly PlaybookCondition[], missed: readonly Judged[], max: number): NearMiss[] {
  return missed
    .slice(0, MAX_COMPARED)
    .map((item) => ({ item, ...compare(where, item.scope) }))
    .filter(({ held }) => held > 0)
    .sort((a, b) => b.held - a.held)
    .slice(0, max)
    .map(({ item, fields }) => ({ item, fields }));
}

/** The same for what a rule looks for in other steps and does not find; of an empty list the list itself. */
export function missingJoins(where: readonly PlaybookCondition[], scope: Scope): readonly JoinedItem[] {
  return where.flatMap(notFound).flatMap((join) => {
    const [output] = scope.outputs?.(join.step) ?? [];
    if (output === undefined) return [];
    const items = itemsOf(output.root, join.iterate === undefined ? undefined : parsePath(join.iterate));
    if (items.length === 0) return [{ step: join.step, item: output.root, fields: [] }];
    const nearest = nearestItem(join, items, scope);
    return nearest === undefined ? [] : [{ step: join.step, ...nearest }];
  });
}

/** Joins that must not hold. */
function notFound({ not, all = [], any = [] }: PlaybookCondition): readonly PlaybookJoin[] {
  return [...(not?.existsIn === undefined ? [] : [not.existsIn]), ...[...all, ...any].flatMap(notFound)];
}

function nearestItem(
  join: PlaybookJoin,
  items: readonly unknown[],
  scope: Scope,
): { readonly item: unknown; readonly fields: readonly DecidingField[] } | undefined {
  const pairs = (join.equal ?? []).flatMap(([theirs = '', ours = '']): readonly Pair[] => {
    const [their, our] = [parsePath(theirs), parsePath(ours)];
    return their === undefined || our === undefined ? [] : [{ theirs: their, ours: our }];
  });
  const related = items.slice(0, MAX_COMPARED).filter((item) => pairs.every((pair) => areEqual(pair, item, scope)));
  const [nearest] = related
    .map((item) => ({ item, ...compare(join.where ?? [], innerScope(scope, item, join.as)) }))
    .filter(({ held }) => held > 0 || pairs.length > 0 || isAboutState(join))
    .sort((a, b) => b.held - a.held);
  return nearest === undefined ? undefined : { item: nearest.item, fields: nearest.fields };
}

/** A step with nothing but such objects is asked for one in a certain state: any of them shows the other one. */
function isAboutState({ where = [] }: PlaybookJoin): boolean {
  return where.length === 1 && where[0]?.path?.startsWith('status.') === true;
}

function compare(
  where: readonly PlaybookCondition[],
  scope: Scope,
): { readonly held: number; readonly fields: readonly DecidingField[] } {
  const failed = where.filter((condition) => compileCondition(condition)(scope) !== 'yes');
  return {
    held: where.length - failed.length,
    fields: decidingFields(
      failed.map((not) => ({ not })),
      scope,
    ),
  };
}
