import type { StepData } from '../parse-output.ts';
import type { Candidate } from './detector.ts';
import { listAt, objectsOf, textAt, valueAt, type KubeObject } from './kube-objects.ts';
import { selectorFits } from './label-selector.ts';

/**
 * Pods that cannot be moved because a disruption budget (step `budgets`) of their namespace allows nothing now, with
 * `pod`, `namespace`, `budget`, `healthy`, `desired`. A drain leaves out pods of a DaemonSet and those that have ended.
 */
export function podsHeldByBudgets(
  data: StepData,
  other: (step: string) => StepData | undefined,
): readonly Candidate[] | undefined {
  const pods = objectsOf(data.root);
  const budgets = objectsOf(other('budgets')?.root)?.filter(allowsNothing);
  if (pods === undefined || budgets === undefined) return undefined;
  return pods.filter(isMoved).flatMap((pod) => {
    const budget = budgets.find((each) => isAbout(each, pod));
    if (budget === undefined) return [];
    const item = {
      pod: textAt(pod, 'metadata', 'name'),
      namespace: textAt(pod, 'metadata', 'namespace'),
      budget: textAt(budget, 'metadata', 'name'),
      healthy: valueAt(budget, 'status', 'currentHealthy'),
      desired: valueAt(budget, 'status', 'desiredHealthy'),
    };
    const status = valueAt(budget, 'status');
    const fields = [{ parent: status, key: 'disruptionsAllowed', value: 0 }];
    return [{ item, source: pod, beside: [{ step: 'budgets', item: budget, fields }] }];
  });
}

function allowsNothing(budget: KubeObject): boolean {
  return valueAt(budget, 'status', 'disruptionsAllowed') === 0;
}

function isMoved(pod: KubeObject): boolean {
  if (['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase'))) return false;
  // A static pod belongs to its node.
  return !listAt(pod, 'metadata', 'ownerReferences').some((owner) =>
    ['DaemonSet', 'Node'].includes(textAt(owner, 'kind')),
  );
}

function isAbout(budget: KubeObject, pod: KubeObject): boolean {
  const isNear = textAt(budget, 'metadata', 'namespace') === textAt(pod, 'metadata', 'namespace');
  return isNear && selectorFits(valueAt(budget, 'spec', 'selector'), valueAt(pod, 'metadata', 'labels'));
}
