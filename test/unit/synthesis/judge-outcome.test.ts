import { describe, expect, it } from 'vitest';
import type { Finding, Hypothesis } from '../../../src/domain/finding.ts';
import { judgeOutcome } from '../../../src/synthesis/judge-outcome.ts';
import { coverageOf, findingOf, judgementOf } from './sample-judgement.ts';

function hypothesisOf(rank: number, confidence: number): Hypothesis {
  return { rank, confidence, finding: `F0${rank}`, statement: 'cause', explains: [] };
}

function outcome(confidences: readonly number[], first: Partial<Finding> = {}): string {
  const hypotheses = confidences.map((confidence, index) => hypothesisOf(index + 1, confidence));
  const findings = hypotheses.map(({ finding, rank }) => findingOf(finding, rank === 1 ? first : {}));
  return judgeOutcome({ judgement: judgementOf(findings), hypotheses, deniedRequested: [] }).outcome;
}

describe('outcome', () => {
  it.each<[string, readonly number[], Partial<Finding>, string]>([
    ['sure and alone', [0.7], {}, 'root-cause'],
    ['sure and far enough ahead', [0.85, 0.7], {}, 'root-cause'],
    ['sure and not far enough ahead', [0.84, 0.7], {}, 'inconclusive'],
    ['not sure enough', [0.69], {}, 'inconclusive'],
    ['a pointer to another playbook', [0.9], { pointsTo: 'performance' }, 'inconclusive'],
    [
      'without a verified citation',
      [0.9],
      { citations: [{ evidence: 'E001', quote: 'something else', verified: false }] },
      'inconclusive',
    ],
    ['without any citation', [0.9], { citations: [] }, 'inconclusive'],
  ])('with a first candidate that is %s: %s', (_what, confidences, first, expected) => {
    expect(outcome(confidences, first)).toBe(expected);
  });

  it('is never health when no check gave an answer', () => {
    const away = { required: false, known: false, status: 'unreachable', reason: 'web-1 does not answer' } as const;
    const judgement = judgementOf([], [coverageOf('a', away), coverageOf('b', away)]);
    expect(judgeOutcome({ judgement, hypotheses: [], deniedRequested: [] })).toEqual({
      outcome: 'inconclusive',
      quality: 'degraded',
      qualityReasons: ['no check gave an answer: web-1 does not answer'],
    });
  });

  it('is no problem when all required steps ran and nothing is worse than context', () => {
    const coverage = [coverageOf('a'), coverageOf('b', { required: false, known: false, status: 'missing-tool' })];
    const judgement = judgementOf([findingOf('F01', { severity: 'info' })], coverage);
    expect(judgeOutcome({ judgement, hypotheses: [], deniedRequested: [] })).toEqual({
      outcome: 'no-problem',
      quality: 'complete',
      qualityReasons: [],
    });
  });

  it('is inconclusive when a required step is not known, although nothing was found', () => {
    const judgement = judgementOf(
      [],
      [coverageOf('a', { known: false, status: 'timeout', reason: 'no answer within 2 s' })],
    );
    expect(judgeOutcome({ judgement, hypotheses: [], deniedRequested: [] })).toEqual({
      outcome: 'inconclusive',
      quality: 'degraded',
      qualityReasons: ['a required check could not be judged: look at a (no answer within 2 s)'],
    });
  });

  it('is inconclusive when there is a problem and no candidate for its cause', () => {
    expect(
      judgeOutcome({ judgement: judgementOf([findingOf('F01')]), hypotheses: [], deniedRequested: [] }).outcome,
    ).toBe('inconclusive');
  });
});

describe('quality', () => {
  it('is degraded by what was denied, in the playbook and beyond it, each named once', () => {
    const coverage = [coverageOf('a'), coverageOf('b', { required: false, known: false, status: 'denied' })];
    const judged = judgeOutcome({
      judgement: judgementOf([], coverage),
      hypotheses: [],
      deniedRequested: ['kubectl get pods', 'look at b'],
    });
    expect(judged.qualityReasons).toEqual(['2 checks denied: look at b, kubectl get pods']);
  });

  it('is degraded by a citation that was not found', () => {
    const finding = findingOf('F01', { citations: [{ evidence: 'E001', quote: 'invented words', verified: false }] });
    const judged = judgeOutcome({ judgement: judgementOf([finding]), hypotheses: [], deniedRequested: [] });
    expect(judged).toMatchObject({ quality: 'degraded', qualityReasons: ['1 citation not found in the evidence'] });
  });

  it('gives reasons that fit into a report', () => {
    const coverage = [
      coverageOf('a', { known: false, status: 'failed', reason: 'x'.repeat(300), title: 'y'.repeat(120) }),
    ];
    const [reason = ''] = judgeOutcome({
      judgement: judgementOf([], coverage),
      hypotheses: [],
      deniedRequested: [],
    }).qualityReasons;
    expect(reason).toHaveLength(300);
  });
});
