import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keepLines } from '../../../src/playbook/keep-lines.ts';
import { isMark, withoutMarks } from '../../../src/playbook/left-out.ts';
import { parseOutput, type StepData } from '../../../src/playbook/parse-output.ts';
import { quotedLines } from '../../../src/playbook/quote.ts';
import type { PlaybookOutput } from '../../../src/schema/generated.ts';

function dataOf(text: string, output: PlaybookOutput = { format: 'text' }): StepData {
  const parsed = parseOutput(text, output, { isPartial: false });
  if (parsed.kind === 'unreadable') throw new Error(parsed.why);
  return parsed.data;
}

function jsonOf(value: unknown): StepData {
  return dataOf(JSON.stringify(value), { format: 'json' });
}

const textOf = ({ lines }: StepData): string => lines.join('\n');

const numbered = (count: number): string =>
  Array.from({ length: count }, (_, index) => `line ${String(index).padStart(4, '0')}\n`).join('');

const podOf = (number: number): object => ({
  metadata: { name: `web-${number}`, labels: { app: 'web' } },
  spec: { env: [{ name: 'PASSWORD', value: `secret-${number}` }] },
  status: { phase: 'Running' },
});

/** Line of a list of pods that says the name of one. */
const lineOfPod = (data: StepData, number: number): number =>
  data.lines.findIndex((line) => line.includes(`"web-${number}"`));

describe('what is kept of a text that is too long', () => {
  it('is its beginning and what is quoted, with a mark for every gap and one that sums up', () => {
    const kept = keepLines(dataOf(numbered(1000)), { maxBytes: 350, quoted: [500], rest: 'first' });
    expect(textOf(kept)).toBe(
      [
        'line 0000\nline 0001\nline 0002\nline 0003\nline 0004\nline 0005\nline 0006\nline 0007',
        '--- left out: 492 lines ---',
        'line 0500',
        '--- left out: 499 lines ---',
        '--- left out: 991 of 1,000 lines, 9,910 of 10,000 bytes; what is quoted was kept first ---',
        '',
      ].join('\n'),
    );
  });

  it('is of a log the newest lines of every pod, and a quoted older one', () => {
    const log = ['a', 'b'].map((pod) => numbered(300).replaceAll('line', `[pod/${pod}/main] line`)).join('');
    const kept = keepLines(dataOf(log), { maxBytes: 500, quoted: [3], rest: 'newest' });
    expect(kept.lines.filter((line) => !isMark(line) && line !== '')).toEqual([
      '[pod/a/main] line 0003',
      ...['[pod/a/main] line 0298', '[pod/a/main] line 0299'],
      ...['[pod/b/main] line 0297', '[pod/b/main] line 0298', '[pod/b/main] line 0299'],
    ]);
  });

  it('shortens lines that nobody can read, less when they are quoted', () => {
    const data = dataOf(`${'word '.repeat(20_000)}\n${'x'.repeat(100_000)}\nthe end\n`);
    const kept = keepLines(data, { maxBytes: 120_000, quoted: [1], rest: 'first' });
    const [words = '', letters = '', end] = kept.lines;
    expect([words.length, letters.length, end]).toEqual([16_380, 64 * 1024 + 1, 'the end']);
    expect(words.endsWith('word…')).toBe(true);
  });

  it('is the rest when one line is longer than everything that fits', () => {
    const kept = keepLines(dataOf(`${'x'.repeat(5000)}\nshort\n`), { maxBytes: 1000, quoted: [0, 1], rest: 'first' });
    expect(kept.lines).toContain('short');
  });
});

describe('what is kept of a document that is too long', () => {
  const pods = jsonOf({ kind: 'List', items: Array.from({ length: 500 }, (_, index) => podOf(index)) });

  it('holds the whole object that is quoted, though it is the last, and others from the beginning', () => {
    const kept = keepLines(pods, { maxBytes: 6000, quoted: [lineOfPod(pods, 499)], rest: 'first' });
    expect(JSON.parse(withoutMarks(textOf(kept)))).toEqual({
      kind: 'List',
      items: [...Array.from({ length: 16 }, (_, index) => podOf(index)), podOf(499)],
    });
  });

  it('finds the lines of an object again, and none of one that was left out', () => {
    const { items } = pods.root as { readonly items: readonly { readonly status: { readonly phase: string } }[] };
    const wanted = (number: number) => ({
      item: items[number],
      fields: [{ parent: items[number]?.status, key: 'phase', value: 'Running' }],
    });
    const quoted = quotedLines(pods, wanted(499)) ?? [];
    const kept = keepLines(pods, { maxBytes: 2000, quoted, rest: 'first' });
    const [from = -1, to = -1] = quotedLines(kept, wanted(499)) ?? [];
    expect(kept.lines.slice(from, to + 1).join('\n')).toContain('"phase": "Running"');
    expect(kept.lines.slice(0, from).join('\n')).toContain('"web-499"');
    expect(quotedLines(kept, wanted(300))).toBeUndefined();
    expect(kept.root).toBe(pods.root);
  });

  it('keeps the name beside a value, where the object around them does not fit', () => {
    const data = jsonOf({ items: [{ ...podOf(7), notes: Array.from({ length: 300 }, () => 'some words of a note') }] });
    const line = data.lines.findIndex((each) => each.includes('secret-7'));
    const kept = keepLines(data, { maxBytes: 700, quoted: [line], rest: 'first' });
    expect(JSON.parse(withoutMarks(textOf(kept)))).toMatchObject({
      items: [{ spec: { env: [{ name: 'PASSWORD', value: 'secret-7' }] } }],
    });
  });

  it('goes on behind a text that is too long for anything', () => {
    const data = jsonOf({ items: [{ notes: 'x'.repeat(9000) }, podOf(1)] });
    expect(JSON.parse(withoutMarks(textOf(keepLines(data, { maxBytes: 1200, quoted: [], rest: 'first' }))))).toEqual({
      items: [{}, podOf(1)],
    });
  });

  const json = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 5 }, fc.string(), fc.integer(), fc.boolean(), tie('list'), tie('record')),
    list: fc.array(tie('value'), { maxLength: 6 }),
    record: fc.dictionary(fc.string({ maxLength: 6 }), tie('value'), { maxKeys: 6 }),
  }));

  it('is a document that fits, made of nothing but its lines', () => {
    fc.assert(
      fc.property(
        fc.array(json.record, { minLength: 1, maxLength: 12 }),
        fc.array(fc.nat(), { maxLength: 3 }),
        fc.integer({ min: 400, max: 1500 }),
        (items, picks, maxBytes) => {
          const data = jsonOf({ items });
          const quoted = picks.map((pick) => pick % (data.lines.length - 1));
          const kept = keepLines(data, { maxBytes, quoted, rest: 'first' });
          expect(Buffer.byteLength(textOf(kept))).toBeLessThanOrEqual(maxBytes);
          const plain = kept.lines.filter((line) => !isMark(line)).join('\n');
          if (plain !== '') JSON.parse(plain);
          const plainLine = (line: string): string => line.replace(/,$/u, '');
          const known = new Set(data.lines.map(plainLine));
          for (const line of kept.lines) expect(isMark(line) || known.has(plainLine(line))).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });
});
