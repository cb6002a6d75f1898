import type { PlaybookCondition, PlaybookJoin } from '../schema/generated.ts';
import { compileAll } from './conditions.ts';
import { decidingFields, relatingFields } from './deciding-fields.ts';
import type { JoinedItem } from './deciding-place.ts';
import { compileJoin, innerScope } from './join.ts';
import type { Scope } from './scope.ts';

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
      const inner = innerScope({ ...scope, vars }, item, join.as);
      const fields = [...relatingFields(join.equal, item), ...decidingFields(join.where ?? [], inner)];
      joined.push({ step: join.step, item, fields });
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
