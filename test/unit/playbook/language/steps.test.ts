import { describe, expect, it } from 'vitest';
import type { Target } from '../../../../src/target/port.ts';
import { ruleOf, stepOf } from '../sample-playbook.ts';
import { createScriptedTarget, resultOf } from '../scripted-target.ts';
import { judge, JSON_OUTPUT } from './language-rig.ts';

const crash = ruleOf('crash', {
  iterate: { pod: 'items[*]' },
  where: [{ path: 'pod.state', op: 'eq', value: 'crash' }],
  finding: { object: '${pod.name}' },
});
const logs = stepOf('logs', {
  argv: ['logs', '${pod}', '--tail=5'],
  forEach: { rule: 'crash', max: 2, bind: { pod: { value: '${pod.name}', type: 'k8s-name' } } },
});
const cause = ruleOf('cause', {
  from: 'logs',
  iterate: 'lines[*]',
  where: [{ path: 'text', op: 'matches', value: 'panic' }],
  finding: { object: '${bind.pod}', title: '${text}' },
});
const FAN = { steps: [stepOf('a', JSON_OUTPUT), logs], rules: [crash, cause] };
const pods = (...names: readonly string[]): unknown => ({ items: names.map((name) => ({ name, state: 'crash' })) });

describe('a step for each thing', () => {
  it('runs for what a rule found, with evidence of its own for each', async () => {
    const { run, judgement } = await judge(FAN, {
      a: pods('p1', 'p2'),
      'logs p1 --tail=5': 'fine\n',
      'logs p2 --tail=5': 'panic: no database\n',
    });
    expect(run.evidence.map(({ id, title, argv }) => [id, title, argv.join(' ')])).toEqual([
      ['E001', 'look at a', 'a'],
      ['E002', 'look at logs: p1', 'logs p1 --tail=5'],
      ['E003', 'look at logs: p2', 'logs p2 --tail=5'],
    ]);
    const [found] = judgement.findings.filter(({ rule }) => rule === 'cause');
    expect(found).toMatchObject({ object: 'p2', title: 'panic: no database' });
    expect(found?.citations).toEqual([{ evidence: 'E003', quote: 'panic: no database', verified: false }]);
    expect(judgement.coverage[1]).toMatchObject({ step: 'logs', status: 'ok', known: true, evidence: 'E002' });
  });

  it('is not needed, and hides nothing, when the rule found nothing', async () => {
    const { kinds, judgement } = await judge(FAN, { a: { items: [] } });
    expect(kinds).toEqual({ crash: 'no-match', cause: 'not-applicable' });
    // What nothing calls for is no gap, so it is not in the list of what was looked at either.
    expect(judgement.coverage.map(({ step }) => step)).toEqual(['a']);
    expect(judgement.notCalled).toEqual([{ text: 'look at logs', why: 'rule crash found nothing' }]);
  });

  it('is unknown when the rule is', async () => {
    expect((await judge(FAN, {})).kinds).toEqual({ crash: 'unknown', cause: 'unknown' });
  });

  it('leaves the rest unknown beyond its limit, and where one of its runs failed', async () => {
    const fine = { 'logs p1 --tail=5': 'fine\n', 'logs p2 --tail=5': 'fine\n' };
    const many = await judge(FAN, { a: pods('p1', 'p2', 'p3'), ...fine });
    expect(many.verdicts['cause']).toEqual({ kind: 'unknown', why: 'look at logs: 1 more was not looked at' });
    expect(many.judgement.coverage[1]).toMatchObject({ known: false, reason: '1 more was not looked at' });
    const failed = await judge(FAN, { a: pods('p1', 'p4'), ...fine });
    expect(failed.kinds['cause']).toBe('unknown');
    expect(failed.judgement.coverage[1]).toMatchObject({
      status: 'missing-tool',
      known: false,
      reason: '1 of 2 not read: logs is not installed',
    });
  });

  it.each(['-rf', 'a b', "x'; id", 'a\nb', 'UPPER'])('never runs for the name %j', async (name) => {
    const { run, kinds } = await judge(FAN, { a: pods(name) });
    expect(run.commands.map(({ argv }) => argv.join(' '))).toEqual(['a']);
    expect(kinds['cause']).toBe('unknown');
  });

  it('runs for the items of a step', async () => {
    const step = stepOf('b', {
      argv: ['show', '${unit}'],
      forEach: {
        step: 'a',
        iterate: 'items[*]',
        where: [{ path: 'bad', op: 'eq', value: true }],
        max: 5,
        bind: { unit: '${name}' },
      },
    });
    const { run } = await judge(
      { steps: [stepOf('a', JSON_OUTPUT), step], rules: [] },
      { a: { items: [{ name: 'x.service', bad: true }, { name: 'y.service' }] }, 'show x.service': 'ok' },
    );
    expect(run.commands.map(({ argv }) => argv.join(' '))).toEqual(['a', 'show x.service']);
  });
});

