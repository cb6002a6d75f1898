import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rankHypotheses } from '../../../src/synthesis/rank-hypotheses.ts';
import { changeOf, coverageOf, findingOf, judgementOf, nearIn } from './sample-judgement.ts';

describe('ranked hypotheses', () => {
  it('are the problems that no other finding explains, with what they explain', () => {
    const judgement = nearIn([
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
        reasons: [{ part: 'rule', points: 0.9, why: 'the rule f01 gives it' }],
      },
      {
        rank: 2,
        statement: 'title F04',
        finding: 'F04',
        confidence: 0.6,
        explains: [],
        reasons: [{ part: 'rule', points: 0.6, why: 'the rule f04 gives it' }],
      },
    ]);
  });

  it('are at most three', () => {
    const findings = ['F01', 'F02', 'F03', 'F04'].map((id) => findingOf(id));
    expect(rankHypotheses({ judgement: judgementOf(findings) })).toHaveLength(3);
  });

  it('gain by explaining three or more', () => {
    const effects = ['F02', 'F03', 'F04'].map((id) => findingOf(id, { confidence: 0.3 }));
    const cause = findingOf('F01', { explains: effects.map(({ code }) => code) });
    expect(rankHypotheses({ judgement: nearIn([cause, ...effects]) })[0]?.confidence).toBe(0.9);
    expect(rankHypotheses({ judgement: nearIn([cause, ...effects.slice(1)]) })[0]?.confidence).toBe(0.8);
  });

  it('lose by every required step that is not known, never by an optional one', () => {
    const gap = { known: false, status: 'denied' as const };
    const coverage = [coverageOf('a', gap), coverageOf('b', gap), coverageOf('c', { ...gap, required: false })];
    expect(rankHypotheses({ judgement: judgementOf([findingOf('F01')], coverage) })[0]?.confidence).toBe(0.4);
  });

  it.each<[string, { namespace?: string; resources?: readonly string[] }, number]>([
    ['a resource by its name', { resources: ['pod/etcd-0'] }, 0.8],
    ['the namespace', { namespace: 'clusters' }, 0.8],
    ['the namespace alone, where an object is named', { namespace: 'clusters', resources: ['pod/other'] }, 0.5],
    ['a name inside another name', { resources: ['pod/etcd'] }, 0.5],
    ['a very short name', { resources: ['a'] }, 0.5],
    ['something else', { namespace: 'default', resources: ['pod/other'] }, 0.5],
  ])('gain when they are about %s', (_what, focus, confidence) => {
    const finding = findingOf('F01', { confidence: 0.5, object: 'pod/clusters/etcd-0', title: 'a pod is not ready' });
    expect(rankHypotheses({ judgement: judgementOf([finding]), focus })[0]?.confidence).toBe(confidence);
  });

  it('gain when they make ill what is asked about', () => {
    const cause = findingOf('F01', { confidence: 0.5, object: 'service/shop/db', code: 'DOWN', explains: ['CRASH'] });
    const effect = findingOf('F02', { confidence: 0.6, object: 'pod/shop/web-1', code: 'CRASH' });
    const focus = { resources: ['pod/web-1'] };
    expect(rankHypotheses({ judgement: nearIn([cause, effect]), focus })).toMatchObject([
      { finding: 'F01', confidence: 0.8 },
    ]);
    expect(rankHypotheses({ judgement: judgementOf([cause, effect]), focus })).toMatchObject([
      { finding: 'F01', confidence: 0.65 },
    ]);
  });

  it('gain half where nothing but codes says what they explain, and say so', () => {
    const effects = ['F02', 'F03', 'F04'].map((id) => findingOf(id, { confidence: 0.3 }));
    const cause = findingOf('F01', { explains: effects.map(({ code }) => code) });
    const near = { F02: ['F01'] };
    const relations = { dependsOn: {}, apartFrom: {}, alike: {}, near };
    const [first] = rankHypotheses({ judgement: { ...judgementOf([cause, ...effects]), relations } });
    expect(first).toMatchObject({ explains: ['F02', 'F03', 'F04'], confidence: 0.85 });
    expect(first?.reasons?.slice(1)).toEqual([
      { part: 'fan-out', points: 0.05, why: 'it may explain F02, F03, F04' },
      {
        part: 'relation',
        points: 0,
        why: 'F03, F04 are effects by kind alone: nothing that was seen connects their objects with it',
      },
    ]);
  });

  it('are one for findings of one code about one object, on which it rests together', () => {
    const findings = [
      findingOf('F01', { code: 'FULL', object: 'port/80', confidence: 0.7, explains: ['A'] }),
      findingOf('F02', { code: 'FULL', object: 'port/80', confidence: 0.9, explains: ['B'], disprovedBy: 'a look' }),
      findingOf('F03', { code: 'FULL', object: 'port/81', confidence: 0.6 }),
      findingOf('F04', { code: 'A' }),
      findingOf('F05', { code: 'B' }),
    ];
    expect(
      rankHypotheses({ judgement: nearIn(findings) }).map(({ finding, same, explains, confidence }) => ({
        ...{ finding, same, explains, confidence },
      })),
    ).toEqual([
      { finding: 'F02', same: ['F01'], explains: ['F04', 'F05'], confidence: 0.9 },
      { finding: 'F03', same: undefined, explains: [], confidence: 0.6 },
    ]);
  });

  it('explain every finding that says the same', () => {
    const findings = [
      findingOf('F01', { code: 'CAUSE', explains: ['DOWN'] }),
      findingOf('F02', { code: 'DOWN', object: 'a' }),
      findingOf('F03', { code: 'DOWN', object: 'a' }),
    ];
    expect(rankHypotheses({ judgement: nearIn(findings) })).toMatchObject([{ explains: ['F02', 'F03'] }]);
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

  it('lose less by a required step that was cut', () => {
    const cut = coverageOf('a', { known: false, reason: 'the output was cut' });
    const [first] = rankHypotheses({ judgement: judgementOf([findingOf('F01')], [cut]) });
    expect(first).toMatchObject({ confidence: 0.7 });
    expect(first?.reasons?.at(-1)).toEqual({ part: 'coverage', points: -0.1, why: 'seen in part: look at a' });
  });

  const UP = { severity: 'error' as const };

  it('leave out what depends on a faulty object, when a playbook knows its finding as an effect', () => {
    const findings = [findingOf('F01', { ...UP, code: 'NO_ENDPOINTS' }), findingOf('F02', { ...UP, code: 'CRASH' })];
    const judgement = {
      ...judgementOf(findings),
      relations: { dependsOn: { F01: ['F02'] }, apartFrom: {}, alike: {} },
    };
    expect(rankHypotheses({ judgement, effects: ['NO_ENDPOINTS'] })).toMatchObject([
      {
        finding: 'F02',
        confidence: 0.9,
        explains: ['F01'],
        reasons: [{ part: 'rule' }, { part: 'dependency', points: 0.1, why: 'what depends on it is faulty too: F01' }],
      },
    ]);
    expect(rankHypotheses({ judgement, effects: ['CRASH'] })).toHaveLength(2);
  });

  it('keep what a rule explains in general and the map knows to be apart', () => {
    const findings = [
      findingOf('F01', { code: 'NODE_DOWN', explains: ['NOT_READY'] }),
      findingOf('F02', { code: 'NOT_READY' }),
      findingOf('F03', { code: 'NOT_READY' }),
    ];
    const judgement = {
      ...judgementOf(findings),
      relations: { dependsOn: {}, apartFrom: { F03: ['F01'] }, alike: {} },
    };
    expect(rankHypotheses({ judgement }).map(({ finding, explains }) => [finding, explains])).toEqual([
      ['F01', ['F02']],
      ['F03', []],
    ]);
  });

  it('are one for several objects of one owner with the same trouble', () => {
    const findings = ['F01', 'F02'].map((id) => findingOf(id, { code: 'CRASH' }));
    const alike = { F01: ['F02'], F02: ['F01'] };
    const judgement = { ...judgementOf(findings), relations: { dependsOn: {}, apartFrom: {}, alike } };
    expect(rankHypotheses({ judgement })).toMatchObject([{ finding: 'F01', explains: ['F02'] }]);
    expect(rankHypotheses({ judgement: judgementOf(findings) })).toHaveLength(2);
  });

  it('explain what follows from what they explain', () => {
    const judgement = judgementOf([
      findingOf('F01', { code: 'A', explains: ['B'] }),
      findingOf('F02', { code: 'B', explains: ['C'] }),
      findingOf('F03', { code: 'C' }),
    ]);
    expect(rankHypotheses({ judgement })).toMatchObject([{ finding: 'F01', explains: ['F02', 'F03'] }]);
  });

  it('leave one of a longer circle', () => {
    const circle = ['A', 'B', 'C'].map((code, index) =>
      findingOf(`F0${index}`, { code, explains: [['B', 'C', 'A'][index] ?? ''] }),
    );
    expect(rankHypotheses({ judgement: judgementOf(circle), order: ['C'] })).toMatchObject([{ finding: 'F02' }]);
  });

  const ONSET = '2026-11-20T11:00:00.000Z';
  const at = (minutes: number): string => new Date(Date.parse(ONSET) + minutes * 60_000).toISOString();

  it.each<[string, Parameters<typeof changeOf>[0], number]>([
    ['4 minutes before it began', { at: at(-4) }, 0.95],
    ['half an hour before', { at: at(-30) }, 0.95],
    ['longer before', { at: at(-31) }, 0.8],
    ['clearly after', { at: at(2) }, 0.8],
    ['in the same minute', { at: at(0.5) }, 0.95],
    ['that touches something else', { at: at(-4), findings: ['F09'] }, 0.8],
    ['without a time', { at: undefined }, 0.8],
    ['whose quote was not found', { at: at(-4), verified: false }, 0.8],
  ])('gain by a change %s', (_what, change, confidence) => {
    const judgement = { ...judgementOf([findingOf('F01', { since: ONSET })]), changes: [changeOf(change)] };
    expect(rankHypotheses({ judgement })[0]?.confidence).toBe(confidence);
  });

  it('say which change, when and where it is seen; the last one counts, and its effects tell when it began', () => {
    const findings = [findingOf('F01', { code: 'A', explains: ['B'] }), findingOf('F02', { code: 'B', since: ONSET })];
    const changes = [changeOf({ at: at(-20), text: 'older' }), changeOf({ at: at(-4), text: 'api was rolled out' })];
    const [first] = rankHypotheses({ judgement: { ...nearIn(findings), changes } });
    expect(first?.reasons?.at(-1)).toEqual({
      part: 'change',
      points: 0.15,
      why: 'api was rolled out 4 min before it began (E002)',
    });
  });

  it.each<[string, readonly (string | undefined)[], readonly number[]]>([
    ['that begin shortly before others', [at(0), at(10)], [0.9, 0.8]],
    ['but not those of another day', [at(-3000), at(0), at(10)], [0.9, 0.8, 0.8]],
    ['and nobody who begins together', [at(0), at(0), at(10)], [0.8, 0.8, 0.8]],
    ['and nobody of unknown time', [undefined, at(0)], [0.8, 0.8]],
  ])('gain by being first: those %s', (_what, moments, confidences) => {
    const findings = moments.map((since, index) =>
      findingOf(`F0${index}`, { ...(since === undefined ? {} : { since }) }),
    );
    expect(rankHypotheses({ judgement: judgementOf(findings) }).map(({ confidence }) => confidence)).toEqual(
      confidences,
    );
  });

  it('never fall by what speaks for them', () => {
    const base = fc.record({
      confidence: fc.double({ min: 0.05, max: 0.8, noNaN: true }),
      rival: fc.double({ min: 0.05, max: 0.99, noNaN: true }),
      effects: fc.nat(4),
      gap: fc.boolean(),
      gain: fc.constantFrom('confidence', 'focus', 'change', 'effect', 'dependency', 'coverage'),
    });
    fc.assert(
      fc.property(base, ({ confidence, rival, effects, gap, gain }) => {
        const rank = (better: boolean): number => {
          const is = (name: string): boolean => better && gain === name;
          const count = effects + (is('effect') ? 1 : 0);
          const caused = Array.from({ length: count }, (_, index) => findingOf(`F1${index}`, { confidence: 0.1 }));
          const findings = [
            findingOf('F01', {
              ...{ confidence: confidence + (is('confidence') ? 0.1 : 0), since: ONSET, object: 'pod/a/main' },
              explains: caused.map(({ code }) => code),
            }),
            findingOf('F02', { confidence: rival }),
            ...caused,
          ];
          const judgement = {
            ...judgementOf(findings, [coverageOf('a', { known: !gap || is('coverage') })]),
            relations: {
              dependsOn: Object.fromEntries(is('dependency') ? caused.map(({ id }) => [id, ['F01']]) : []),
              apartFrom: {},
              alike: {},
            },
            ...(is('change') ? { changes: [changeOf({ at: at(-4) })] } : {}),
          };
          const resources = is('focus') ? ['pod/main'] : [];
          const ranked = rankHypotheses({ judgement, focus: { resources }, order: ['CODE_F02'] });
          return ranked.find(({ finding }) => finding === 'F01')?.rank ?? 9;
        };
        expect(rank(true)).toBeLessThanOrEqual(rank(false));
      }),
    );
  });

  it('are there whenever there is a problem, whatever explains what', () => {
    const codes = ['A', 'B', 'C', 'D'];
    const parts = fc.array(
      fc.record({ code: fc.constantFrom(...codes), explains: fc.uniqueArray(fc.constantFrom(...codes)) }),
      { minLength: 1, maxLength: 7 },
    );
    const pairs = fc.array(fc.tuple(fc.nat(6), fc.nat(6)), { maxLength: 10 });
    fc.assert(
      fc.property(parts, pairs, (list, edges) => {
        const findings = list.map((part, index) => findingOf(`F0${index}`, part));
        const dependsOn: Record<string, string[]> = {};
        for (const [effect, cause] of edges) (dependsOn[`F0${effect}`] ??= []).push(`F0${cause}`);
        const judgement = { ...judgementOf(findings), relations: { dependsOn, apartFrom: {}, alike: {} } };
        const ranked = rankHypotheses({ judgement, effects: codes });
        expect(ranked.length).toBeGreaterThan(0);
        for (const { finding, explains } of ranked) expect(explains).not.toContain(finding);
      }),
    );
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
