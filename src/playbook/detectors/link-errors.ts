import { asNumber } from '../compare-values.ts';
import type { StepData } from '../parse-output.ts';
import { isRecord } from '../path.ts';
import type { Candidate, DetectorContext } from './detector.ts';

interface Counted {
  readonly packets: number;
  readonly errors: number;
  readonly dropped: number;
}

/**
 * How the counters of each network interface (`ip -j -s link show`) have grown since the step that `with: {before}` names:
 * `packets`, `errors`, `dropped`, and `errorPercent` and `droppedPercent` of the packets. Undefined while that step is not
 * known.
 */
export function linkErrors(
  data: StepData,
  other: (step: string) => StepData | undefined,
  { settings }: DetectorContext,
): readonly Candidate[] | undefined {
  const before = linksOf(other(String(settings['before']))?.root);
  const now = linksOf(data.root);
  if (before === undefined || now === undefined) return undefined;
  return now.flatMap((link): readonly Candidate[] => {
    const earlier = before.find(({ name }) => name === link.name);
    if (earlier === undefined) return [];
    const packets = link.counted.packets - earlier.counted.packets;
    const errors = link.counted.errors - earlier.counted.errors;
    const dropped = link.counted.dropped - earlier.counted.dropped;
    const shares = { errorPercent: percent(errors, packets), droppedPercent: percent(dropped, packets) };
    return [{ item: { name: link.name, packets, errors, dropped, ...shares }, source: link.source }];
  });
}

function linksOf(root: unknown): readonly { name: string; counted: Counted; source: unknown }[] | undefined {
  if (!Array.isArray(root)) return undefined;
  const links: readonly unknown[] = root;
  return links.flatMap((source) => {
    if (!isRecord(source) || typeof source['ifname'] !== 'string' || !isRecord(source['stats64'])) return [];
    const { rx, tx } = source['stats64'];
    const sum = (key: string): number =>
      [rx, tx].map((side) => (isRecord(side) ? (asNumber(side[key]) ?? 0) : 0)).reduce((all, one) => all + one, 0);
    const counted = { packets: sum('packets'), errors: sum('errors'), dropped: sum('dropped') };
    return [{ name: source['ifname'], counted, source }];
  });
}

/** Of no packets at all everything that failed is the whole. */
function percent(part: number, packets: number): number {
  const whole = Math.max(packets, part);
  return whole <= 0 ? 0 : Math.round((1000 * part) / whole) / 10;
}