describe('a step with a condition', () => {
  const rules = [ruleOf('r', { from: 'b' })];

  it('on a rule runs when it fired, and is not needed when it did not', async () => {
    const steps = [stepOf('a', JSON_OUTPUT), stepOf('b', { when: { rule: 'crash' } })];
    const spec = { steps, rules: [crash, ...rules] };
    expect((await judge(spec, { a: pods('p1'), b: 'x' })).kinds['r']).toBe('match');
    expect((await judge(spec, { a: { items: [] }, b: 'x' })).kinds['r']).toBe('not-applicable');
    expect((await judge(spec, { b: 'x' })).kinds['r']).toBe('unknown');
  });

  it('on an input is a gap only when it is required', async () => {
    const inputs = { unit: { type: 'unit' as const, description: 'x' } };
    const steps = [stepOf('b', { when: { input: 'unit' } })];
    expect((await judge({ inputs, steps, rules }, { b: 'x' })).kinds).toEqual({ r: 'not-applicable' });
    const required = [stepOf('b', { argv: ['b', '${unit}'], required: true })];
    const { kinds, judgement } = await judge({ inputs, steps: required, rules }, {});
    expect(kinds).toEqual({ r: 'unknown' });
    expect(judgement.coverage[0]).toMatchObject({ required: true, known: false });
  });

  it('on an item of a list is undecided when the output was cut', async () => {
    const when = { step: 'a', iterate: 'rows[*]', where: [{ path: 'x', op: 'eq' as const, value: '9' }] };
    const steps = [stepOf('a', { output: { format: 'table', columns: ['x'] } }), stepOf('b', { when })];
    const run = async (answer: unknown) =>
      (await judge({ steps, rules: [] }, { a: answer, b: 'x' })).run.steps[1]?.skipCause;
    expect(await run('1\n9\n')).toBeUndefined();
    expect(await run('1\n2\n')).toBe('not-needed');
    expect(await run({ stdout: '1\n2\n3', truncated: true })).toBe('condition');
  });
});

describe('errors of a step', () => {
  it('end the run when nothing can be judged without it', async () => {
    const steps = [stepOf('a', { onError: 'abort' }), stepOf('b')];
    const { run } = await judge(
      { steps, rules: [], budget: { seconds: 9, outputBytes: 9000, parallel: 1 } },
      { b: 'x' },
    );
    expect(run.steps[1]).toMatchObject({
      status: 'skipped',
      skipCause: 'stopped',
      reason: 'nothing can be judged without it: look at a: a is not installed',
    });
  });

  it.each([
    ['skip-dependents', 'skipped'],
    ['continue', 'ok'],
  ] as const)('with %s leave what comes after it %s', async (onError, status) => {
    const steps = [stepOf('a', { onError }), stepOf('b', { after: ['a'] })];
    expect((await judge({ steps, rules: [] }, { b: 'x' })).run.steps[1]?.status).toBe(status);
  });

  it('lead to a fallback when the output cannot be read', async () => {
    const step = stepOf('a', {
      ...JSON_OUTPUT,
      fallback: [{ on: ['parse-error'], argv: ['plain'], output: { format: 'text' }, signalExitCodes: { '3': 'odd' } }],
    });
    const plain = { end: { kind: 'exited', exit: 3 }, stdout: 'x\n' };
    const { run } = await judge({ steps: [step], rules: [] }, { a: 'not json', plain });
    expect(run.steps[0]).toMatchObject({ status: 'nonzero-ok', signal: 'odd' });
    expect((await judge({ steps: [step], rules: [] }, { plain })).run.steps[0]?.status).toBe('missing-tool');
  });
});

