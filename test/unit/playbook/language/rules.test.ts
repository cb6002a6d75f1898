import { describe, expect, it } from 'vitest';
import type { PlaybookRule } from '../../../../src/schema/generated.ts';
import { ruleOf, stepOf } from '../sample-playbook.ts';
import { judge, JSON_OUTPUT, minutesAgo } from './language-rig.ts';

const PODS = {
  items: [
    {
      metadata: { name: 'api-1', uid: 'u1' },
      status: {
        containerStatuses: [
          { name: 'web', ready: false },
          { name: 'sidecar', ready: true },
        ],
      },
    },
    { metadata: { name: 'api-2', uid: 'u2' }, status: {} },
  ],
};
const EVENTS = {
  items: [
    { reason: 'FailedMount', message: 'MountVolume.SetUp failed: no such secret', object: 'u1', at: minutesAgo(2) },
    { reason: 'FailedMount', message: 'old news', object: 'u2', at: minutesAgo(600) },
    { reason: 'Pulled', message: 'fine', object: 'u1', at: minutesAgo(1) },
  ],
};
const BOTH = { steps: [stepOf('a', JSON_OUTPUT), stepOf('events', JSON_OUTPUT)] };

const unready = ruleOf('unready', {
  iterate: { pod: 'items[*]', c: 'pod.status.containerStatuses[*]' },
  where: [{ path: 'c.ready', op: 'eq', value: false }],
  finding: { object: 'pod/${pod.metadata.name}', title: 'Container ${c.name} is not ready' },
});

describe('named items', () => {
  it('are nested, and all of them stand in texts', async () => {
    const { judgement } = await judge({ rules: [unready] }, { a: PODS });
    expect(judgement.findings.map(({ object, title }) => [object, title])).toEqual([
      ['pod/api-1', 'Container web is not ready'],
    ]);
  });

  it('cite the value that the condition looked at, inside their own object', async () => {
    const { judgement } = await judge({ rules: [unready] }, { a: PODS });
    expect(judgement.findings[0]?.citations).toEqual([
      { evidence: 'E001', quote: '{ "name": "web", "ready": false }', verified: false },
    ]);
  });

  it('are ruled out where an inner list is missing, and unknown where the outer one is', async () => {
    expect((await judge({ rules: [unready] }, { a: { items: [{ status: {} }] } })).kinds).toEqual({
      unready: 'no-match',
    });
    expect((await judge({ rules: [unready] }, { a: { other: [] } })).kinds).toEqual({ unready: 'unknown' });
  });
});

describe('what a command says on stderr', () => {
  const refused = ruleOf('refused', {
    extract: { path: 'step.stderr', pattern: '(?<why>connection refused)' },
    finding: { object: 'api', quote: '${match.why}' },
  });
  const steps = [{ ...stepOf('a', { output: { format: 'text' } }), signalExitCodes: { '1': 'failed' } }];
  const citations = async (stderr: string): Promise<unknown> => {
    const { judgement } = await judge({ steps, rules: [refused] }, { a: { end: { kind: 'exited', exit: 1 }, stderr } });
    return judgement.findings[0]?.citations;
  };

  it('is cited by the line that holds the words of the rule', async () => {
    expect(await citations('warning: old\ndial tcp 192.0.2.1:6443: connection refused\n')).toEqual([
      { evidence: 'E001', quote: 'dial tcp 192.0.2.1:6443: connection refused', verified: false },
    ]);
  });

  it('is no citation when the words do not stand there', async () => {
    expect(await citations('dial tcp: no route to host')).toBeUndefined();
  });
});

