import { describe, expect, it } from 'vitest';
import { composeDependencies } from '../../../src/playbook/detectors/compose-dependencies.ts';
import type { DetectorContext } from '../../../src/playbook/detectors/detector.ts';
import { groupMembers } from '../../../src/playbook/detectors/group-members.ts';
import { growingProcesses } from '../../../src/playbook/detectors/growing-processes.ts';
import { linkErrors } from '../../../src/playbook/detectors/link-errors.ts';
import { redisSlowCommands } from '../../../src/playbook/detectors/redis-slow-commands.ts';
import { throttledGroups } from '../../../src/playbook/detectors/throttled-groups.ts';
import type { StepData } from '../../../src/playbook/parse-output.ts';

function dataOf(root: unknown): StepData {
  return { root, lines: [], spanOf: () => undefined, isPartial: false };
}

function context(settings: DetectorContext['settings'] = {}): DetectorContext {
  return { now: new Date('2026-11-20T12:00:00Z'), inputs: {}, settings };
}

describe('group-members', () => {
  const now = dataOf({
    rows: [
      { group: 'sudo', members: 'ann, bob' },
      { group: 'adm', members: '' },
      { group: 'docker', members: 'ci' },
    ],
  });
  const members = (settings: DetectorContext['settings'], before?: unknown) =>
    groupMembers(now, () => (before === undefined ? undefined : dataOf(before)), context(settings))?.map(
      ({ item }) => item,
    );

  it('compares each member with who is expected', () => {
    expect(members({ expected: 'ann,ci' })).toEqual([
      { groupName: 'sudo', member: 'ann', isExpected: true },
      { groupName: 'sudo', member: 'bob', isExpected: false },
      { groupName: 'docker', member: 'ci', isExpected: true },
    ]);
  });

  it('compares each member with the groups as they were, also with a group that is new', () => {
    expect(members({ before: 'earlier' }, { rows: [{ group: 'sudo', members: 'ann' }] })).toMatchObject([
      { member: 'ann', wasMember: true },
      { member: 'bob', wasMember: false },
      { member: 'ci', wasMember: false },
    ]);
  });

  it('cannot say who is new without the groups as they were', () => {
    expect(members({ before: 'earlier' })).toBeUndefined();
  });

  it('says nothing about another form', () => {
    expect(groupMembers(dataOf({ lines: [] }), () => undefined, context())).toBeUndefined();
  });
});

describe('redis-slow-commands', () => {
  it('reads the id, the moment and the time of each entry, with or without its command', () => {
    const root = [[7, 1795175445, 384_154, [], '127.0.0.1:5', ''], [6, 1795175444, 90], 'NOPERM', [5, 1795175443]];
    expect(redisSlowCommands(dataOf(root))?.map(({ item }) => item)).toEqual([
      { id: 7, at: 1795175445, ms: 384 },
      { id: 6, at: 1795175444, ms: 0 },
    ]);
  });

  it('does not take an error for an empty log', () => {
    expect(redisSlowCommands(dataOf('NOAUTH Authentication required.'))).toBeUndefined();
  });
});

describe('compose-dependencies', () => {
  const row = (name: string, service: string, needs = '', project = 'shop') => ({ name, service, needs, project });
  const missing = (
    rows: readonly ReturnType<typeof row>[],
    states: Readonly<Record<string, readonly [state: string, status: string]>> | undefined,
    isPartial = false,
  ) =>
    composeDependencies(dataOf({ rows }), () =>
      states === undefined
        ? undefined
        : {
            ...dataOf({ rows: Object.entries(states).map(([name, [state, status]]) => ({ name, state, status })) }),
            isPartial,
          },
    )?.map(({ item }) => item);
  const up = ['running', 'Up 2 hours'] as const;

  it.each<[string, string, readonly [string, string] | undefined, string | undefined]>([
    ['runs', 'service_started', up, undefined],
    ['runs and is well', 'service_healthy', ['running', 'Up 2 hours (healthy)'], undefined],
    ['runs and is ill', 'service_healthy', ['running', 'Up 2 hours (unhealthy)'], 'unhealthy'],
    // Only who waits for its health minds.
    ['runs and is ill, which nobody minds', 'service_started', ['running', 'Up 2 hours (unhealthy)'], undefined],
    ['has ended', 'service_started', ['exited', 'Exited (0) 2 hours ago'], 'not-running'],
    ['has done its work', 'service_completed_successfully', ['exited', 'Exited (0) 2 hours ago'], undefined],
    ['has failed', 'service_completed_successfully', ['exited', 'Exited (1) 2 hours ago'], 'not-running'],
    ['restarts', 'service_started', ['restarting', 'Restarting (1) 3 seconds ago'], 'not-running'],
    ['was removed', 'service_started', undefined, 'absent'],
  ])('judges a service that %s', (_what, condition, state, problem) => {
    const rows = [row('web', 'web', `db:${condition}:false`), ...(state === undefined ? [] : [row('db', 'db')])];
    const found = missing(rows, { web: up, ...(state === undefined ? {} : { db: state }) });
    const expected = { name: 'web', project: 'shop', needed: 'db', condition, problem, dependentRuns: true };
    expect(found).toEqual(problem === undefined ? [] : [expected]);
  });

  it('keeps projects apart, and needs one of several containers of a service', () => {
    const rows = [row('web', 'web', 'db'), row('db', 'db', '', 'blog'), row('db-1', 'db'), row('db-2', 'db')];
    expect(missing(rows, { web: up, db: up, 'db-1': ['exited', 'Exited (1) 1 hour ago'], 'db-2': up })).toEqual([]);
    expect(missing(rows.slice(0, 2), { web: up, db: up })).toMatchObject([{ problem: 'absent' }]);
  });

  it('leaves out containers without a project', () => {
    expect(missing([row('web', 'web', 'db:service_started:false', '')], { web: up })).toEqual([]);
  });

  it('cannot say who is absent from half a list', () => {
    const rows = [row('web', 'web', 'db')];
    expect(missing(rows, undefined)).toBeUndefined();
    expect(missing(rows, { web: up }, true)).toBeUndefined();
  });
});

