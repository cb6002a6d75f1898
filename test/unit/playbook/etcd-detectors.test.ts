import { describe, expect, it } from 'vitest';
import { etcdMembers, etcdSlowRequests } from '../../../src/playbook/detectors/etcd.ts';
import { parseGoDurationMs } from '../../../src/playbook/detectors/go-duration.ts';

const around = { now: new Date('2026-11-20T12:00:00Z'), inputs: {}, settings: {} };
const dataOf = (root: unknown) => ({ root, lines: [], spanOf: () => undefined, isPartial: false });

describe('parseGoDurationMs', () => {
  it.each<[string, number | undefined]>([
    ['417.25ms', 417.25],
    ['1m2.5s', 62_500],
    ['1h0m0s', 3_600_000],
    ['12µs', 0.012],
    ['900ns', 0.0009],
    ['', undefined],
    ['5', undefined],
    ['5 s', undefined],
  ])('reads %j as %s', (text, expected) => {
    const value = parseGoDurationMs(text);
    if (expected === undefined) expect(value).toBeUndefined();
    else expect(value).toBeCloseTo(expected, 9);
  });
});

describe('etcd-members', () => {
  const status = (more: Record<string, unknown>) => ({
    Endpoint: 'https://etcd-0:2379',
    Status: {
      leader: '13518803987065864191',
      dbSize: 1000,
      dbSizeInUse: 400,
      raftIndex: 50,
      raftAppliedIndex: 50,
      ...more,
    },
  });
  const items = (root: unknown, settings = {}) =>
    etcdMembers(dataOf(root), undefined, { ...around, settings })?.map(({ item }) => item);

  it('measures size, use and lag', () => {
    expect(items([status({}), status({ raftIndex: 2050 })], { quotaBytes: 2000 })).toEqual([
      expect.objectContaining({ dbPercent: 50, inUsePercent: 40, applyLag: 2000, hasLeader: true, errors: '' }),
      expect.objectContaining({ applyLag: 2000 }),
    ]);
  });

  it('knows a member without a leader, and its alarms', () => {
    const root = [status({ leader: 0, errors: ['etcdserver: no leader', 'NOSPACE'] }), status({ leader: undefined })];
    expect(items(root)).toEqual([
      expect.objectContaining({ hasLeader: false, errors: 'etcdserver: no leader, NOSPACE' }),
      expect.objectContaining({ hasLeader: false }),
    ]);
  });

  it('survives a member that answered nothing, and does not know other outputs', () => {
    expect(items([{ Endpoint: 'x' }])).toEqual([expect.objectContaining({ dbPercent: 0, inUsePercent: 0 })]);
    expect(items({})).toBeUndefined();
  });
});

describe('etcd-slow-requests', () => {
  const row = (time: string, message: string) => ({ time, message });
  const took = (text: string) => `{"level":"warn","msg":"apply request took too long","took":"${text}"}`;

  it('counts what is new, and gives the time that only one in twenty exceeds', () => {
    const rows = [
      row('2026-11-20T11:00:00Z', took('9s')),
      row('2026-11-20T11:55:00Z', took('600.4ms')),
      row('2026-11-20T11:56:00Z', 'read-only range request "key" took too long (120.5ms) to execute'),
      row('2026-11-20T11:57:00Z', 'compacted'),
    ];
    expect(etcdSlowRequests(dataOf({ rows }), undefined, around)?.map(({ item }) => item)).toEqual([
      { count: 2, p95Ms: 600, time: '2026-11-20T11:55:00Z' },
    ]);
  });

  it('has nothing to say about a quiet log, and does not know other outputs', () => {
    expect(etcdSlowRequests(dataOf({ rows: [] }), undefined, around)).toEqual([]);
    expect(etcdSlowRequests(dataOf('x'), undefined, around)).toBeUndefined();
  });
});
