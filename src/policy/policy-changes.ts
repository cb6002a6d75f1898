import type { Policy } from '../schema/generated.ts';

/** One difference between two policies: `rules.sre-read.maxTimeout`, its values as JSON; undefined where it is absent. */
export interface PolicyDifference {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/**
 * What differs between two policies, by the names of rules, limits and groups. The order of rules is a difference too:
 * the first that fits sets the limits of a run.
 */
export function differences(before: Policy, after: Policy): readonly PolicyDifference[] {
  const paths = [...partsOf(before), ...partsOf(after)].map(([path]) => path);
  const [old, fresh] = [new Map(partsOf(before)), new Map(partsOf(after))];
  return [...new Set(paths)].flatMap((path) => {
    const [was, is] = [old.get(path), fresh.get(path)];
    return was === is ? [] : [{ path, before: was, after: is }];
  });
}

function partsOf(policy: Policy): readonly (readonly [string, string])[] {
  const { rules, limits = [], groups = {}, administrators, timeZone } = policy;
  return [
    ...fieldsOf('', { timeZone, administrators: sorted(administrators) }),
    ...Object.entries(groups).flatMap(([name, people]) => fieldsOf('groups.', { [name]: sorted(people) })),
    ...fieldsOf('rules.', { order: rules.map(({ name }) => name) }),
    ...rules.flatMap(({ name, ...rule }) => fieldsOf(`rules.${name}.`, rule)),
    ...limits.flatMap(({ name, ...limit }) => fieldsOf(`limits.${name}.`, limit)),
  ];
}

function fieldsOf(prefix: string, fields: Readonly<Record<string, unknown>>): readonly (readonly [string, string])[] {
  return Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [[`${prefix}${name}`, JSON.stringify(value)] as const],
  );
}

function sorted(names: readonly string[] | undefined): readonly string[] | undefined {
  return names === undefined ? undefined : [...names].sort();
}
