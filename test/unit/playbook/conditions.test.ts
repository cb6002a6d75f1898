import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../src/playbook/compare-values.ts';
import { compileCondition } from '../../../src/playbook/conditions.ts';
import type { Scope } from '../../../src/playbook/scope.ts';
import type { PlaybookCondition } from '../../../src/schema/generated.ts';

const NOW = new Date('2026-11-20T12:00:00Z');

function judge(condition: PlaybookCondition, item: unknown, step: Scope['step'] = {}): Verdict {
  return compileCondition(condition)({ item, step, now: NOW });
}

describe('conditions', () => {
  it.each<[PlaybookCondition, unknown, Verdict]>([
    [{ path: 'a', op: 'eq', value: 5 }, { a: '5' }, 'yes'],
    [{ path: 'a', op: 'eq', value: 5 }, { a: 6 }, 'no'],
    [{ path: 'a', op: 'eq', value: 5 }, {}, 'no'],
    [{ path: 'a', op: 'eq', value: false }, { a: false }, 'yes'],
    [{ path: 'a', op: 'ne', value: 'x' }, { a: 'y' }, 'yes'],
    [{ path: 'a', op: 'ne', value: 'x' }, {}, 'yes'],
    [{ path: 'a', op: 'in', value: ['x', 'y'] }, { a: 'y' }, 'yes'],
    [{ path: 'a', op: 'notIn', value: ['x', 'y'] }, { a: 'y' }, 'no'],
    [{ path: 'a', op: 'exists' }, { a: 0 }, 'yes'],
    [{ path: 'a', op: 'exists' }, { a: null }, 'no'],
    [{ path: 'a', op: 'absent' }, { a: null }, 'yes'],
    [{ path: 'a', op: 'gte', value: 95 }, { a: '95%' }, 'yes'],
    [{ path: 'a', op: 'gt', value: 95 }, { a: 95 }, 'no'],
    [{ path: 'a', op: 'lt', value: 1.5 }, { a: '1.49' }, 'yes'],
    [{ path: 'a', op: 'lte', value: -1 }, { a: -1 }, 'yes'],
    [{ path: 'a', op: 'matches', value: '^x+$' }, { a: 'xx' }, 'yes'],
    [{ path: 'a', op: 'matches', value: '(?i)^X' }, { a: 'xx' }, 'yes'],
    [{ path: 'a', op: 'notMatches', value: '^x' }, { a: 'xx' }, 'no'],
    [{ path: 'a', op: 'gte', valueFrom: 'b' }, { a: 3, b: 3 }, 'yes'],
    [{ path: 'a', op: 'gt', valueFrom: 'b' }, { a: 3, b: 3 }, 'no'],
    [{ path: 'a[*]', op: 'eq', value: 2 }, { a: [1, 2] }, 'yes'],
    [{ path: 'a[*]', op: 'ne', value: 2 }, { a: [1, 2] }, 'no'],
  ])('%j on %j is %s', (condition, item, expected) => {
    expect(judge(condition, item)).toBe(expected);
  });

  it.each<[string, PlaybookCondition, unknown]>([
    ['a measure of nothing', { path: 'a', op: 'gte', value: 1 }, {}],
    ['a number that is none', { path: 'a', op: 'gte', value: 1 }, { a: '-' }],
    ['a comparison with nothing', { path: 'a', op: 'gte', valueFrom: 'b' }, { a: 1 }],
    ['an age of nothing', { path: 'a', op: 'newerThan', value: '1h' }, {}],
    ['a time without an offset', { path: 'a', op: 'newerThan', value: '1h' }, { a: '2026-11-20T11:59:00' }],
    ['a pattern that is none', { path: 'a', op: 'matches', value: '(' }, { a: 'x' }],
  ])('does not know %s', (_what, condition, item) => {
    expect(judge(condition, item)).toBe('unknown');
    expect(judge({ not: condition }, item)).toBe('unknown');
  });

  it.each([
    ['2026-11-20T11:30:00Z', 'yes'],
    ['2026-11-20T10:59:59Z', 'no'],
    ['2026-11-20T12:30:00+0100', 'yes'],
    ['2026-11-20T11:30:00,123456+00:00', 'yes'],
    ['2026-11-20 11:30:00 UTC', 'yes'],
    ['2026-11-20T12:05:00Z', 'yes'],
  ])('looks at the capture time: %s is newer than an hour: %s', (moment, expected) => {
    expect(judge({ path: 'a', op: 'newerThan', value: '1h' }, { a: moment })).toBe(expected);
    expect(judge({ path: 'a', op: 'olderThan', value: '1h' }, { a: moment })).toBe(expected === 'yes' ? 'no' : 'yes');
  });

  it('reads the signal of the step below the name step', () => {
    expect(judge({ path: 'step.signal', op: 'eq', value: 'degraded' }, { step: 'item' }, { signal: 'degraded' })).toBe(
      'yes',
    );
    expect(judge({ path: 'step.exit', op: 'eq', value: 3 }, {}, { exit: 3 })).toBe('yes');
  });

  it('requires all that one condition says', () => {
    const condition: PlaybookCondition = { path: 'a', op: 'eq', value: 1, not: { path: 'b', op: 'eq', value: 1 } };
    expect(judge(condition, { a: 1, b: 2 })).toBe('yes');
    expect(judge(condition, { a: 1, b: 1 })).toBe('no');
  });

  it('combines three values by the strong logic of Kleene', () => {
    const leaf: Record<Verdict, PlaybookCondition> = {
      yes: { path: 'one', op: 'gt', value: 0 },
      no: { path: 'one', op: 'gt', value: 1 },
      unknown: { path: 'none', op: 'gt', value: 0 },
    };
    const verdict = fc.constantFrom<Verdict>('yes', 'no', 'unknown');
    fc.assert(
      fc.property(verdict, verdict, (a, b) => {
        const rank = { no: 0, unknown: 1, yes: 2 };
        const [low, high] = rank[a] < rank[b] ? [a, b] : [b, a];
        expect(judge({ all: [leaf[a], leaf[b]] }, { one: 1 })).toBe(low);
        expect(judge({ any: [leaf[a], leaf[b]] }, { one: 1 })).toBe(high);
        expect(judge({ not: { all: [leaf[a], leaf[b]] } }, { one: 1 })).toBe(
          judge({ any: [{ not: leaf[a] }, { not: leaf[b] }] }, { one: 1 }),
        );
      }),
    );
  });
});
