import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newestLines } from '../../../src/playbook/newest-lines.ts';

const lines = (prefix: string, count: number): string =>
  Array.from({ length: count }, (_, index) => `${prefix}${String(index).padStart(3, '0')}\n`).join('');

describe('the newest lines of a log', () => {
  it.each([
    ['all of a short one', 'a\nb\n', 10, false, 'a\nb\n', false],
    ['all of one without a line end', 'a\nb', 10, false, 'a\nb', false],
    ['the last ones', 'one\ntwo\nthree\n', 10, false, 'two\nthree\n', true],
    ['none that is half', 'one\ntwo\nthree\n', 9, false, 'three\n', true],
    ['none whose start was lost', 'ne\ntwo\n', 10, true, 'two\n', false],
    ['none of one that is too long', 'x'.repeat(100), 10, false, '', true],
    ['whole characters', 'ååå\nåå\n', 5, false, 'åå\n', true],
  ])('are %s', (_name, text, maxBytes, hasLostStart, expected, isCut) => {
    expect(newestLines(text, { maxBytes, hasLostStart })).toEqual({ text: expected, isCut });
  });

  it('come from every pod, and what a quiet one does not need goes to the others', () => {
    const quiet = '[pod/etcd-2/etcd] 000\n';
    const text = lines('[pod/etcd-0/etcd] ', 100) + lines('[pod/etcd-1/etcd] ', 100) + quiet;
    const size = quiet.length;
    const { text: kept } = newestLines(text, { maxBytes: size * 11, hasLostStart: false });
    expect(kept).toBe(
      ['0', '1'].flatMap((pod) => [95, 96, 97, 98, 99].map((each) => `[pod/etcd-${pod}/etcd] 0${each}\n`)).join('') +
        quiet,
    );
  });

  it('are whole lines of the text in their order, no more than fit, and stay when they are cut again', () => {
    const line = fc.record({ pod: fc.integer({ min: 0, max: 3 }), text: fc.string({ maxLength: 20 }) });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), fc.integer({ min: 1, max: 400 }), (given, maxBytes) => {
        const text = given.map(({ pod, text: words }) => `[pod/p${pod}/c] ${words.replace(/\n/gu, ' ')}\n`).join('');
        const kept = newestLines(text, { maxBytes, hasLostStart: false });
        expect(Buffer.byteLength(kept.text)).toBeLessThanOrEqual(maxBytes);
        expect(kept.isCut).toBe(kept.text !== text);
        let at = 0;
        for (const each of kept.text.split(/(?<=\n)/u)) {
          const found = text.indexOf(each, at);
          expect(found).toBeGreaterThanOrEqual(at);
          at = found + each.length;
        }
        expect(newestLines(kept.text, { maxBytes, hasLostStart: false })).toEqual({ text: kept.text, isCut: false });
      }),
      { numRuns: 60 },
    );
  });
});
