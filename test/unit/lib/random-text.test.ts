import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomBase32, randomHex, systemRandom } from '../../../src/lib/random-text.ts';

describe('random text', () => {
  it('has the asked length and only characters that nobody confuses', () => {
    fc.assert(
      fc.property(fc.nat(64), fc.uint8Array({ minLength: 64, maxLength: 64 }), (length, bytes) => {
        const text = randomBase32(length, (size) => bytes.slice(0, size));
        return text.length === length && /^[0-9a-hjkmnp-tv-z]*$/u.test(text);
      }),
    );
  });

  it('uses each of the 32 characters equally often', () => {
    const text = randomBase32(256, (size) => Uint8Array.from({ length: size }, (_, index) => index));
    const counts = new Map<string, number>();
    for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
    expect([...counts.values()]).toEqual(Array.from({ length: 32 }, () => 8));
  });

  it('writes two hex digits for each byte', () => {
    expect(randomHex(3, () => Uint8Array.of(0, 15, 255))).toBe('000fff');
  });

  it('takes from the system as many bytes as it is asked for, new ones each time', () => {
    expect(systemRandom(16)).toHaveLength(16);
    expect(randomHex(16, systemRandom)).not.toBe(randomHex(16, systemRandom));
  });
});
