import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createLineReader } from '../../../src/lib/line-reader.ts';

function read(chunks: readonly Buffer[], maxLineBytes = 1000): { lines: string[]; skipped: number } {
  const lines: string[] = [];
  let skipped = 0;
  const reader = createLineReader({
    maxLineBytes,
    onLine: (line) => lines.push(line),
    onSkipped: () => (skipped += 1),
  });
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return { lines, skipped };
}

it('gives the same lines however the bytes are cut', () => {
  const lines = fc.array(fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => text.replaceAll('\n', ' ')));
  fc.assert(
    fc.property(lines, fc.array(fc.nat(200)), (texts, cuts) => {
      const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(''));
      const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).toSorted((one, other) => one - other)];
      const chunks = places.map((place, index) => bytes.subarray(place, places[index + 1] ?? bytes.length));
      expect(read(chunks).lines).toEqual(texts);
    }),
  );
});

it('gives a last line without an end, and no empty lines', () => {
  expect(read([Buffer.from('a\n\nb')]).lines).toEqual(['a', 'b']);
});

it('skips a line that is too long, and goes on after it', () => {
  const chunks = ['ok\n', 'x'.repeat(8), 'x'.repeat(8), 'x\nok', '\n'].map((text) => Buffer.from(text));
  expect(read(chunks, 10)).toEqual({ lines: ['ok', 'ok'], skipped: 1 });
});
