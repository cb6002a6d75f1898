import { describe, expect, it } from 'vitest';
import { shortenLine } from '../../../src/playbook/shorten-line.ts';

const LONG = 'x'.repeat(200_000);
const plain = { isJson: true, isQuoted: false };

describe('a line that is too long', () => {
  it.each<[string, string]>([
    ['an entry', `  "note": ${JSON.stringify(`\\"${LONG}`)},`],
    ['a last entry', `"note": ${JSON.stringify(LONG)}`],
  ])('stays JSON: %s', (_what, line) => {
    const short = shortenLine(line, plain);
    expect(short.length).toBeLessThan(17_000);
    expect(short.endsWith(',')).toBe(line.endsWith(','));
    expect(JSON.parse(`{${short.replace(/,$/u, '')}}`)).toHaveProperty('note', expect.stringMatching(/x…$/u));
  });

  it.each([`  ${JSON.stringify(LONG)},`, `  ${JSON.stringify(LONG)}: 1,`])(
    'is left as it is where it has no name, or is one',
    (line) => {
      expect(shortenLine(line, plain)).toBe(line);
    },
  );

  it('keeps more of what is quoted, and ends with a word', () => {
    const words = 'words '.repeat(20_000);
    expect(shortenLine(words, { isJson: false, isQuoted: true }).length).toBeGreaterThan(60_000);
    expect(shortenLine(words, { isJson: false, isQuoted: false }).endsWith('words…')).toBe(true);
    expect(shortenLine('short', { isJson: false, isQuoted: false })).toBe('short');
  });
});
