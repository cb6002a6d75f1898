import { parseQuantity } from '../playbook/detectors/quantity.ts';
import { isRecord } from '../schema/record.ts';
import type { YamlObject } from '../schema/yaml-objects.ts';
import { valueAt, type PatchOperation } from './json-patch.ts';
import { formatAmount, type Needs } from './pod-needs.ts';

/** Leaves room in a quota for pods, beside everything that the manifests made it for. */
export function addToQuota(quota: YamlObject, needs: Needs): readonly PatchOperation[] {
  return hardOf(quota).flatMap(([resource, hard]) => {
    const more = needs[resource];
    return more === undefined ? [] : [replaced(resource, hard + more)];
  });
}

/** Makes a quota as large as these pods and no larger. */
export function setQuota(quota: YamlObject, needs: Needs): readonly PatchOperation[] {
  return hardOf(quota).flatMap(([resource]) => {
    const amount = needs[resource];
    return amount === undefined ? [] : [replaced(resource, amount)];
  });
}

/** Lets a container of these needs pass the LimitRange; what the manifests allow stays allowed. */
export function raiseLimits(range: YamlObject, needs: Needs): readonly PatchOperation[] {
  const limits = valueAt(range, '/spec/limits');
  return (Array.isArray(limits) ? (limits as unknown[]) : []).flatMap((limit, at) =>
    amountsAt(limit, '/max').flatMap(([resource, most]): readonly PatchOperation[] => {
      const amount = needs[`limits.${resource}`] ?? 0;
      const path = `/spec/limits/${at}/max/${resource}`;
      return amount <= most ? [] : [{ op: 'replace', path, value: formatAmount(resource, amount) }];
    }),
  );
}

function replaced(resource: string, amount: number): PatchOperation {
  return { op: 'replace', path: `/spec/hard/${resource}`, value: formatAmount(resource, amount) };
}

export function hardOf(quota: YamlObject): readonly (readonly [string, number])[] {
  return amountsAt(quota, '/spec/hard');
}

export function amountsAt(value: unknown, path: string): readonly (readonly [string, number])[] {
  const listed = valueAt(value, path);
  return Object.entries(isRecord(listed) ? listed : {}).flatMap(([resource, text]) => {
    const amount = parseQuantity(text);
    return amount === undefined ? [] : [[resource, amount] as const];
  });
}
