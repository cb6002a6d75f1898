/** Source of random bytes as an argument, so that tests can repeat ids and nonces. */
export type RandomBytes = (size: number) => Uint8Array;

export const systemRandom: RandomBytes = (size) => crypto.getRandomValues(new Uint8Array(size));

/** Crockford's base32 alphabet in lower case: no i, l, o, u. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** `length` characters of Crockford base32; 5 random bits each. */
export function randomBase32(length: number, random: RandomBytes): string {
  return Array.from(random(length), (byte) => ALPHABET[byte & 31] ?? '0').join('');
}

/** Lower-case hex of `size` random bytes. */
export function randomHex(size: number, random: RandomBytes): string {
  return Buffer.from(random(size)).toString('hex');
}
