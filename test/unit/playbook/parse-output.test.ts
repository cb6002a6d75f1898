import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseOutput, type StepData } from '../../../src/playbook/parse-output.ts';
import { isRecord } from '../../../src/playbook/path.ts';
import type { PlaybookOutput } from '../../../src/schema/generated.ts';

function read(text: string, output: PlaybookOutput, isPartial = false): StepData {
  const parsed = parseOutput(text, output, { isPartial });
  if (parsed.kind === 'unreadable') throw new Error(parsed.why);
  return parsed.data;
}

function why(text: string, output: PlaybookOutput, isPartial = false): string {
  const parsed = parseOutput(text, output, { isPartial });
  return parsed.kind === 'unreadable' ? parsed.why : 'readable';
}

describe('output of a step', () => {
  it('is lines', () => {
    expect(read('a\r\n\n b\n', { format: 'text' }).root).toEqual({ lines: [{ text: 'a' }, { text: ' b' }] });
  });

  it('is one JSON document', () => {
    expect(read(' {"a": [1]}\n', { format: 'json' }).root).toEqual({ a: [1] });
    expect(read('null', { format: 'json' }).root).toBeNull();
  });

  it('is a JSON document a line', () => {
    expect(read('{"a":1}\n\n[2]\n', { format: 'jsonl' }).root).toEqual({ items: [{ a: 1 }, [2]] });
  });

  it('is keys and values, with or without quotes', () => {
    const text = 'NAME="Some Linux"\nurl=https://example.com:8080/\njunk\nMemTotal:  12 kB\n';
    expect(read(text, { format: 'kv' }).root).toEqual({
      NAME: 'Some Linux',
      url: 'https://example.com:8080/',
      MemTotal: '12 kB',
    });
    expect(read('a: b=c\n', { format: 'kv', separator: '=' }).root).toEqual({ 'a: b': 'c' });
  });

  it('keeps a key that an object already has', () => {
    const { root } = read('__proto__=x\nconstructor=y\n', { format: 'kv' });
    expect(isRecord(root) && Object.entries(root)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });

  it('is a table with its own header, the last column taking the rest', () => {
    expect(read('PID  CMD\n1 init -x\n22 sh\n', { format: 'table' }).root).toEqual({
      rows: [
        { PID: '1', CMD: 'init -x' },
        { PID: '22', CMD: 'sh' },
      ],
    });
  });

  it('is a table with given columns after skipped lines; short rows leave columns out', () => {
    const output: PlaybookOutput = { format: 'table', columns: ['a', 'b', 'c'], skipLines: 1 };
    expect(read('head\n1 2 3 4\n5\n', output).root).toEqual({ rows: [{ a: '1', b: '2', c: '3 4' }, { a: '5' }] });
  });

  it('is rows of a pattern, so that cells can hold spaces', () => {
    const output: PlaybookOutput = { format: 'table', pattern: '^(?<name>.+?)\\s+(?<use>\\d+)% (?<at>/.*)$' };
    expect(read('Name Use On\n//srv/my share 95% /mnt/my share\n', output).root).toEqual({
      rows: [{ name: '//srv/my share', use: '95', at: '/mnt/my share' }],
    });
  });

  it('leaves out groups that did not take part, and rows without any', () => {
    const output: PlaybookOutput = { format: 'table', pattern: '^(?:-- .* --|(?<a>\\w+)(?: (?<b>\\w+))?)$' };
    expect(read('-- No entries --\n', output).root).toEqual({ rows: [] });
    expect(read('x\nx y\n', output).root).toEqual({ rows: [{ a: 'x' }, { a: 'x', b: 'y' }] });
  });

  it('knows the line of every row', () => {
    const data = read('head\n\na 1\nb 2\n', { format: 'table', columns: ['k', 'v'], skipLines: 1 });
    const rows = isRecord(data.root) && Array.isArray(data.root['rows']) ? data.root['rows'] : [];
    expect(rows.map((row) => data.lines[data.spanOf(row)?.[0] ?? -1])).toEqual(['a 1', 'b 2']);
  });

  it.each<[string, string, PlaybookOutput, string]>([
    ['half a document', '{"a": [1', { format: 'json' }, 'the output is not valid JSON'],
    ['nothing', ' \n', { format: 'json' }, 'the output is empty where a JSON document was expected'],
    ['half a line of JSON', '{"a":1}\n{"b"', { format: 'jsonl' }, 'line 2 of the output is not valid JSON'],
    ['text without keys', 'nothing here\n', { format: 'kv' }, 'the output has no line with a key and a value'],
    ['a NUL', 'a\0b', { format: 'text' }, 'the output is binary'],
    ['bytes that are no text', '\uFFFD\uFFFDab', { format: 'text' }, 'the output is binary'],
    [
      'rows of another form',
      'x y z\n',
      { format: 'table', pattern: '^(?<a>\\d+)$' },
      'no line of the output has the expected form',
    ],
  ])('refuses %s', (_what, text, output, expected) => {
    expect(why(text, output)).toBe(expected);
  });

  it('takes a name in an old encoding', () => {
    expect(why(`${'proc '.repeat(20)}caf\uFFFD\n`, { format: 'text' })).toBe('readable');
  });

  it('drops the half line at the end of cut output and says that it is partial', () => {
    const data = read('{"a":1}\n{"a":2', { format: 'jsonl' }, true);
    expect(data.root).toEqual({ items: [{ a: 1 }] });
    expect(data.isPartial).toBe(true);
    expect(why('{"a":1', { format: 'json' }, true)).toContain('cut');
  });

  it('never throws, whatever a program prints', () => {
    const format = fc.constantFrom<PlaybookOutput['format']>('text', 'json', 'jsonl', 'kv', 'table');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), format, fc.boolean(), (text, name, isPartial) => {
        expect(['parsed', 'unreadable']).toContain(parseOutput(text, { format: name }, { isPartial }).kind);
      }),
    );
  });
});
