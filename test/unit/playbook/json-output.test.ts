import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runWithin } from '../../../src/lib/bounded-run.ts';
import { readJsonText } from '../../../src/playbook/json-text.ts';
import { printJson } from '../../../src/playbook/print-json.ts';
import { prune } from '../../../src/playbook/prune.ts';

describe('documents', () => {
  it('are read back as they were printed, and every part knows its lines', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(0, 2), (value, indent) => {
        const plain: unknown = JSON.parse(JSON.stringify(value));
        const { text, spans } = printJson(plain, indent);
        expect(JSON.parse(text)).toEqual(plain);
        const lines = text.split('\n');
        for (const [part, [from, to]] of spans) {
          const body = lines
            .slice(from, to + 1)
            .join('\n')
            .replace(/^\s*"(?:[^"\\]|\\.)*": /u, '')
            .trim()
            .replace(/,$/u, '');
          expect(JSON.parse(body)).toEqual(part);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('that were cut keep only complete entries, wherever the cut is', () => {
    const items = Array.from({ length: 5 }, (_, index) => ({ name: `p${index}`, list: [1, { a: ',' }], text: 'x"]}' }));
    const text = JSON.stringify({ head: [1, 2], kind: 'List', items }, undefined, 1);
    for (let end = 0; end < text.length; end++) {
      const reading = readJsonText(text.slice(0, end), { isCut: true });
      if (reading.kind !== 'read') continue;
      expect(reading.isPartial).toBe(true);
      const value: unknown = reading.value;
      if (typeof value !== 'object' || value === null || !('items' in value) || !Array.isArray(value.items)) continue;
      expect(items.slice(0, value.items.length)).toEqual(value.items);
    }
  });

  it('keep long integers as texts, and leave texts and other numbers alone', () => {
    const text =
      '{"id": 9372538179322589801, "neg": -9372538179322589801, "s": "9372538179322589801", "n": 15, "f": 1.2345678901234567}';
    expect(readJsonText(text, { isCut: false })).toMatchObject({
      value: {
        id: '9372538179322589801',
        neg: '-9372538179322589801',
        s: '9372538179322589801',
        n: 15,
        f: 1.2345678901234567,
      },
    });
  });
});

describe('what is taken out', () => {
  const value = {
    a: { env: [{ name: 'X', value: 'y' }], b: [{ env: [{ value: 1 }] }] },
    list: [{ x: 1, y: 2 }, { y: 3 }],
  };

  it.each<[{ drop?: readonly string[]; keep?: readonly string[] }, unknown]>([
    [
      { drop: ['**.env[*].value'] },
      { a: { env: [{ name: 'X' }], b: [{ env: [{}] }] }, list: [{ x: 1, y: 2 }, { y: 3 }] },
    ],
    [{ drop: ['a', 'list[*].y'] }, { list: [{ x: 1 }, {}] }],
    [{ drop: ['*.(env|b)'] }, { a: {}, list: value.list }],
    [{ keep: ['list[*].x'] }, { list: [{ x: 1 }] }],
    [{ keep: ['a', 'nothing'], drop: ['**.b'] }, { a: { env: value.a.env } }],
  ])('is what %j names', (paths, expected) => {
    expect(prune(value, paths)).toEqual(expected);
  });
});

describe('bounded work', () => {
  it('gives its value, throws what it throws, and is stopped when it takes too long', () => {
    expect(runWithin(1000, () => 7)).toEqual({ kind: 'done', value: 7 });
    expect(() => runWithin(1000, (): unknown => JSON.parse('{'))).toThrow(SyntaxError);
    expect(runWithin(50, () => /(a+)+$/u.test(`${'a'.repeat(40)}b`))).toEqual({ kind: 'too-long' });
    expect(runWithin(1000, () => 'again')).toEqual({ kind: 'done', value: 'again' });
  });
});