describe('what a step looks at', () => {
  it('can be another place of the same request, unreachable when there is none', async () => {
    const steps = [stepOf('a', { via: 'hosted' })];
    const hosted = createScriptedTarget({ a: 'inside' });
    const inside = await judge({ steps, rules: [] }, { a: 'outside' }, { targets: { hosted } });
    expect(inside.run.evidence[0]?.text).toBe('inside');
    const none = await judge({ steps, rules: [] }, { a: 'outside' });
    expect(none.run.steps[0]).toMatchObject({ status: 'unreachable', reason: 'no hosted is configured for this run' });
  });

  it('can be metrics, unknown where none are configured', async () => {
    const steps = [stepOf('a', { ...JSON_OUTPUT, promql: { query: 'up{job="${job}"}', range: '1h' } })].map(
      ({ argv: _argv, ...step }) => step,
    );
    const rules = [
      ruleOf('slow', {
        iterate: 'series[*]',
        where: [{ path: 'max', op: 'gt', value: 0.5 }],
        finding: { object: '${metric.pod} ${last}' },
      }),
    ];
    const inputs = { job: { type: 'string' as const, description: 'x' } };
    const spec = { inputs, steps, rules };
    expect((await judge(spec, {}, { inputs: { job: 'etcd' } })).verdicts['slow']).toEqual({
      kind: 'unknown',
      why: 'look at a: no metrics are configured for this target',
    });
    const asked: unknown[] = [];
    const answer = {
      status: 'success',
      data: {
        resultType: 'matrix',
        result: [
          {
            metric: { pod: 'etcd-0' },
            values: [
              [1, '0.1'],
              [2, '0.9'],
              [3, 'NaN'],
              [4, '0.2'],
            ],
          },
        ],
      },
    };
    const target: Target = {
      ...createScriptedTarget({}),
      metrics: {
        query: (question) => {
          asked.push(question);
          return Promise.resolve(resultOf(JSON.stringify(answer)));
        },
      },
    };
    const { judgement } = await judge(spec, {}, { inputs: { job: 'etcd' }, target });
    expect(asked).toMatchObject([{ query: 'up{job="etcd"}', range: { durationMs: 3_600_000, stepMs: 60_000 } }]);
    expect(judgement.findings.map(({ object }) => object)).toEqual(['etcd-0 0.2']);
  });

  it('of metrics without values says nothing, unless none is an answer, and with warnings proves no absence', async () => {
    const rules = [ruleOf('any', { iterate: 'series[*]', where: [{ path: 'value', op: 'gt', value: 1 }] })];
    const told = async (answer: unknown, more: { allowEmpty?: boolean } = {}, truncated = false): Promise<unknown> => {
      const target: Target = {
        ...createScriptedTarget({}),
        metrics: { query: () => Promise.resolve(resultOf({ stdout: JSON.stringify(answer), truncated })) },
      };
      const steps = [stepOf('a', { promql: { query: 'up' }, output: { format: 'json', ...more } })].map(
        ({ argv: _argv, ...step }) => step,
      );
      return (await judge({ steps, rules }, {}, { target })).verdicts['any'];
    };
    const vector = (...values: readonly string[]): unknown => ({
      status: 'success',
      data: { resultType: 'vector', result: values.map((value) => ({ metric: {}, value: [1, value] })) },
    });
    const nothing = { kind: 'unknown', why: expect.stringContaining('there are no values') as string };
    expect(await told(vector())).toEqual(nothing);
    expect(await told(vector('NaN', '+Inf'))).toEqual(nothing);
    expect(await told(vector(), { allowEmpty: true })).toEqual({ kind: 'no-match' });
    expect(await told(vector('0.5'))).toEqual({ kind: 'no-match' });
    expect(await told(vector('0.5'), {}, true)).toMatchObject({ kind: 'unknown' });
    expect(await told(vector('2'), {}, true)).toMatchObject({ kind: 'match' });
  });

  it('of a log with cut: start is its newest lines, and they are all that is recorded', async () => {
    const steps = [stepOf('a', { output: { format: 'text', maxBytes: 20, cut: 'start' } })];
    const rules = [
      ruleOf('last', { iterate: 'lines[*]', where: [{ path: 'text', op: 'eq', value: 'third line' }] }),
      ruleOf('first', { iterate: 'lines[*]', where: [{ path: 'text', op: 'eq', value: 'first line' }] }),
    ];
    const { run, kinds } = await judge({ steps, rules }, { a: 'first line\nsecond line\nthird line\n' });
    expect(kinds).toEqual({ last: 'match', first: 'unknown' });
    expect(run.evidence.map(({ text, truncated }) => ({ text, truncated }))).toEqual([
      { text: 'third line\n', truncated: true },
    ]);
  });

  it('can be an exit code and what stands on stderr', async () => {
    const steps = [stepOf('a', { output: { format: 'rc' }, signalExitCodes: { '1': 'closed' } })];
    const rules = [
      ruleOf('refused', {
        where: [
          { path: 'step.signal', op: 'eq', value: 'closed' },
          { path: 'step.stderr', op: 'matches', value: 'refused' },
        ],
      }),
      ruleOf('timeout', { where: [{ path: 'step.stderr', op: 'matches', value: 'timed out' }] }),
    ];
    const a = { end: { kind: 'exited', exit: 1 }, stdout: '', stderr: 'connect to db port 5432: Connection refused\n' };
    expect((await judge({ steps, rules }, { a })).kinds).toEqual({ refused: 'match', timeout: 'no-match' });
  });
});

