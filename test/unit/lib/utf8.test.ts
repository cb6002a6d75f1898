import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeUtf8 } from '../../../src/lib/utf8.ts';

describe('UTF-8', () => {
  it('gives back every text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        // A byte order mark at the beginning is a sign for readers, not part of the text.
        fc.pre(!text.startsWith('\ufeff'));
        return decodeUtf8(Buffer.from(text)) === text;
      }),
    );
  });

  it.each([
    ['a byte that is never used', [0x61, 0xff]],
    ['a cut sequence', [0xe2, 0x82]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['half of a surrogate pair', [0xed, 0xa0, 0x80]],
    ['Latin-1', [0x63, 0x61, 0x66, 0xe9]],
  ])('refuses %s', (_, bytes) => {
    expect(decodeUtf8(Uint8Array.from(bytes))).toBeUndefined();
  });
});
