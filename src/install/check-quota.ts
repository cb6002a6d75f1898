import type { YamlObject } from '../schema/yaml-objects.ts';
import { valueAt } from './json-patch.ts';
import { nameOf } from './kubernetes-object.ts';
import { formatAmount, plus, times, type Needs } from './pod-needs.ts';
import { amountsAt, hardOf } from './room-for-pods.ts';

/** Pods that may be in one namespace at the same time. */
export interface Demand {
  /** `2 agents`, `the processor`. */
  readonly what: string;
  readonly count: number;
  readonly each: Needs;
  /** Objects that are made with each pod and stay for a while after it, such as its Job. */
  readonly beside?: Needs;
  /** A pod with a deadline of its own is in another scope of quotas. */
  readonly hasDeadline: boolean;
}

/** What a namespace would refuse, in words; nothing when everything has room. */
export function roomFaults(
  objects: { readonly quotas: readonly YamlObject[]; readonly ranges: readonly YamlObject[] },
  demands: readonly Demand[],
): readonly string[] {
  return [
    ...objects.quotas.flatMap((quota) => quotaFaults(quota, demands)),
    ...objects.ranges.flatMap((range) => demands.flatMap((demand) => rangeFaults(range, demand))),
  ];
}

function quotaFaults(quota: YamlObject, demands: readonly Demand[]): readonly string[] {
  const counted = demands.filter((demand) => demand.count > 0 && isCounted(quota, demand));
  let needs: Needs = {};
  for (const { count, each, beside = {} } of counted) needs = plus(needs, times(count, plus(each, beside)));
  const short = hardOf(quota).flatMap(([resource, hard]) => {
    const needed = needs[plainName(resource)] ?? 0;
    if (needed <= hard) return [];
    return [`${resource} ${formatAmount(resource, hard)} where ${formatAmount(resource, needed)} may be needed`];
  });
  if (short.length === 0) return [];
  return [`quota ${nameOf(quota)} has no room for ${listed(counted)}: ${short.join(', ')}`];
}

/** Scopes that the pods of this program are in; of others nothing is known. Fact of the API: ResourceQuotaScope. */
function isCounted(quota: YamlObject, { hasDeadline }: Demand): boolean {
  const scopes = valueAt(quota, '/spec/scopes');
  const selected = valueAt(quota, '/spec/scopeSelector/matchExpressions');
  if (Array.isArray(selected) && selected.length > 0) return false;
  const held = ['NotBestEffort', hasDeadline ? 'Terminating' : 'NotTerminating'];
  return !Array.isArray(scopes) || scopes.every((scope) => held.includes(String(scope)));
}

/** A quota may say `cpu` for `requests.cpu`, and `count/pods` for `pods`. */
function plainName(resource: string): string {
  if (/^(?:cpu|memory|ephemeral-storage)$/u.test(resource)) return `requests.${resource}`;
  return resource === 'count/pods' || resource === 'count/secrets' ? resource.slice('count/'.length) : resource;
}

function rangeFaults(range: YamlObject, { what, each, count }: Demand): readonly string[] {
  const limits = valueAt(range, '/spec/limits');
  if (count === 0) return [];
  return (Array.isArray(limits) ? (limits as unknown[]) : []).flatMap((limit) => {
    const type = valueAt(limit, '/type');
    if (type !== 'Container' && type !== 'Pod') return [];
    return amountsAt(limit, '/max').flatMap(([resource, most]) => {
      const needed = each[`limits.${resource}`] ?? 0;
      if (needed <= most) return [];
      const said = `${resource} ${formatAmount(resource, most)} where ${formatAmount(resource, needed)} is asked for`;
      return [`limit range ${nameOf(range)} refuses ${what}: at most ${said}`];
    });
  });
}

function listed(demands: readonly Demand[]): string {
  const words = demands.map(({ what }) => what);
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}