describe('what is kept of a document', () => {
  const POD = {
    items: [
      {
        metadata: { name: 'x', managedFields: [1] },
        spec: { containers: [{ name: 'c', env: [{ name: 'PASSWORD', value: 'hunter2-secret' }] }] },
      },
    ],
  };

  it('does not hold what is dropped, neither in the record nor for rules', async () => {
    const output = { format: 'json' as const, drop: ['**.managedFields', '**.env[*].value'] };
    const { run } = await judge({ steps: [stepOf('a', { output })], rules: [] }, { a: POD });
    expect(run.steps[0]?.data?.root).toEqual({
      items: [{ metadata: { name: 'x' }, spec: { containers: [{ name: 'c', env: [{ name: 'PASSWORD' }] }] } }],
    });
    expect(run.evidence[0]?.text).not.toMatch(/hunter2|managedFields/u);
  });

  it('holds nothing but what is kept', async () => {
    const output = { format: 'json' as const, keep: ['items[*].metadata.name'] };
    const { run } = await judge({ steps: [stepOf('a', { output })], rules: [] }, { a: POD });
    expect(run.steps[0]?.data?.root).toEqual({ items: [{ metadata: { name: 'x' } }] });
    expect(run.evidence[0]?.text).toBe(
      '{\n  "items": [\n    {\n      "metadata": {\n        "name": "x"\n      }\n    }\n  ]\n}\n',
    );
  });

  it('is the complete entries of a list that was cut', async () => {
    const a = {
      stdout: '{"kind": "List", "n": [1], "items": [{"name": "p1", "state": "crash"}, {"name": "p2", "sta',
      truncated: true,
    };
    const { kinds, run } = await judge(
      { rules: [crash, ruleOf('no-kind', { where: [{ path: 'metadata', op: 'absent' }] })] },
      { a },
    );
    expect(run.steps[0]?.data).toMatchObject({ isPartial: true, root: { items: [{ name: 'p1' }] } });
    expect(kinds).toEqual({ crash: 'match', 'no-kind': 'unknown' });
  });

  it('is nothing of what --ignore-not-found did not find', async () => {
    const steps = [stepOf('a', { output: { format: 'json', allowEmpty: true } })];
    expect((await judge({ steps, rules: [ruleOf('r', { iterate: 'items[*]' })] }, { a: '' })).kinds).toEqual({
      r: 'no-match',
    });
  });
});
