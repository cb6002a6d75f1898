import { describe, expect, it } from 'vitest';
import type { Judgement } from '../../../src/domain/finding.ts';
import type { Detector } from '../../../src/playbook/detectors/detector.ts';
import { evaluateRules, type RuleSources } from '../../../src/playbook/evaluate-rules.ts';
import type { PlaybookRule, PlaybookStep } from '../../../src/schema/generated.ts';
import { judgeOutcome } from '../../../src/synthesis/judge-outcome.ts';
import { playbookOf, ruleOf, runSample, stepOf } from './sample-playbook.ts';
import { CAPTURE_TIME, createScriptedTarget, type Answer } from './scripted-target.ts';

const TABLE: PlaybookStep['output'] = { format: 'table', columns: ['name', 'use', 'note'] };

async function judge(
  rules: readonly PlaybookRule[],
  answers: Readonly<Record<string, Answer>>,
  options: { steps?: readonly PlaybookStep[]; platform?: string; detectors?: RuleSources['detectors'] } = {},
): Promise<Judgement> {
  const playbook = playbookOf({ steps: [...(options.steps ?? [stepOf('a', { output: TABLE })])], rules: [...rules] });
  const target = createScriptedTarget(answers, options.platform === undefined ? {} : { platform: options.platform });
  const run = await runSample(playbook, { target });
  const detectors = options.detectors === undefined ? {} : { detectors: options.detectors };
  return evaluateRules({ playbook, steps: run.steps, evidence: run.evidence, now: CAPTURE_TIME, ...detectors });
}

const full = ruleOf('full', {
  iterate: 'rows[*]',
  where: [{ path: 'use', op: 'gte', value: 90 }],
  finding: {
    object: '${name}',
    title: '${name} is ${use} full',
    recommendations: [{ action: 'look at ${name}', command: 'du ${name}', risk: 'none' }],
  },
});

