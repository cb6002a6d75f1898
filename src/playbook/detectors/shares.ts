import { isRecord } from '../path.ts';
import type { StepData } from '../parse-output.ts';
import type { Candidate } from './detector.ts';
import { rowsOf } from './rows.ts';

/** Open files of the whole machine, from /proc/sys/fs/file-nr, with `usedPercent` of the limit. */
export function fileHandles(data: StepData): readonly Candidate[] | undefined {
  const row = rowsOf(data.root)?.[0];
  const used = Number(row?.['used']);
  const max = Number(row?.['max']);
  if (row === undefined || !Number.isFinite(used) || !(max > 0)) return undefined;
  return [{ item: { ...row, usedPercent: percent(used, max) }, source: row }];
}

/** Swap space from /proc/meminfo with `usedPercent`; nothing when the machine has none. */
export function swapSpace(data: StepData): readonly Candidate[] | undefined {
  const total = kibibytes(data.root, 'SwapTotal');
  const free = kibibytes(data.root, 'SwapFree');
  if (total === undefined || free === undefined) return undefined;
  if (total === 0) return [];
  return [{ item: { totalKib: total, freeKib: free, usedPercent: percent(total - free, total) }, source: data.root }];
}

function kibibytes(root: unknown, key: string): number | undefined {
  const text = isRecord(root) ? root[key] : undefined;
  const number = typeof text === 'string' ? /^(\d+) kB$/u.exec(text)?.[1] : undefined;
  return number === undefined ? undefined : Number(number);
}

function percent(part: number, whole: number): number {
  return Math.round((part / whole) * 1000) / 10;
}
