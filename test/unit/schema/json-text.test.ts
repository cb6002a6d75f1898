import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJson } from '../../../src/schema/json-text.ts';

describe('points to what is not JSON', () => {
  it.each([
    ['', '1:1 is not valid JSON: expected a value, found the end'],
    ['{"a": 1,\n "b": tru}', '2:7 is not valid JSON: expected a value, found "t"'],
    ['{"a" 1}', '1:6 is not valid JSON: expected ":", found "1"'],
    ['{"a": 1,}', '1:9 is not valid JSON: expected another entry after ",", found "}"'],
    ['{a: 1}', '1:2 is not valid JSON: expected a name in double quotes or "}", found "a"'],
    ['[1 2]', '1:4 is not valid JSON: expected "," or "]", found "2"'],
    ['["a', '1:4 is not valid JSON: expected the closing quote, found the end'],
    ['["a\n"]', '1:4 is not valid JSON: expected the closing quote, found "\\n"'],
    ['["\\x"]', '1:3 is not valid JSON: expected an escape such as \\n or \\u00e9, found "\\\\"'],
    ['[01]', '1:3 is not valid JSON: expected "," or "]", found "1"'],
    ['{} x', '1:4 is not valid JSON: expected the end, found "x"'],
    ['['.repeat(70), '1:66 is not valid JSON: is nested deeper than 64 levels'],
    ['{"a": {"b": 1, "b": 2}}', '1:16 is given twice'],
    ['{"a": 1, "\\u0061": 2}', '1:10 is given twice'],
    ['{"__proto__": 1}', '1:2 is not allowed as a name'],
    ['{"a": "\\u001b"}', '1:7 contains the character U+001B, which is not allowed'],
    ['{"a": 1e999}', '1:7 1e999 is not a finite number'],
    ['{"a": 9007199254740993}', '1:7 9007199254740993 is too large to be read exactly'],
  ])('%s', (text, expected) => {
    const reading = readJson(text);
    const [fault] = reading.ok ? [] : reading.faults;
    expect(`${String(fault?.place.line)}:${String(fault?.place.column)} ${fault?.message ?? ''}`).toBe(expected);
  });
});

it('accepts what JSON.parse accepts, with the same value', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), fc.constantFrom(undefined, 1, '\t'), (json, indent) => {
      const text = JSON.stringify(JSON.parse(json), undefined, indent);
      const reading = readJson(text);
      // Our rules beyond JSON: names, control characters, numbers.
      if (!reading.ok && reading.faults.every((fault) => !fault.message.startsWith('is not valid JSON'))) return;
      expect(reading.ok ? reading.value : reading).toStrictEqual(JSON.parse(text));
    }),
  );
});

it('refuses what JSON.parse refuses', () => {
  fc.assert(
    fc.property(
      fc.json({ maxDepth: 3 }),
      fc.nat(),
      fc.constantFrom('', ',', '"', '}', ']', ':', '0', '\\', '.', '-', 'e'),
      (json, at, part) => {
        const cut = at % (json.length + 1);
        const text = json.slice(0, cut) + part + json.slice(cut + 1);
        if (isJson(text)) return;
        expect(readJson(text).ok).toBe(false);
      },
    ),
    { numRuns: 500 },
  );
});

it('reads a report of several megabytes, and no more than allowed', () => {
  const text = JSON.stringify({
    lines: Array.from({ length: 60_000 }, (_, i) => `line ${String(i)} ${'x'.repeat(60)}`),
  });
  expect(readJson(text).ok).toBe(true);
  expect(readJson(text, { maxBytes: 1024 })).toMatchObject({ ok: false });
});

it('knows where everything stands', () => {
  const reading = readJson('{\n  "a": {"b": [1, 2]},\n  "c": "x"\n}');
  if (!reading.ok) throw new Error('not read');
  expect(reading.locate(['a', 'b', 1])).toStrictEqual({ line: 2, column: 18 });
  expect(reading.locate(['c'], 'key')).toStrictEqual({ line: 3, column: 3 });
  expect(reading.locate(['a', 'missing'], 'key')).toStrictEqual({ line: 2, column: 3 });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
