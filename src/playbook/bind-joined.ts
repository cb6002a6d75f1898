import type { PlaybookCondition, PlaybookJoin } from '../schema/generated.ts';
import { compileAll } from './conditions.ts';
import { compileJoin } from './join.ts';
import type { Scope } from './scope.ts';

/** Item of another step that a condition found. */
export interface JoinedItem {
  readonly step: string;
  readonly item: unknown;
}

export type BindJoined = (scope: Scope) => { readonly scope: Scope; readonly joined: readonly JoinedItem[] };

/** Names what the conditions of a rule found in other steps, so that texts can use it and quotes can show it. */
export function compileBindings(where: readonly PlaybookCondition[]): BindJoined {
  const joins = where.flatMap(joinsOf).map((join) => ({ join, find: compileJoin(join, compileAll) }));
  return (scope) => {
    const joined: JoinedItem[] = [];
    let vars = scope.vars ?? {};
    for (const { join, find } of joins) {
      const [item] = find({ ...scope, vars }).items;
      if (item === undefined) continue;
      joined.push({ step: join.step, item });
      if (join.as !== undefined) vars = { ...vars, [join.as]: item };
    }
    return { scope: { ...scope, vars }, joined };
  };
}

/** Joins that must or may hold; what must not be there cannot be shown. */
function joinsOf(condition: PlaybookCondition): readonly PlaybookJoin[] {
  return [
    ...(condition.existsIn === undefined ? [] : [condition.existsIn]),
    ...(condition.all ?? []).flatMap(joinsOf),
    ...(condition.any ?? []).flatMap(joinsOf),
  ];
}
