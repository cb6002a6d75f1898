import type { StepData } from '../parse-output.ts';
import type { Candidate } from './detector.ts';
import { expectedOfHostedCluster, expectedOfNodePool, type Expectation } from './hypershift-expected-table.ts';
import { conditionsOf, objectsOf, textAt, type KubeObject } from './kube-objects.ts';

/**
 * Conditions of HostedClusters and NodePools that are not what HyperShift expects at rest, with `type`, `status`,
 * `expected`, `class` (of the table), `reason`, `message`, `since`, and `kind`, `namespace`, `name` of the object.
 * A condition that every version sets and that is not there has the status `absent`, since the object was made.
 */
export function hypershiftExpectedConditions(data: StepData): readonly Candidate[] | undefined {
  return objectsOf(data.root)?.flatMap(differencesOf);
}

function differencesOf(object: KubeObject): readonly Candidate[] {
  const byType = new Map(conditionsOf(object).map((condition) => [condition.type, condition]));
  return expectationsOf(object).flatMap(({ type, expected, class: kind, isAlwaysThere }) => {
    const condition = byType.get(type);
    if (condition === undefined && !isAlwaysThere) return [];
    if (condition !== undefined && expected.includes(condition.status)) return [];
    const item = {
      type,
      status: condition?.status ?? 'absent',
      expected: expected[0],
      class: kind,
      reason: condition?.reason ?? '',
      message: condition?.message ?? '',
      since: condition?.lastTransitionTime ?? (textAt(object, 'metadata', 'creationTimestamp') || undefined),
      kind: textAt(object, 'kind'),
      namespace: textAt(object, 'metadata', 'namespace'),
      name: textAt(object, 'metadata', 'name'),
    };
    return [{ item, source: condition?.source ?? object }];
  });
}

function expectationsOf(object: KubeObject): readonly Expectation[] {
  if (object['kind'] === 'HostedCluster') return expectedOfHostedCluster(object);
  return object['kind'] === 'NodePool' ? expectedOfNodePool(object) : [];
}
