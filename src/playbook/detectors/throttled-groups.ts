import type { StepData } from '../parse-output.ts';
import type { Candidate, DetectorContext } from './detector.ts';
import { rowsOf } from './rows.ts';

/** In less time the figures of a group say nothing. */
const MIN_SECONDS = 1;

/**
 * Control groups that had to wait for their share of CPU between two looks: rows with `path`, `key` and `value` of every
 * cpu.stat, and one with the `uptime`, now and in the step that `with: {before}` names. `periods` in which the group ran, and
 * `throttledPercent` of them in which it was stopped. Undefined while the first look is not known, or is the same moment.
 */
export function throttledGroups(
  data: StepData,
  other: (step: string) => StepData | undefined,
  { settings }: DetectorContext,
): readonly Candidate[] | undefined {
  const now = rowsOf(data.root);
  const then = rowsOf(other(String(settings['before']))?.root);
  if (now === undefined || then === undefined) return undefined;
  const seconds = uptimeIn(now) - uptimeIn(then);
  if (!(seconds >= MIN_SECONDS)) return undefined;
  const earlier = new Map(then.map((row) => [keyOf(row), Number(row['value'])]));
  const grownBy = (row: Readonly<Record<string, string>> | undefined): number => {
    const before = row === undefined ? undefined : earlier.get(keyOf(row));
    return row === undefined || before === undefined ? 0 : Number(row['value']) - before;
  };
  return now
    .filter(({ key }) => key === 'nr_throttled')
    .flatMap((throttled): readonly Candidate[] => {
      const { path = '' } = throttled;
      const periods = grownBy(now.find((row) => row['path'] === path && row['key'] === 'nr_periods'));
      if (periods <= 0) return [];
      const throttledPercent = Math.round((100 * grownBy(throttled)) / periods);
      const name = path.split('/').at(-2) ?? path;
      return [{ item: { path, name, periods, throttledPercent, seconds: Math.round(seconds) }, source: throttled }];
    });
}

function keyOf({ path = '', key = '' }: Readonly<Record<string, string>>): string {
  return `${path} ${key}`;
}

function uptimeIn(rows: readonly Readonly<Record<string, string>>[]): number {
  return Number(rows.find(({ uptime }) => uptime !== undefined)?.['uptime'] ?? Number.NaN);
}
