import { parseQuantity } from '../playbook/detectors/quantity.ts';
import { isRecord } from '../schema/record.ts';
import { valueAt } from './json-patch.ts';

/** What pods count in a ResourceQuota, by its names: pieces, processors and bytes. */
export type Needs = Readonly<Record<string, number>>;

export interface PodResources {
  readonly cpu: string;
  readonly memory: string;
  /** Of all that it writes. */
  readonly storage: string;
}

/** The agent of one Job: it waits for the model most of the time, and its memory must be there (src/executor). */
export function agentNeeds({ cpu, memory, storage }: PodResources): Needs {
  const resources = {
    requests: { cpu: '100m', memory, 'ephemeral-storage': '64Mi' },
    limits: { cpu, memory, 'ephemeral-storage': storage },
  };
  return podNeeds({ containers: [{ resources }] });
}

/** What the API server counts for a pod of this `spec`; init containers of ours need no more than what follows them. */
export function podNeeds(spec: unknown): Needs {
  const containers = valueAt(spec, '/containers');
  let needs: Needs = { pods: 1 };
  for (const container of Array.isArray(containers) ? containers : []) {
    needs = plus(needs, { ...amounts(container, 'requests'), ...amounts(container, 'limits') });
  }
  return needs;
}

function amounts(container: unknown, kind: 'requests' | 'limits'): Needs {
  const listed = valueAt(container, `/resources/${kind}`);
  const entries = Object.entries(isRecord(listed) ? listed : {});
  return Object.fromEntries(entries.map(([resource, value]) => [`${kind}.${resource}`, parseQuantity(value) ?? 0]));
}

export function plus(one: Needs, other: Needs): Needs {
  const sum: Record<string, number> = { ...one };
  for (const [resource, amount] of Object.entries(other)) sum[resource] = (sum[resource] ?? 0) + amount;
  return sum;
}

export function times(count: number, needs: Needs): Needs {
  return Object.fromEntries(Object.entries(needs).map(([resource, amount]) => [resource, amount * count]));
}

/** As the API server writes it: it would find another spelling changed. */
export function formatAmount(resource: string, amount: number): string {
  if (!/memory|storage/u.test(resource)) {
    const thousandths = Math.round(amount * 1000);
    return thousandths % 1000 === 0 ? String(thousandths / 1000) : `${thousandths}m`;
  }
  const bytes = Math.ceil(amount);
  const unit = (['Ti', 'Gi', 'Mi', 'Ki'] as const).find((each) => bytes > 0 && bytes % SIZES[each] === 0);
  return unit === undefined ? String(bytes) : `${bytes / SIZES[unit]}${unit}`;
}

const SIZES = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 } as const;
