import type { StepData } from '../parse-output.ts';
import { isRecord } from '../path.ts';
import type { Candidate, DetectorContext } from './detector.ts';
import { listAt, objectsOf, textAt, valueAt, type KubeObject } from './kube-objects.ts';
import { parseQuantity } from './quantity.ts';

const RESOURCES = ['cpu', 'memory'] as const;

/**
 * What the pods of each node have asked for, of what the node may give: `name`, `pods`, and whole `cpuPercent`,
 * `memoryPercent` and `podsPercent`. The pods must not have ended. The nodes come from the step that `with: {nodes}` names;
 * without them nothing can be said.
 */
export function nodeRequests(
  data: StepData,
  other: (step: string) => StepData | undefined,
  { settings }: DetectorContext,
): readonly Candidate[] | undefined {
  const pods = objectsOf(data.root);
  const nodes = objectsOf(other(String(settings['nodes'] ?? 'nodes'))?.root);
  if (pods === undefined || nodes === undefined) return undefined;
  const byNode = new Map<string, KubeObject[]>();
  for (const pod of pods) {
    const name = textAt(pod, 'spec', 'nodeName');
    const known = byNode.get(name);
    if (known === undefined) byNode.set(name, [pod]);
    else known.push(pod);
  }
  return nodes.flatMap((node) => {
    const name = textAt(node, 'metadata', 'name');
    const own = byNode.get(name) ?? [];
    const [source] = own;
    const [cpuPercent, memoryPercent] = RESOURCES.map((resource) =>
      percent(total(own, resource), valueAt(node, 'status', 'allocatable', resource)),
    );
    const podsPercent = percent(own.length, valueAt(node, 'status', 'allocatable', 'pods'));
    if (source === undefined || cpuPercent === undefined || memoryPercent === undefined) return [];
    const item = {
      name,
      pods: own.length,
      cpuPercent,
      memoryPercent,
      ...(podsPercent === undefined ? {} : { podsPercent }),
    };
    return [{ item, source }];
  });
}

function total(pods: readonly KubeObject[], resource: string): number {
  let sum = 0;
  for (const pod of pods) sum += requestOf(pod, resource);
  return sum;
}

/**
 * What the scheduler counts for a pod: its containers with the init containers that stay, or the largest init container
 * that ends before them, and what its runtime class adds (kubernetes.io/docs: pod overhead, sidecar containers).
 */
function requestOf(pod: KubeObject, resource: string): number {
  const inits = listAt(pod, 'spec', 'initContainers').filter(isRecord);
  const stay = inits.filter((each) => each['restartPolicy'] === 'Always');
  const asked = (containers: readonly unknown[]): readonly number[] =>
    containers.map((each) => parseQuantity(valueAt(each, 'resources', 'requests', resource)) ?? 0);
  let together = 0;
  for (const amount of asked([...listAt(pod, 'spec', 'containers'), ...stay])) together += amount;
  const first = Math.max(0, ...asked(inits));
  return Math.max(together, first) + (parseQuantity(valueAt(pod, 'spec', 'overhead', resource)) ?? 0);
}

function percent(part: number, whole: unknown): number | undefined {
  const of = parseQuantity(whole);
  return of === undefined || of <= 0 ? undefined : Math.floor((part / of) * 100);
}
