import { describe, expect, it } from 'vitest';
import { parseQuantity } from '../../../src/playbook/detectors/quantity.ts';
import { usedQuotas } from '../../../src/playbook/detectors/used-quotas.ts';

describe('parseQuantity', () => {
  it.each<[unknown, number | undefined]>([
    ['0', 0],
    ['500m', 0.5],
    ['1.5', 1.5],
    ['1e3', 1000],
    ['15256136Ki', 15_622_283_264],
    ['16Gi', 17_179_869_184],
    ['2k', 2000],
    ['3E', 3e18],
    [4, 4],
    ['115470533646', 115_470_533_646],
    ['', undefined],
    ['many', undefined],
    ['1KI', undefined],
    ['1 Gi', undefined],
    [null, undefined],
    [Number.NaN, undefined],
  ])('reads %j as %s', (text, expected) => {
    const value = parseQuantity(text);
    if (expected === undefined) expect(value).toBeUndefined();
    else expect(value).toBeCloseTo(expected, 6);
  });
});

describe('used-quotas', () => {
  const percents = (root: unknown): unknown =>
    usedQuotas({ root, lines: [], spanOf: () => undefined, isPartial: false })?.map(({ item }) => item);
  const quota = (status: unknown) => ({ metadata: { name: 'q', namespace: 'ns' }, status });

  it('gives the share of each limit, and never rounds up to full', () => {
    const items = [
      quota({ hard: { pods: '2000', 'limits.memory': '2Gi' }, used: { pods: '1999', 'limits.memory': '2048Mi' } }),
    ];
    expect(percents({ items })).toEqual([
      { resource: 'pods', used: '1999', hard: '2000', usedPercent: 99.9, namespace: 'ns', name: 'q' },
      { resource: 'limits.memory', used: '2048Mi', hard: '2Gi', usedPercent: 100, namespace: 'ns', name: 'q' },
    ]);
  });

  it('leaves out what has no figures, and what may not be used at all', () => {
    expect(
      percents({ items: [quota({}), quota({ hard: { pods: '0', x: 'many' }, used: { pods: '0', x: '1' } })] }),
    ).toEqual([]);
    expect(percents('no objects')).toBeUndefined();
  });
});