describe('joins', () => {
  const mount = ruleOf('mount', {
    iterate: { pod: 'items[*]' },
    where: [
      {
        existsIn: {
          step: 'events',
          as: 'event',
          equal: [['object', 'pod.metadata.uid']],
          where: [
            { path: 'reason', op: 'eq', value: 'FailedMount' },
            { path: 'event.at', op: 'newerThan', value: '15m' },
          ],
        },
      },
    ],
    finding: { object: '${pod.metadata.name}', explanation: '${event.message}' },
  });

  it('find what belongs together, name it, and cite it', async () => {
    const { judgement } = await judge({ ...BOTH, rules: [mount] }, { a: PODS, events: EVENTS });
    expect(judgement.findings).toHaveLength(1);
    expect(judgement.findings[0]).toMatchObject({
      object: 'api-1',
      explanation: 'MountVolume.SetUp failed: no such secret',
    });
    expect(judgement.findings[0]?.citations).toContainEqual({
      evidence: 'E002',
      quote: expect.stringContaining('"message": "MountVolume.SetUp failed: no such secret"') as string,
      verified: false,
    });
  });

  it('know nothing while the other step is not known, also when they are negated', async () => {
    const none = ruleOf('none', { ...mount, where: [{ not: mount.where?.[0] ?? {} }] });
    const { kinds } = await judge({ ...BOTH, rules: [mount, { ...none, id: 'none' }] }, { a: PODS });
    expect(kinds).toEqual({ mount: 'unknown', none: 'unknown' });
  });

  it('know nothing of what is not in an output that was cut', async () => {
    const events = { stdout: `{"items": [{"object": "x"}, {"obj`, truncated: true };
    const { kinds } = await judge({ ...BOTH, rules: [mount] }, { a: PODS, events });
    expect(kinds).toEqual({ mount: 'unknown' });
  });

  it('count', async () => {
    const twice = ruleOf('twice', {
      iterate: { pod: 'items[*]' },
      where: [{ existsIn: { step: 'events', equal: [['object', 'pod.metadata.uid']], atLeast: 2 } }],
      finding: { object: '${pod.metadata.name}' },
    });
    const { judgement } = await judge({ ...BOTH, rules: [twice] }, { a: PODS, events: EVENTS });
    expect(judgement.findings.map(({ object }) => object)).toEqual(['api-1']);
  });
});

describe('groups', () => {
  const ROWS = { items: [1, 2, 3, 4].map((n) => ({ node: n < 4 ? 'n1' : 'n2', user: `u${n % 2}`, size: n * 10 })) };
  const grouped = (group: PlaybookRule['group'], where: PlaybookRule['where'] = []): PlaybookRule =>
    ruleOf('many', {
      iterate: 'items[*]',
      where,
      ...(group === undefined ? {} : { group }),
      finding: { title: '${group.key}: ${group.count} ${group.distinct} ${group.sum} ${group.percent}', object: 'x' },
    });

  it.each<[string, PlaybookRule['group'], readonly string[]]>([
    ['a number of items', { by: 'node', having: { count: { gte: 3 } } }, ['n1: 3 unknown unknown unknown']],
    ['different values', { by: 'node', having: { distinct: { path: 'user', gte: 2 } } }, ['n1: 3 2 unknown unknown']],
    ['a sum', { by: 'node', having: { sum: { path: 'size', gt: 50 } } }, ['n1: 3 unknown 60 unknown']],
    ['a share', { by: 'node', having: { share: { gte: 0.6 } } }, ['n1: 3 unknown unknown 75']],
    ['everything at once', { having: { count: { gte: 4 } } }, [': 4 unknown unknown unknown']],
    ['too little', { by: 'node', atLeast: 4 }, []],
  ])('are judged by %s', async (_what, group, titles) => {
    const { judgement } = await judge({ rules: [grouped(group)] }, { a: ROWS });
    expect(judgement.findings.map(({ title }) => title)).toEqual(titles);
  });

  it('of nothing are a finding when nothing may be missing', async () => {
    const rule = grouped({ having: { count: { lt: 1 } } }, [{ path: 'node', op: 'eq', value: 'n3' }]);
    const { judgement } = await judge({ rules: [rule] }, { a: ROWS });
    expect(judgement.findings).toHaveLength(1);
    expect(judgement.findings[0]?.citations).toHaveLength(1);
    const cut = { stdout: JSON.stringify(ROWS).slice(0, -20), truncated: true };
    expect((await judge({ rules: [rule] }, { a: cut })).kinds).toEqual({ many: 'unknown' });
  });
});

