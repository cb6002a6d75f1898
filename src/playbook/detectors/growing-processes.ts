import { isRecord } from '../path.ts';
import type { StepData } from '../parse-output.ts';
import type { Candidate, DetectorContext } from './detector.ts';
import { rowsOf } from './rows.ts';

type Row = Readonly<Record<string, string>>;

/** The age of processes is in whole seconds. */
const MIN_SECONDS = 2;

/**
 * Processes whose memory has grown between two looks (rows with `pid`, `elapsed` in seconds, `rssKib`, `command`, now and in
 * the step that `with: {before}` names): `grownKib`, `kibPerSecond`, and `minutesLeft` until what step `host-facts` says is
 * available would be used up. Undefined while one of them is not known, or both looks are the same moment.
 */
export function growingProcesses(
  data: StepData,
  other: (step: string) => StepData | undefined,
  { settings }: DetectorContext,
): readonly Candidate[] | undefined {
  const now = rowsOf(data.root);
  const then = rowsOf(other(String(settings['before']))?.root);
  const facts = other('host-facts')?.root;
  const available = isRecord(facts) ? facts['availableMemoryBytes'] : undefined;
  if (now === undefined || then === undefined || typeof available !== 'number') return undefined;
  const earlier = new Map(then.map((row) => [row['pid'], row]));
  const pairs = now.flatMap((row) => {
    const before = earlier.get(row['pid']);
    return before !== undefined && before['command'] === row['command'] ? [{ row, before }] : [];
  });
  // Every process has become older by the same time; one number that was given again is an exception.
  const seconds = median(pairs.map(({ row, before }) => numberOf(row, 'elapsed') - numberOf(before, 'elapsed')));
  if (seconds === undefined || seconds < MIN_SECONDS) return undefined;
  return pairs.flatMap(({ row, before }): readonly Candidate[] => {
    const grownKib = numberOf(row, 'rssKib') - numberOf(before, 'rssKib');
    const isSame = Math.abs(numberOf(row, 'elapsed') - numberOf(before, 'elapsed') - seconds) <= 1;
    if (!isSame || !(grownKib > 0)) return [];
    const kibPerSecond = Math.round(grownKib / seconds);
    const minutesLeft = Math.round((10 * available) / 1024 / Math.max(1, kibPerSecond) / 60) / 10;
    const { pid, command } = row;
    return [{ item: { pid, command, grownKib, seconds, kibPerSecond, minutesLeft }, source: row }];
  });
}

function numberOf(row: Row, key: string): number {
  return Number(row[key]);
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
