import { isRecord } from '../path.ts';
import type { StepData } from '../parse-output.ts';
import type { Candidate, DetectorContext } from './detector.ts';
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

/**
 * A record of keys and values with `usedPercent`: the value of the key that `used` names, as a share of that which `limit`
 * names. Nothing when the limit is 0, which means that there is none; undefined when one of them is no number.
 */
export function shareOfLimit(
  data: StepData,
  _other: (step: string) => StepData | undefined,
  { settings }: DetectorContext,
): readonly Candidate[] | undefined {
  if (!isRecord(data.root)) return undefined;
  const used = numberAt(data.root, settings['used']);
  const limit = numberAt(data.root, settings['limit']);
  if (used === undefined || limit === undefined || limit < 0) return undefined;
  if (limit === 0) return [];
  const key = String(settings['used']);
  const places = { usedPercent: { parent: data.root, key, value: data.root[key] } };
  return [{ item: { ...data.root, usedPercent: percent(used, limit) }, source: data.root, places }];
}

function numberAt(record: Readonly<Record<string, unknown>>, key: unknown): number | undefined {
  const value = typeof key === 'string' ? record[key] : undefined;
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && /^\d+(?:\.\d+)?$/u.test(text) ? Number(text) : undefined;
}

function kibibytes(root: unknown, key: string): number | undefined {
  const text = isRecord(root) ? root[key] : undefined;
  const number = typeof text === 'string' ? /^(\d+) kB$/u.exec(text)?.[1] : undefined;
  return number === undefined ? undefined : Number(number);
}

function percent(part: number, whole: number): number {
  return Math.round((part / whole) * 1000) / 10;
}
