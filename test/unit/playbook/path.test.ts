import { describe, expect, it } from 'vitest';
import { hasList, parsePath, readPath } from '../../../src/playbook/path.ts';

const POD = {
  items: [
    {
      name: 'a',
      status: {
        conditions: [
          { type: 'Ready', status: 'False' },
          { type: 'Initialized', status: 'True' },
        ],
      },
    },
    { name: 'b', status: { phase: null, init: [1], main: [2, 3] } },
  ],
};

describe('paths', () => {
  it.each([
    ['items[*].name', ['a', 'b']],
    ['items[name=b].name', ['b']],
    ['items[*].status.conditions[type=Ready].status', ['False']],
    ['items[*].status.(init|main)[*]', [1, 2, 3]],
    ['items[*].status.phase', []],
    ['items.name', []],
    ['missing[*].name', []],
    ['constructor', []],
    ['items[*].toString', []],
  ])('%s leads to %j', (text, expected) => {
    expect(readPath(POD, parsePath(text) ?? [])).toEqual(expected);
  });

  it('begins at the root when the document itself is a list', () => {
    expect(readPath([{ a: 1 }, { a: 2 }], parsePath('[*].a') ?? [])).toEqual([1, 2]);
  });

  it.each(['', '.', 'a.', '.a', 'a..b', 'a[', 'a[0]', 'a[*', 'a b', 'a.[*]', '(a|b', '()', 'a(b|c)', '${a}'])(
    'refuses %j',
    (text) => {
      expect(parsePath(text)).toBeUndefined();
    },
  );

  it('tells an empty list from a list that is not there', () => {
    const path = parsePath('items[*].name') ?? [];
    expect(hasList({ items: [] }, path)).toBe(true);
    expect(hasList({ other: [] }, path)).toBe(false);
  });
});