describe('rules', () => {
  it('make a finding of every item that matches, with the exact line of the evidence', async () => {
    const { findings, ruledOut, unknowns } = await judge([full], { a: 'x 10%\n/y   95% some   note\n/z z\n' });
    expect(findings).toEqual([
      {
        id: 'F01',
        rule: 'full',
        code: 'FULL',
        severity: 'warning',
        object: '/y',
        title: '/y is 95% full',
        explanation: 'what it means',
        confidence: 0.8,
        citations: [{ evidence: 'E001', quote: '/y 95% some note', verified: false }],
        explains: [],
        recommendations: [{ action: 'look at /y', command: 'du /y', risk: 'none' }],
      },
    ]);
    expect(ruledOut).toEqual([]);
    expect(unknowns).toEqual([]);
  });

  it('say what is expected where the playbook does, on one line', async () => {
    const expecting = (id: string, expected: string): PlaybookRule => ({
      ...full,
      id,
      finding: { ...full.finding, expected },
    });
    const { findings } = await judge([expecting('one', 'less than 90% of\n${name}'), expecting('none', '${note}')], {
      a: 'x 95%  \n',
    });
    expect(findings.map(({ rule, expected }) => [rule, expected])).toEqual([
      ['one', 'less than 90% of x'],
      ['none', undefined],
    ]);
  });

  it('rule out what no item matches, naming the evidence', async () => {
    const { findings, ruledOut } = await judge([full], { a: 'x 10%\n' });
    expect(findings).toEqual([]);
    expect(ruledOut).toEqual([{ text: 'problem full', evidence: ['E001'] }]);
  });

  it.each<[string, Answer, string]>([
    ['the step did not run', { end: { kind: 'missing-tool' } }, 'look at a: a is not installed'],
    [
      'permission was refused',
      { end: { kind: 'exited', exit: 1 }, stderr: 'a: Permission denied' },
      'look at a: a: Permission denied',
    ],
    ['a value cannot be compared', 'x -\n', 'look at a: a value is missing or cannot be compared'],
    ['a value is missing', 'x\n', 'look at a: a value is missing or cannot be compared'],
    ['the output was cut', { stdout: 'x 10%\ny 99', truncated: true }, 'look at a: the output was cut'],
  ])('know nothing when %s', async (_what, answer, why) => {
    const { findings, ruledOut, unknowns } = await judge([full], { a: answer });
    expect([findings, ruledOut]).toEqual([[], []]);
    expect(unknowns).toEqual([{ text: 'problem full', why }]);
  });

  it('still match in cut output, and in output where another value is unknown', async () => {
    expect((await judge([full], { a: { stdout: 'x 99%\ny 1', truncated: true } })).findings).toHaveLength(1);
    expect((await judge([full], { a: 'x -\ny 99%\n' })).findings).toHaveLength(1);
  });

  it('know nothing when the list they walk through is not in the output', async () => {
    const steps = [stepOf('a', { output: { format: 'json' } })];
    expect((await judge([full], { a: '{"other": []}' }, { steps })).unknowns).toHaveLength(1);
    expect((await judge([full], { a: '{"rows": []}' }, { steps })).ruledOut).toHaveLength(1);
  });

  it('say nothing about a system that their step is not made for', async () => {
    const steps = [stepOf('a', { output: TABLE, platforms: ['linux'], required: true })];
    const judgement = await judge([full], {}, { steps, platform: 'darwin' });
    expect(judgement).toMatchObject({ findings: [], ruledOut: [], unknowns: [] });
    expect(judgement.coverage).toEqual([
      {
        step: 'a',
        title: 'look at a',
        required: false,
        status: 'skipped',
        known: false,
        reason: 'made for linux, this is darwin',
      },
    ]);
  });

  it('know only a part of a step whose output was cut, required or not', async () => {
    const steps = [stepOf('a', { output: TABLE, required: true })];
    const judgement = await judge([full], { a: { stdout: 'x 10%\ny 2', truncated: true } }, { steps });
    expect(judgement.coverage).toMatchObject([
      { required: true, status: 'ok', known: false, reason: 'the output was cut' },
    ]);
    expect(judgeOutcome({ judgement, hypotheses: [], deniedRequested: [] })).toMatchObject({
      outcome: 'inconclusive',
      quality: 'degraded',
    });
  });

  it('gather what one gap hides in one line', async () => {
    const { unknowns } = await judge([full, ruleOf('other')], {});
    expect(unknowns).toEqual([{ text: 'problem full; problem other', why: 'look at a: a is not installed' }]);
  });

  it('say how many more there are beyond their limit', async () => {
    const { findings } = await judge([{ ...full, max: 2 }], { a: 'x 91% full\ny 92% full\nz 93% full\nw 94% full\n' });
    expect(findings.map(({ explanation }) => explanation)).toEqual([
      'what it means',
      'what it means There are 2 more like this.',
    ]);
  });

  it('count groups, the largest first, and cite up to three lines of each', async () => {
    const rule = ruleOf('many', {
      iterate: 'rows[*]',
      group: { by: 'use', atLeast: 2 },
      finding: { title: '${group.count} of ${group.key}', object: '${group.key}' },
    });
    const lines = [
      'a1 Z longer',
      'a2 Z longer',
      'a3 Z longer',
      'a4 Z longer',
      'b1 Y longer',
      'b2 Y longer',
      'c1 X longer',
    ];
    const { findings } = await judge([rule], { a: `${lines.join('\n')}\n` });
    expect(findings.map(({ title, citations }) => [title, citations.length])).toEqual([
      ['4 of Z', 3],
      ['2 of Y', 2],
    ]);
  });

  it('are raised and lowered by other rules that fired, and by no others', async () => {
    const always = ruleOf('always');
    const never = ruleOf('never', { where: [{ path: 'rows', op: 'absent' }] });
    const changed = ruleOf('changed', {
      finding: {
        confidence: 0.8,
        raise: [
          { if: 'always', by: 0.1 },
          { if: 'never', by: 0.5 },
        ],
        lower: [{ if: 'always', by: 0.3 }],
      },
    });
    const sure = ruleOf('sure', { finding: { confidence: 0.95, raise: [{ if: 'always', by: 0.3 }] } });
    const { findings } = await judge([always, never, changed, sure], { a: 'a line to quote\n' });
    expect(Object.fromEntries(findings.map(({ rule, confidence }) => [rule, confidence]))).toEqual({
      always: 0.8,
      changed: 0.6,
      sure: 0.99,
    });
  });

  it('number their findings from the worst to the mildest, the surest first', async () => {
    const rules = [
      ruleOf('mild', { finding: { severity: 'info' } }),
      ruleOf('guess', { finding: { severity: 'error', confidence: 0.5 } }),
      ruleOf('sure', { finding: { severity: 'error', confidence: 0.9 } }),
      ruleOf('worst', { finding: { severity: 'critical', confidence: 0.3 } }),
    ];
    const { findings } = await judge(rules, { a: 'x\n' });
    expect(findings.map(({ id, rule }) => [id, rule])).toEqual([
      ['F01', 'worst'],
      ['F02', 'sure'],
      ['F03', 'guess'],
      ['F04', 'mild'],
    ]);
  });

  it('use detectors, which see other steps only when those are known', async () => {
    const seen: boolean[] = [];
    const detectors = new Map<string, Detector>([
      [
        'look',
        (data, other) => {
          seen.push(other('b') !== undefined, other('gone') !== undefined);
          return [{ item: { size: 7 }, source: data.root }];
        },
      ],
      ['blind', () => undefined],
    ]);
    const rules = [
      ruleOf('sized', {
        detector: 'look',
        where: [{ path: 'size', op: 'gt', value: 5 }],
        finding: { title: 'size ${size}' },
      }),
      ruleOf('blind', { detector: 'blind' }),
    ];
    const steps = [stepOf('a'), stepOf('b'), stepOf('gone')];
    const { findings, unknowns } = await judge(rules, { a: 'x', b: 'y' }, { steps, detectors });
    expect(seen).toEqual([true, false]);
    expect(findings.map(({ title }) => title)).toEqual(['size 7']);
    expect(unknowns).toEqual([{ text: 'problem blind', why: 'look at a: the output has an unexpected form' }]);
  });

  it('see the signal of an exit code', async () => {
    const steps = [stepOf('a', { signalExitCodes: { '3': 'inactive' } })];
    const rule = ruleOf('down', {
      where: [{ path: 'step.signal', op: 'eq', value: 'inactive' }],
      finding: { title: 'is ${step.signal}' },
    });
    const { findings } = await judge([rule], { a: { end: { kind: 'exited', exit: 3 }, stdout: 'x' } }, { steps });
    expect(findings[0]?.title).toBe('is inactive');
  });
});