describe('throttled-groups', () => {
  const look = (
    uptime: string | undefined,
    stats: Readonly<Record<string, readonly [periods: number, throttled: number]>>,
  ) =>
    dataOf({
      rows: [
        ...(uptime === undefined ? [] : [{ uptime }]),
        ...Object.entries(stats).flatMap(([path, [periods, throttled]]) => [
          { path, key: 'nr_periods', value: String(periods) },
          { path, key: 'nr_throttled', value: String(throttled) },
        ]),
      ],
    });
  const found = (now: StepData, then: StepData | undefined) =>
    throttledGroups(now, () => then, context({ before: 'earlier' }))?.map(({ item }) => item);
  const path = '/sys/fs/cgroup/cpu/system.slice/shop.service/cpu.stat';

  it('counts what was added between the two looks', () => {
    expect(found(look('104.5', { [path]: [540, 128] }), look('100.5', { [path]: [500, 90] }))).toEqual([
      { path, name: 'shop.service', periods: 40, throttledPercent: 95, seconds: 4 },
    ]);
  });

  it('leaves out groups that did not run, and groups that are new', () => {
    expect(found(look('104.5', { [path]: [500, 90], new: [70, 70] }), look('100.5', { [path]: [500, 90] }))).toEqual(
      [],
    );
  });

  it.each([
    ['one moment', look('100.9', { [path]: [540, 128] }), look('100.5', { [path]: [500, 90] })],
    ['no first look', look('104.5', { [path]: [540, 128] }), undefined],
    ['no times', look(undefined, { [path]: [540, 128] }), look(undefined, { [path]: [500, 90] })],
  ])('cannot say anything from %s', (_what, now, then) => {
    expect(found(now, then)).toBeUndefined();
  });
});

describe('growing-processes', () => {
  const look = (...rows: readonly (readonly [pid: number, elapsed: number, rssKib: number, command?: string])[]) =>
    dataOf({
      rows: rows.map(([pid, elapsed, rssKib, command = 'java']) => ({
        ...{ pid: String(pid), elapsed: String(elapsed), rssKib: String(rssKib), command },
      })),
    });
  const found = (now: StepData, then: StepData | undefined, available: number | undefined = 1024 * 1024 * 1024) =>
    growingProcesses(
      now,
      (step) => (step === 'host-facts' ? dataOf({ availableMemoryBytes: available }) : then),
      context({ before: 'earlier' }),
    )?.map(({ item }) => item);

  it('measures what was taken, and how long the rest lasts', () => {
    expect(found(look([1, 104, 500], [7, 54, 40_960]), look([1, 100, 500], [7, 50, 0]))).toEqual([
      { pid: '7', command: 'java', grownKib: 40_960, seconds: 4, kibPerSecond: 10_240, minutesLeft: 1.7 },
    ]);
  });

  it('does not take a number that was given again, or a new program, for the same process', () => {
    const then = look([1, 100, 500], [2, 100, 500], [7, 50, 10], [8, 50, 10, 'sh']);
    expect(found(look([1, 104, 500], [2, 104, 500], [7, 2, 9000], [8, 54, 9000, 'java']), then)).toEqual([]);
  });

  it.each([
    ['one moment', look([1, 101, 9000]), look([1, 100, 500]), 1],
    ['no first look', look([1, 104, 9000]), undefined, 1],
    ['no memory that is available', look([1, 104, 9000]), look([1, 100, 500]), undefined],
  ])('cannot say anything from %s', (_what, now, then, available) => {
    const facts = available === undefined ? dataOf({}) : dataOf({ availableMemoryBytes: available });
    const seen = (step: string): StepData | undefined => (step === 'host-facts' ? facts : then);
    expect(growingProcesses(now, seen, context({ before: 'earlier' }))).toBeUndefined();
  });
});

describe('link-errors', () => {
  const link = (ifname: string, rx: object, tx: object = {}) => ({ ifname, stats64: { rx, tx } });
  const found = (now: unknown, then: unknown) =>
    linkErrors(dataOf(now), () => (then === undefined ? undefined : dataOf(then)), context({ before: 'earlier' }))?.map(
      ({ item }) => item,
    );

  it('counts both directions between the two looks', () => {
    const then = [link('eth0', { packets: 1000, errors: 10, dropped: 5 }, { packets: 500, errors: 1, dropped: 0 })];
    const now = [
      link('eth0', { packets: 1900, errors: 20, dropped: 5 }, { packets: 600, errors: 3, dropped: 1 }),
      link('new0', { packets: 9, errors: 9, dropped: 9 }),
    ];
    expect(found(now, then)).toEqual([
      { name: 'eth0', packets: 1000, errors: 12, dropped: 1, errorPercent: 1.2, droppedPercent: 0.1 },
    ]);
  });

  it('calls it everything when nothing but errors came', () => {
    const then = [link('eth0', { packets: 10, errors: 0, dropped: 0 })];
    expect(found([link('eth0', { packets: 10, errors: 4, dropped: 0 })], then)).toMatchObject([
      { errorPercent: 100, droppedPercent: 0 },
    ]);
  });

  it('cannot say anything without the first look', () => {
    expect(found([link('eth0', {})], undefined)).toBeUndefined();
    expect(found({ items: [] }, [])).toBeUndefined();
  });
});