describe('refinement', () => {
  const refined = ruleOf('pull', {
    iterate: 'items[*]',
    finding: {
      title: 'cannot be pulled',
      refine: {
        field: 'message',
        cases: [
          { match: '(?i)unauthorized', code: 'PULL_AUTH', confidence: 0.95 },
          {
            match: 'host (?<name>\\S+)',
            code: 'PULL_NETWORK',
            title: 'Cannot reach ${match.name}',
            severity: 'critical',
          },
        ],
      },
    },
  });

  it.each([
    ['401 Unauthorized', 'PULL_AUTH', 'cannot be pulled'],
    ['no such host quay.io', 'PULL_NETWORK', 'Cannot reach quay.io'],
    ['something else', 'PULL', 'cannot be pulled'],
  ])('of "%s" is %s', async (message, code, title) => {
    const { judgement } = await judge({ rules: [refined] }, { a: { items: [{ message }] } });
    expect(judgement.findings.map((finding) => [finding.code, finding.title])).toEqual([[code, title]]);
  });

  it('reads joined messages, and leaves the finding as it is when they are not known', async () => {
    const rule = ruleOf('pull', {
      iterate: { pod: 'items[*]' },
      finding: {
        object: 'pod/${pod.metadata.name}',
        refine: {
          join: { step: 'events', equal: [['object', 'pod.metadata.uid']], field: 'message' },
          cases: [{ match: 'no such secret', code: 'SECRET' }],
        },
      },
    });
    const known = await judge({ ...BOTH, rules: [rule] }, { a: PODS, events: EVENTS });
    expect(known.judgement.findings.map(({ code }) => code).sort()).toEqual(['PULL', 'SECRET']);
    // The words that chose the case are cited beside the row that the rule matched.
    const secret = known.judgement.findings.find(({ code }) => code === 'SECRET');
    expect(secret?.citations.at(-1)?.quote).toContain('no such secret');
    const unknown = await judge({ ...BOTH, rules: [rule] }, { a: PODS });
    expect(unknown.judgement.findings.map(({ code }) => code)).toEqual(['PULL', 'PULL']);
  });
});

describe('parts of a text', () => {
  const failed = ruleOf('brute', {
    iterate: 'lines[*]',
    extract: { path: 'text', pattern: 'Failed password for (?<user>\\S+) from (?<address>\\S+)' },
    where: [{ path: 'match.user', op: 'ne', value: 'backup' }],
    group: { by: 'match.address', atLeast: 2 },
    finding: { object: '${group.key}', title: '${group.count} failures from ${group.key}' },
  });

  it('are read out, compared and counted', async () => {
    const line = (user: string, address: string): string =>
      `Nov 20 sshd: Failed password for ${user} from ${address}\n`;
    const log = ['nothing here\n', line('root', '10.0.0.1'), line('x', '10.0.0.1'), line('backup', '10.0.0.2')].join(
      '',
    );
    const { judgement } = await judge({ steps: [stepOf('a')], rules: [failed] }, { a: log });
    expect(judgement.findings.map(({ title }) => title)).toEqual(['2 failures from 10.0.0.1']);
    expect(judgement.findings[0]?.citations).toHaveLength(2);
  });
});

