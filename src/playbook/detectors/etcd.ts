import type { DecidingField } from '../deciding-place.ts';
import { parseDurationMs, parseMoment } from '../duration.ts';
import { isRecord } from '../path.ts';
import type { StepData } from '../parse-output.ts';
import type { Candidate, DetectorContext } from './detector.ts';
import { parseGoDurationMs } from './go-duration.ts';
import { listAt, textAt, valueAt } from './kube-objects.ts';
import { rowsOf } from './rows.ts';

/** Backend quota of the etcd of HyperShift: quota-backend-bytes in its stateful set. */
const DEFAULT_QUOTA_BYTES = 8_589_934_592;

/**
 * Members from `etcdctl endpoint status -w json`, with `endpoint`, `hasLeader`, `errors`, `dbPercent` of the quota
 * (`with: {quotaBytes}`), `inUsePercent` of the file, `inUseBytes`, and `applyLag` behind the newest entry of any member.
 */
export function etcdMembers(
  data: StepData,
  _other: unknown,
  { settings }: DetectorContext,
): readonly Candidate[] | undefined {
  if (!Array.isArray(data.root)) return undefined;
  const rows: readonly unknown[] = data.root;
  const members = rows.filter(isRecord);
  const quota = Number(settings['quotaBytes'] ?? DEFAULT_QUOTA_BYTES);
  const newest = Math.max(0, ...members.map((member) => numberAt(member, 'raftIndex')));
  return members.map((member) => {
    const size = numberAt(member, 'dbSize');
    const inUse = numberAt(member, 'dbSizeInUse');
    const leader = textAt(member, 'Status', 'leader');
    const item = {
      endpoint: textAt(member, 'Endpoint'),
      // Protocol buffers leave out zero.
      hasLeader: leader !== '' && leader !== '0',
      errors: listAt(member, 'Status', 'errors').join(', '),
      dbPercent: percent(size, quota),
      inUsePercent: percent(inUse, size),
      inUseBytes: inUse,
      applyLag: Math.max(0, newest - numberAt(member, 'raftAppliedIndex')),
    };
    const status = valueAt(member, 'Status');
    const at = (key: string): DecidingField => ({ parent: status, key, value: valueAt(status, key) });
    const places = {
      ...{ dbPercent: at('dbSize'), inUsePercent: at('dbSizeInUse'), applyLag: at('raftAppliedIndex') },
      ...{ errors: at('errors'), hasLeader: at('raftTerm') },
    };
    return { item, source: member, places };
  });
}

/**
 * Requests that etcd logged as too slow within `with: {within}` of the capture, as one item with `count` and `p95Ms`;
 * nothing when there are none. A count alone means little: healthy clusters log hundreds while they are installed.
 */
export function etcdSlowRequests(
  data: StepData,
  _other: unknown,
  { now, settings }: DetectorContext,
): readonly Candidate[] | undefined {
  const rows = rowsOf(data.root);
  if (rows === undefined) return undefined;
  const windowMs = parseDurationMs(String(settings['within'] ?? '10m')) ?? 0;
  const slow = rows.flatMap((row) => {
    const moment = parseMoment(row['time'] ?? '');
    if (moment === undefined || now.getTime() - moment.getTime() > windowMs) return [];
    const took = /took too long.*?(?:"took":"|\()(?<took>[0-9.a-zµ]+)/u.exec(row['message'] ?? '')?.groups?.['took'];
    const ms = took === undefined ? undefined : parseGoDurationMs(took);
    return ms === undefined ? [] : [{ row, ms }];
  });
  const sorted = [...slow].sort((a, b) => a.ms - b.ms);
  const at95 = sorted[Math.ceil(sorted.length * 0.95) - 1];
  if (at95 === undefined) return [];
  return [{ item: { count: sorted.length, p95Ms: Math.round(at95.ms), time: slow[0]?.row['time'] }, source: at95.row }];
}

function numberAt(member: unknown, key: string): number {
  const number = Number(valueAt(member, 'Status', key));
  return Number.isFinite(number) ? number : 0;
}

function percent(part: number, whole: number): number {
  return whole > 0 ? Math.round((part / whole) * 1000) / 10 : 0;
}
