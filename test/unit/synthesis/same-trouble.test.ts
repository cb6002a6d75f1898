import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/domain/finding.ts';
import { mergeSame } from '../../../src/playbook/merge-same.ts';
import { rankHypotheses } from '../../../src/synthesis/rank-hypotheses.ts';
import { sameTrouble } from '../../../src/synthesis/same-trouble.ts';
import { findingOf, judgementOf } from './sample-judgement.ts';

const part = fc.record({
  code: fc.constantFrom('A', 'B'),
  object: fc.constantFrom('', 'pod/shop/a', 'pod/shop/b'),
  title: fc.constantFrom('it is down', 'it is full'),
  rule: fc.constantFrom('one', 'two', 'three'),
  severity: fc.constantFrom('error' as const, 'warning' as const, 'info' as const),
  confidence: fc.constantFrom(0.5, 0.7, 0.9),
  explains: fc.subarray(['A', 'B', 'C']),
  citations: fc.constantFrom('E001', 'E002').map((evidence) => [{ evidence, quote: 'the words', verified: true }]),
});
const findings = fc
  .array(part, { maxLength: 8 })
  .map((parts) => parts.map((each, index) => findingOf(`F${String(index + 1).padStart(2, '0')}`, each)));
/** The same findings in another order. */
const shuffled = findings.chain((list) =>
  fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
);

function asSet(items: readonly unknown[]): ReadonlySet<string> {
  return new Set(items.map((item) => JSON.stringify(item)));
}

const unnumbered = (list: readonly Finding[]): readonly Omit<Finding, 'id'>[] =>
  list.map(({ id: _id, ...finding }) => finding);

describe('findings that say the same in the same words', () => {
  it('become one with every quote, the stronger confidence, the worse severity and the first moment', () => {
    const [hub, hosted] = [
      { rule: 'hub', severity: 'error' as const, confidence: 0.7, since: '2026-11-20T10:00:00.000Z', explains: ['B'] },
      { rule: 'hosted', confidence: 0.9, since: '2026-11-20T11:00:00.000Z', explains: ['A'] },
    ].map((each, index) => ({
      ...findingOf('F01', each),
      citations: [{ evidence: `E00${index}`, quote: 'the exact line', verified: false }],
    }));
    if (hub === undefined || hosted === undefined) throw new Error('there are two');
    expect(mergeSame(unnumbered([hub, hosted]))).toMatchObject([
      {
        ...{ rule: 'hosted', alsoBy: ['hub'], severity: 'error', confidence: 0.9, since: '2026-11-20T10:00:00.000Z' },
        ...{ explains: ['A', 'B'], citations: [{ evidence: 'E001' }, { evidence: 'E000' }] },
      },
    ]);
  });

  it('stay apart when a word differs', () => {
    const list = unnumbered([
      findingOf('F01', { title: 'a', object: 'x' }),
      findingOf('F01', { title: 'b', object: 'x' }),
    ]);
    expect(mergeSame(list)).toEqual(list);
  });

  it('are merged alike in any order, and once and for all', () => {
    fc.assert(
      fc.property(shuffled, ([list, others]) => {
        const merged = mergeSame(unnumbered(list));
        expect(asSet(mergeSame(unnumbered(others)))).toEqual(asSet(merged));
        expect(mergeSame(merged)).toEqual(merged);
      }),
    );
  });
});

describe('one trouble', () => {
  it('is made alike in any order, and once and for all', () => {
    fc.assert(
      fc.property(shuffled, ([list, others]) => {
        const troubles = sameTrouble(list);
        expect(asSet(sameTrouble(others))).toEqual(asSet(troubles));
        const again = sameTrouble(troubles.map(({ finding }) => finding));
        expect(again.map(({ finding }) => finding)).toEqual(troubles.map(({ finding }) => finding));
        expect(troubles.flatMap(({ finding, same }) => [finding.id, ...same]).sort()).toEqual(list.map(({ id }) => id));
      }),
    );
  });

  it('takes one rank, in whatever order its findings come', () => {
    fc.assert(
      fc.property(shuffled, ([list, others]) => {
        const ranked = rankHypotheses({ judgement: judgementOf(list) });
        const places = ranked.map(({ finding }) => list.find(({ id }) => id === finding));
        const named = places.flatMap((each) =>
          each === undefined || each.object === '' ? [] : [`${each.code} ${each.object}`],
        );
        expect(new Set(named).size).toBe(named.length);
        const again = rankHypotheses({ judgement: judgementOf(others) });
        expect(again.map(({ finding, same }) => [finding, same])).toEqual(
          ranked.map(({ finding, same }) => [finding, same]),
        );
      }),
    );
  });
});
