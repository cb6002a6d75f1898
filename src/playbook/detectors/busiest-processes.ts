import { isRecord } from '../path.ts';
import type { StepData } from '../parse-output.ts';
import type { Candidate, DetectorContext } from './detector.ts';
import { rowsOf } from './rows.ts';

/** Processes that are named. */
const NAMED = 3;

/** What uses less of one CPU is not what keeps a machine busy. */
const MIN_PERCENT = 5;

/**
 * The rows of a table, or the record, with `busiest`: up to three processes of the step `processes` that use the most CPU,
 * as text, and cited. Absent when that step is not known, or none uses 5 % of one CPU. `ps` counts over the whole life of
 * a process, so a young one stands out and an old one does not.
 */
export function busiestProcesses(
  data: StepData,
  other: (step: string) => StepData | undefined,
  { settings }: DetectorContext,
): readonly Candidate[] | undefined {
  const records = rowsOf(data.root) ?? (isRecord(data.root) ? [data.root] : undefined);
  if (records === undefined) return undefined;
  const step = String(settings['processes'] ?? 'processes');
  const busiest = (rowsOf(other(step)?.root) ?? [])
    .filter(({ cpuPercent }) => Number(cpuPercent) >= MIN_PERCENT)
    .sort((a, b) => Number(b['cpuPercent']) - Number(a['cpuPercent']))
    .slice(0, NAMED);
  const names = busiest.map(
    ({ command = '', pid = '', cpuPercent = '' }) => `${command} (${pid}) with ${cpuPercent} %`,
  );
  return records.map((record) => ({
    item: { ...record, ...(names.length === 0 ? {} : { busiest: names.join(', ') }) },
    source: record,
    beside: busiest.map((item) => ({ step, item })),
  }));
}