describe('quotes', () => {
  const line = (quote?: string): PlaybookRule =>
    ruleOf('line', {
      from: 'a',
      iterate: 'lines[*]',
      where: [{ path: 'text', op: 'matches', value: 'bad' }],
      finding: quote === undefined ? {} : { quote },
    });
  const text = [stepOf('a')];

  it('are the redacted line when the raw line held a secret', async () => {
    const { findings } = await judge([line()], { a: 'fine\nbad token=sw0rdfish-4711 end\n' }, { steps: text });
    const [citation] = findings[0]?.citations ?? [];
    expect(citation?.quote).toMatch(/^bad token=.* end$/u);
    expect(citation?.quote).not.toContain('sw0rdfish');
  });

  it('find their line behind stderr and behind redacted lines', async () => {
    const answer = { stdout: 'token sw0rdfish-4711\nthis is bad\n', stderr: 'warning\n' };
    const { findings } = await judge([line()], { a: answer }, { steps: text });
    expect(findings[0]?.citations).toEqual([{ evidence: 'E001', quote: 'this is bad', verified: false }]);
  });

  it('are the wanted words when the recorded text holds them', async () => {
    const rule = ruleOf('memory', {
      where: [{ path: 'free', op: 'lt', value: 5 }],
      finding: { quote: '"free": ${free}' },
    });
    const steps = [stepOf('a', { output: { format: 'json' } })];
    const { findings } = await judge([rule], { a: '{\n  "total": 10,\n  "free": 3\n}\n' }, { steps });
    expect(findings[0]?.citations).toEqual([{ evidence: 'E001', quote: '"free": 3', verified: false }]);
  });

  it('are left out rather than invented', async () => {
    const rule = ruleOf('gone', { finding: { quote: 'words that nobody wrote' } });
    expect((await judge([rule], { a: 'x 10%\n' })).findings[0]?.citations).toEqual([]);
    expect((await judge([line()], { a: 'bad\n' }, { steps: text })).findings[0]?.citations).toEqual([]);
  });

  it('are at most 300 characters', async () => {
    const { findings } = await judge([line()], { a: `bad ${'x'.repeat(1000)}\n` }, { steps: text });
    expect(findings[0]?.citations[0]?.quote).toHaveLength(300);
  });
});
