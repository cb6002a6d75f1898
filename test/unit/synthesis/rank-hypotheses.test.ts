import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rankHypotheses } from '../../../src/synthesis/rank-hypotheses.ts';
import { coverageOf, findingOf, judgementOf } from './sample-judgement.ts';

describe('ranked hypotheses', () => {
  it('are the problems that no other finding explains, with what they explain', () => {
    const judgement = judgementOf([
      findingOf('F01', { code: 'DISK', explains: ['SERVICE', 'LOAD'], confidence: 0.9, disprovedBy: 'df shows space' }),
      findingOf('F02', { code: 'SERVICE' }),
      findingOf('F03', { code: 'LOAD', severity: 'info' }),
      findingOf('F04', { code: 'CLOCK', confidence: 0.6 }),
      findingOf('F05', { code: 'CONTEXT', severity: 'info', confidence: 0.99 }),
    ]);
    expect(rankHypotheses({ judgement })).toEqual([
      {
        rank: 1,
        statement: 'title F01',
        finding: 'F01',
        confidence: 0.9,
        explains: ['F02', 'F03'],
        disprovedBy: 'df shows space',
      },
      { rank: 2, statement: 'title F04', finding: 'F04', confidence: 0.6, explains: [] },
    ]);
  });

  it('are at most three', () => {
    const findings = ['F01', 'F02', 'F03', 'F04'].map((id) => findingOf(id));
    expect(rankHypotheses({ judgement: judgementOf(findings) })).toHaveLength(3);
  });

  it('gain by explaining three or more', () => {
    const effects = ['F02', 'F03', 'F04'].map((id) => findingOf(id, { confidence: 0.3 }));
    const cause = findingOf('F01', { explains: effects.map(({ code }) => code) });
    expect(rankHypotheses({ judgement: judgementOf([cause, ...effects]) })[0]?.confidence).toBe(0.9);
    expect(rankHypotheses({ judgement: judgementOf([cause, ...effects.slice(1)]) })[0]?.confidence).toBe(0.8);
  });

  it('lose by every required step that is not known, never by an optional one', () => {
    const gap = { known: false, status: 'denied' as const };
    const coverage = [coverageOf('a', gap), coverageOf('b', gap), coverageOf('c', { ...gap, required: false })];
    expect(rankHypotheses({ judgement: judgementOf([findingOf('F01')], coverage) })[0]?.confidence).toBe(0.4);
  });

  it.each<[string, { namespace?: string; resources?: readonly string[] }, number]>([
    ['a resource by its name', { resources: ['pod/etcd-0'] }, 0.8],
    ['the namespace', { namespace: 'clusters' }, 0.8],
    ['a name inside another name', { resources: ['pod/etcd'] }, 0.5],
    ['a very short name', { resources: ['a'] }, 0.5],
    ['something else', { namespace: 'default', resources: ['pod/other'] }, 0.5],
  ])('gain when they are about %s', (_what, focus, confidence) => {
    const finding = findingOf('F01', { confidence: 0.5, object: 'pod/clusters/etcd-0', title: 'a pod is not ready' });
    expect(rankHypotheses({ judgement: judgementOf([finding]), focus })[0]?.confidence).toBe(confidence);
  });

  it('stand in causal order when they are equally likely', () => {
    const findings = [findingOf('F01', { code: 'B' }), findingOf('F02', { code: 'A' })];
    expect(
      rankHypotheses({ judgement: judgementOf(findings), order: ['A', 'B'] }).map(({ finding }) => finding),
    ).toEqual(['F02', 'F01']);
  });

  it('keep one of two that explain each other: the one that comes first in causal order', () => {
    const findings = [
      findingOf('F01', { code: 'A', explains: ['B'] }),
      findingOf('F02', { code: 'B', explains: ['A'] }),
    ];
    const judgement = judgementOf(findings);
    expect(rankHypotheses({ judgement, order: ['B', 'A'] })).toMatchObject([{ finding: 'F02', explains: ['F01'] }]);
    expect(rankHypotheses({ judgement })).toMatchObject([{ finding: 'F01', explains: ['F02'] }]);
  });

  it('are not explained away by context', () => {
    const findings = [
      findingOf('F01', { code: 'A', severity: 'info', explains: ['B'] }),
      findingOf('F02', { code: 'B' }),
    ];
    expect(rankHypotheses({ judgement: judgementOf(findings) })).toMatchObject([{ finding: 'F02' }]);
  });

  it('have confidences from 0.05 to 0.99, falling, and ranks from 1', () => {
    const finding = fc.record({
      confidence: fc.double({ min: 0, max: 1, noNaN: true }),
      code: fc.constantFrom('A', 'B', 'C', 'D'),
      explains: fc.uniqueArray(fc.constantFrom('A', 'B', 'C', 'D')),
      gaps: fc.nat(3),
    });
    fc.assert(
      fc.property(fc.array(finding, { maxLength: 8 }), fc.nat(6), (parts, gaps) => {
        const findings = parts.map(({ confidence, code, explains }, index) =>
          findingOf(`F0${index}`, { confidence, code, explains }),
        );
        const coverage = Array.from({ length: gaps }, (_, index) => coverageOf(String(index), { known: false }));
        const ranked = rankHypotheses({ judgement: judgementOf(findings, coverage), order: ['A', 'B'] });
        for (const [index, { rank, confidence }] of ranked.entries()) {
          expect(rank).toBe(index + 1);
          expect(confidence).toBeGreaterThanOrEqual(0.05);
          expect(confidence).toBeLessThanOrEqual(Math.min(0.99, ranked[index - 1]?.confidence ?? 1));
        }
      }),
    );
  });
});
