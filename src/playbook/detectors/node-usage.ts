import type { StepData } from '../parse-output.ts';
import type { Candidate, DetectorContext } from './detector.ts';
import { objectsOf, textAt, valueAt } from './kube-objects.ts';
import { parseQuantity } from './quantity.ts';

/**
 * Use of each node from NodeMetrics, with `name`, `cpuPercent` and `memoryPercent` of what pods may take. The nodes
 * themselves come from the step that `with: {nodes}` names; without them nothing can be said.
 */
export function nodeUsage(
  data: StepData,
  other: (step: string) => StepData | undefined,
  { settings }: DetectorContext,
): readonly Candidate[] | undefined {
  const nodes = objectsOf(other(String(settings['nodes'] ?? 'nodes'))?.root);
  const metrics = objectsOf(data.root);
  if (nodes === undefined || metrics === undefined) return undefined;
  const byName = new Map(nodes.map((node) => [textAt(node, 'metadata', 'name'), node]));
  return metrics.flatMap((metric) => {
    const name = textAt(metric, 'metadata', 'name');
    const share = (resource: string): number | undefined =>
      percent(
        parseQuantity(valueAt(metric, 'usage', resource)),
        parseQuantity(valueAt(byName.get(name), 'status', 'allocatable', resource)),
      );
    const [cpuPercent, memoryPercent] = [share('cpu'), share('memory')];
    return cpuPercent === undefined || memoryPercent === undefined
      ? []
      : [{ item: { name, cpuPercent, memoryPercent }, source: metric }];
  });
}

function percent(part: number | undefined, whole: number | undefined): number | undefined {
  return part === undefined || whole === undefined || whole <= 0 ? undefined : Math.floor((part / whole) * 1000) / 10;
}
