import { describe, expect, it } from 'vitest';
import { evaluateRules } from '../../../src/playbook/evaluate-rules.ts';
import type { StepEvent } from '../../../src/playbook/run-playbook.ts';
import { createStillClock, playbookOf, ruleOf, runSample, stepOf } from './sample-playbook.ts';
import { redacted } from '../../support/war-room-rig.ts';
import { CAPTURE_TIME, createScriptedTarget, type Answer } from './scripted-target.ts';

describe('a playbook run', () => {
  it('gives every step a result and every command evidence, in the order of the playbook', async () => {
    const playbook = playbookOf({
      steps: [stepOf('a'), stepOf('missing'), stepOf('b'), stepOf('facts', { collector: 'host-facts' })],
    });
    const steps = playbook.spec.steps.map(({ argv, ...step }) =>
      step.id === 'facts' ? step : { ...step, argv: argv ?? [] },
    );
    const target = createScriptedTarget({ a: 'one\n', b: 'two\n', 'host-facts': '{}\n' });
    const run = await runSample({ ...playbook, spec: { ...playbook.spec, steps } }, { target });
    expect(run.steps.map(({ step, status, evidence }) => [step.id, status, evidence])).toEqual([
      ['a', 'ok', 'E001'],
      ['missing', 'missing-tool', undefined],
      ['b', 'ok', 'E002'],
      ['facts', 'ok', 'E003'],
    ]);
    expect(run.evidence.map(({ id, step, text }) => [id, step, text])).toEqual([
      ['E001', 'a', 'one\n'],
      ['E002', 'b', 'two\n'],
      ['E003', 'facts', '{}\n'],
    ]);
    expect(run.commands.map(({ argv, status, evidence }) => [argv.join(' '), status, evidence])).toEqual([
      ['a', 'ok', 'E001'],
      ['missing', 'missing-tool', undefined],
      ['b', 'ok', 'E002'],
      ['built-in host-facts', 'ok', 'E003'],
    ]);
  });

  it('keeps secrets out of everything but the data of the rules', async () => {
    const secret = 'sw0rdfish-4711';
    const playbook = playbookOf({
      inputs: { unit: { type: 'unit', description: 'unit' } },
      steps: [stepOf('a'), stepOf('b', { argv: ['b', secret] })],
    });
    const target = createScriptedTarget({
      a: `token ${secret}\n`,
      [`b ${secret}`]: { end: { kind: 'exited', exit: 1 }, stderr: `bad token ${secret}\n` },
    });
    const run = await runSample(playbook, { target });
    expect(JSON.stringify([run.evidence, run.commands, run.steps.map(({ reason }) => reason)])).not.toContain(secret);
    expect(run.steps[0]?.data?.lines[0]).toContain(secret);
  });

  it('runs a reader inside a container only where somebody has opted in', async () => {
    const rule = ruleOf('r', { from: 'inside', where: [{ path: 'step.status', op: 'eq', value: 'ok' }] });
    const playbook = playbookOf({ steps: [stepOf('inside', { access: 'exec-read' }), stepOf('b')], rules: [rule] });
    for (const allowsExec of [undefined, false]) {
      const target = createScriptedTarget({ inside: 'x\n', b: 'y\n' });
      const run = await runSample(playbook, { target, ...(allowsExec === undefined ? {} : { allowsExec }) });
      expect(target.started).toEqual(['b']);
      expect(run.steps[0]).toMatchObject({
        status: 'skipped',
        skipCause: 'not-allowed',
        reason: expect.stringContaining('nobody has opted in to that (target.execRead)') as string,
      });
      const { unknowns, ruledOut } = evaluateRules({ ...run, playbook, now: CAPTURE_TIME });
      expect([unknowns.map(({ text }) => text), ruledOut]).toEqual([['problem r'], []]);
    }
    const target = createScriptedTarget({ inside: 'x\n', b: 'y\n' });
    const run = await runSample(playbook, { target, allowsExec: true });
    expect([target.started, run.steps[0]?.status]).toEqual([['inside', 'b'], 'ok']);
  });

  it('records stderr below its own line', async () => {
    const target = createScriptedTarget({ a: { stdout: 'out', stderr: 'err\n' } });
    const run = await runSample(playbookOf({ steps: [stepOf('a')] }), { target });
    expect(run.evidence[0]?.text).toBe('out\n--- stderr ---\nerr\n');
  });

  it('runs no more steps at once than its budget allows, and starts them in declared order', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const target = createScriptedTarget(Object.fromEntries(names.map((name) => [name, 'x\n'])));
    await runSample(playbookOf({ steps: names.map((name) => stepOf(name)) }), { target });
    expect(target.started).toEqual(names);
    expect(target.mostAtOnce()).toBe(2);
  });

  it('falls back by status, and shows the attempt that worked', async () => {
    const fallback = [
      { on: ['denied' as const], argv: ['never'] },
      { on: ['missing-tool' as const], argv: ['second'] },
      { on: ['failed' as const], argv: ['third'], output: { format: 'kv' as const }, okExitCodes: [3] },
    ];
    const target = createScriptedTarget({
      second: { end: { kind: 'exited', exit: 1 }, stderr: 'no' },
      third: { end: { kind: 'exited', exit: 3 }, stdout: 'k=v\n' },
    });
    const run = await runSample(playbookOf({ steps: [stepOf('a', { fallback })] }), { target });
    expect(target.started).toEqual(['a', 'second', 'third']);
    expect(run.steps[0]).toMatchObject({ status: 'ok', exit: 3, data: { root: { k: 'v' } } });
    expect(run.commands.map(({ status, evidence }) => [status, evidence])).toEqual([
      ['missing-tool', undefined],
      ['failed', undefined],
      ['ok', 'E001'],
    ]);
    expect(run.evidence[0]?.argv).toEqual(['third']);
  });

  it.each<[string, Answer, Answer]>([
    [
      'the first',
      { end: { kind: 'exited', exit: 1 }, stderr: 'x: Permission denied' },
      { end: { kind: 'missing-tool' } },
    ],
    [
      'the last',
      { end: { kind: 'exited', exit: 1 }, stderr: 'nothing here' },
      { end: { kind: 'exited', exit: 1 }, stderr: 'x: Permission denied' },
    ],
  ])('tells the reason that can be acted on when no attempt works and %s was denied', async (_which, first, second) => {
    const fallback = [{ on: ['denied' as const, 'failed' as const], argv: ['second'] }];
    const target = createScriptedTarget({ a: first, second });
    const run = await runSample(playbookOf({ steps: [stepOf('a', { fallback })] }), { target });
    expect(run.steps[0]).toMatchObject({ status: 'denied', reason: 'x: Permission denied' });
  });

  it('calls output that cannot be read failed, never ok', async () => {
    const target = createScriptedTarget({ a: '{"half": ', b: 'x\0y' });
    const steps = [stepOf('a', { output: { format: 'json' } }), stepOf('b')];
    const run = await runSample(playbookOf({ steps }), { target });
    expect(run.steps.map(({ status, reason }) => [status, reason])).toEqual([
      ['failed', 'the output is not valid JSON'],
      ['failed', 'the output is binary'],
    ]);
    expect(run.evidence).toHaveLength(2);
  });

  it('skips steps of another system without running them', async () => {
    const target = createScriptedTarget({ a: 'x' }, { platform: 'darwin' });
    const run = await runSample(playbookOf({ steps: [stepOf('a', { platforms: ['linux'] })] }), { target });
    expect(target.started).toEqual([]);
    expect(run.steps[0]).toMatchObject({
      status: 'skipped',
      skipCause: 'platform',
      reason: 'made for linux, this is darwin',
    });
  });

  it.each([
    ['runs a step when its condition on an earlier one holds', 'id=debian', 'ok'],
    ['skips it when the condition does not hold', 'id=other', 'skipped'],
  ])('%s', async (_what, output, status) => {
    const when = { step: 'a', where: [{ path: 'id', op: 'eq' as const, value: 'debian' }] };
    const steps = [stepOf('a', { output: { format: 'kv' } }), stepOf('b', { when })];
    const run = await runSample(playbookOf({ steps }), { target: createScriptedTarget({ a: output, b: 'x' }) });
    expect(run.steps[1]?.status).toBe(status);
  });

  it('skips a step whose condition looks at a step that is not known', async () => {
    const steps = [stepOf('gone'), stepOf('b', { when: { step: 'gone' } })];
    const run = await runSample(playbookOf({ steps }), { target: createScriptedTarget({ b: 'x' }) });
    expect(run.steps[1]).toMatchObject({
      status: 'skipped',
      skipCause: 'condition',
      reason: 'look at gone: gone is not installed',
    });
  });

  it('starts nothing when the time is over, and gives the last step only the time that is left', async () => {
    const clock = createStillClock();
    const limits: number[] = [];
    const target = createScriptedTarget(
      { a: 'x', b: 'x', c: 'x' },
      {
        onRun: (command) => {
          limits.push(command.timeoutMs);
          clock.move(900);
          return Promise.resolve();
        },
      },
    );
    const spec = {
      steps: [stepOf('a'), stepOf('b'), stepOf('c')],
      budget: { seconds: 60, outputBytes: 10_000, parallel: 1 },
    };
    const run = await runSample(playbookOf(spec), { target, clock, deadlineMs: 1500 });
    expect(limits).toEqual([1500, 600]);
    expect(run.steps[2]).toMatchObject({ skipCause: 'budget', reason: 'the time for the whole playbook was used up' });
  });

  it('starts nothing when the output of the whole playbook is used up', async () => {
    const spec = { steps: [stepOf('a'), stepOf('b')], budget: { seconds: 60, outputBytes: 1024, parallel: 1 } };
    const run = await runSample(playbookOf(spec), { target: createScriptedTarget({ a: 'x'.repeat(1024), b: 'x' }) });
    expect(run.steps[1]).toMatchObject({
      skipCause: 'budget',
      reason: 'the output for the whole playbook was used up',
    });
  });

  it('starts nothing after it was stopped, and still returns what it has', async () => {
    const controller = new AbortController();
    const target = createScriptedTarget(
      { a: 'x', b: 'x' },
      {
        onRun: () => {
          controller.abort();
          return Promise.resolve();
        },
      },
    );
    const spec = { steps: [stepOf('a'), stepOf('b')], budget: { seconds: 60, outputBytes: 10_000, parallel: 1 } };
    const run = await runSample(playbookOf(spec), { target, signal: controller.signal });
    expect(run.steps.map(({ status }) => status)).toEqual(['ok', 'skipped']);
    expect(target.started).toEqual(['a']);
  });

  it('fails as a whole when redaction fails, after the running commands have ended', async () => {
    const target = createScriptedTarget({ a: 'x', b: 'x', c: 'x', d: 'x' });
    const names = ['a', 'b', 'c', 'd'];
    const redact = async (text: string): ReturnType<typeof redacted> => {
      if (!names.includes(text)) throw new Error('too large');
      return await redacted(text);
    };
    const steps = names.map((name) => stepOf(name));
    await expect(runSample(playbookOf({ steps }), { target, redaction: { redact } })).rejects.toThrow('too large');
    expect(target.started).toEqual(['a', 'b']);
  });

  it('starts no command that cannot be shown', async () => {
    const target = createScriptedTarget({ a: 'x' });
    const redaction = { redact: () => Promise.reject(new Error('too large')) };
    await expect(runSample(playbookOf({ steps: [stepOf('a')] }), { target, redaction })).rejects.toThrow('too large');
    expect(target.started).toEqual([]);
  });

  it('tells each command as it begins and as it ends', async () => {
    const target = createScriptedTarget({ a: 'x' });
    const told: unknown[] = [];
    const onCommand = (event: unknown): number => told.push(event);
    await runSample(playbookOf({ steps: [stepOf('a')] }), { target, onCommand });
    expect(told).toMatchObject([
      { kind: 'started', argv: ['a'] },
      { kind: 'ended', argv: ['a'], status: 'ok', exit: 0 },
    ]);
  });

  it('tells its progress', async () => {
    const events: StepEvent[] = [];
    const steps = [stepOf('a'), stepOf('b', { platforms: ['darwin'] })];
    await runSample(playbookOf({ steps, budget: { seconds: 5, outputBytes: 5000, parallel: 1 } }), {
      target: createScriptedTarget({ a: 'x' }),
      onStep: (event) => events.push(event),
    });
    expect(events).toEqual([
      { kind: 'started', step: 'a', title: 'look at a', done: 0, total: 2 },
      { kind: 'finished', step: 'a', title: 'look at a', status: 'ok', ms: 1, done: 1, total: 2 },
      { kind: 'finished', step: 'b', title: 'look at b', status: 'skipped', ms: 0, done: 2, total: 2 },
    ]);
  });
});