describe('time', () => {
  it('when it began is the earliest moment that is past', async () => {
    const rule = ruleOf('since', { iterate: 'items[*]', group: { atLeast: 1 }, finding: { since: 'at' } });
    const items = [minutesAgo(5), minutesAgo(90), minutesAgo(-60), 'no moment'].map((at) => ({ at }));
    const { judgement } = await judge({ rules: [rule] }, { a: { items } });
    expect(judgement.findings[0]?.since).toBe(minutesAgo(90));
  });

  it.each([
    ['newerThan', minutesAgo(5), 'match'],
    ['newerThan', minutesAgo(60), 'no-match'],
    ['newerThan', minutesAgo(-3), 'match'],
    ['newerThan', minutesAgo(-60), 'unknown'],
    ['olderThan', minutesAgo(60), 'match'],
    ['olderThan', minutesAgo(-60), 'no-match'],
    ['expiresWithin', minutesAgo(60), 'match'],
    ['expiresWithin', minutesAgo(-10), 'match'],
    ['expiresWithin', minutesAgo(-60), 'no-match'],
  ] as const)('%s 15m of %s is a %s', async (op, at, kind) => {
    const rule = ruleOf('age', { iterate: 'items[*]', where: [{ path: 'at', op, value: '15m' }] });
    expect((await judge({ rules: [rule] }, { a: { items: [{ at }] } })).kinds).toEqual({ age: kind });
  });

  it('is that of the target when its clock is an hour behind', async () => {
    const rule = ruleOf('age', { iterate: 'items[*]', where: [{ path: 'at', op: 'newerThan', value: '15m' }] });
    const spec = {
      steps: [stepOf('a', JSON_OUTPUT), stepOf('date')],
      clock: { step: 'date', path: 'lines[*].text' },
      rules: [rule],
    };
    const a = { items: [{ at: minutesAgo(62) }] };
    expect((await judge(spec, { a, date: `${minutesAgo(60)}\n` })).kinds).toEqual({ age: 'match' });
    expect((await judge(spec, { a, date: `${minutesAgo(0)}\n` })).kinds).toEqual({ age: 'no-match' });
    expect((await judge(spec, { a })).kinds).toEqual({ age: 'no-match' });
  });
});

describe('inputs', () => {
  const rule = ruleOf('port', {
    inputs: ['port'],
    iterate: 'items[*]',
    where: [{ path: 'port', op: 'eq', valueFrom: 'input.port' }],
    finding: { title: 'port ${input.port} is open' },
  });

  it('are compared with, and without a value the rule does not apply', async () => {
    const a = { items: [{ port: 80 }, { port: 5432 }] };
    const { judgement } = await judge({ rules: [rule] }, { a }, { inputs: { port: '5432' } });
    expect(judgement.findings.map(({ title }) => title)).toEqual(['port 5432 is open']);
    expect((await judge({ rules: [rule] }, { a })).kinds).toEqual({ port: 'not-applicable' });
  });
});

describe('hostile output', () => {
  it('makes no rule run for ever', async () => {
    const slow = ruleOf('slow', {
      iterate: 'lines[*]',
      where: [{ path: 'text', op: 'matches', value: '.*a.*b.*c.*d' }],
    });
    const { verdicts } = await judge({ steps: [stepOf('a')], rules: [slow] }, { a: `${'ab'.repeat(2048)}\n` });
    expect(verdicts['slow']).toEqual({
      kind: 'unknown',
      why: 'look at a: the rule took too long over this output',
      isOutput: true,
    });
  });

  it('with quotes and newlines in names stays a text on one line', async () => {
    const rule = ruleOf('name', { iterate: 'items[*]', finding: { object: '${name}' } });
    const { judgement } = await judge({ rules: [rule] }, { a: { items: [{ name: 'x"\n; rm -rf / #\u001b[2J' }] } });
    expect(judgement.findings[0]?.object).toBe('x" ; rm -rf / # [2J');
  });

  it.each([
    ['half a document', '{"items": [{"name": "x"}'],
    ['binary output', 'a\0b'],
    ['nothing', ''],
    ['a document without end', '['.repeat(100_000)],
    ['another form', '[]'],
  ])('%s is unknown, never health', async (_what, a) => {
    const rule = ruleOf('name', { iterate: 'items[*]' });
    const { kinds, judgement } = await judge({ rules: [rule] }, { a });
    expect(kinds).toEqual({ name: 'unknown' });
    expect(judgement.ruledOut).toEqual([]);
  });

  it('keeps every digit of an id', async () => {
    const rule = ruleOf('id', { iterate: 'members[*]', finding: { object: '${id}' } });
    const a = '{"members": [{"id": 9372538179322589801}]}';
    expect((await judge({ rules: [rule] }, { a })).judgement.findings[0]?.object).toBe('9372538179322589801');
  });
});
