import { isRecord } from '../path.ts';
import type { StepData } from '../parse-output.ts';
import type { Candidate } from './detector.ts';
import { objectsOf, textAt, valueAt } from './kube-objects.ts';
import { parseQuantity } from './quantity.ts';

/** Every limit of ResourceQuotas with `resource`, `used`, `hard` and `usedPercent`; a limit of nothing counts as no limit. */
export function usedQuotas(data: StepData): readonly Candidate[] | undefined {
  return objectsOf(data.root)?.flatMap((quota) => {
    const hard = valueAt(quota, 'status', 'hard');
    if (!isRecord(hard)) return [];
    return Object.entries(hard).flatMap(([resource, limit]) => {
      const used = valueAt(quota, 'status', 'used', resource);
      const [amount, most] = [parseQuantity(used), parseQuantity(limit)];
      if (amount === undefined || most === undefined || most <= 0) return [];
      const item = {
        ...{ resource, used, hard: limit, usedPercent: Math.floor((amount / most) * 1000) / 10 },
        namespace: textAt(quota, 'metadata', 'namespace'),
        name: textAt(quota, 'metadata', 'name'),
      };
      return [{ item, source: quota }];
    });
  });
}
