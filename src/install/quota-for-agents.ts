import type { YamlObject } from '../schema/yaml-objects.ts';
import { valueAt, type PatchOperation } from './json-patch.ts';

/** What one agent counts when the configuration says nothing else: processors, and memory in GiB. */
const AGENT: Readonly<Record<string, number>> = {
  pods: 1,
  'requests.cpu': 0.1,
  'requests.memory': 1,
  'limits.cpu': 1,
  'limits.memory': 1,
};

/** Leaves room in a quota for agents beside everything that the manifests made it for. */
export function quotaForAgents(quota: YamlObject, agents: number): readonly PatchOperation[] {
  return Object.entries(AGENT).map(([resource, each]) => {
    const path = `/spec/hard/${resource}`;
    const [, count, unit = ''] = /^([0-9]+)(Gi)?$/u.exec(String(valueAt(quota, path))) ?? [];
    if (count === undefined) throw new Error(`the quota of the manifests has no ${resource} that can be added to`);
    const sum = Number(count) + each * agents;
    // The API server writes a part of a processor so, and would find another spelling changed.
    const value = Number.isInteger(sum) ? `${sum}${unit}` : `${Math.round(sum * 1000)}m`;
    return { op: 'replace', path, value };
  });
}
