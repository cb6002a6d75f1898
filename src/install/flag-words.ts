import { isIPv4, isIPv6 } from 'node:net';
import { WarroomError } from '../domain/errors.ts';
import { nearestName } from '../lib/nearest-name.ts';

/** Words of the command line as values that manifests can hold. Each throws `usage` with the flag that it is about. */

/** An address alone means just that one. */
export function parseCidr(flag: string, text: string): string {
  const [address = '', length, ...more] = text.split('/');
  const most = isIPv4(address) ? 32 : isIPv6(address) ? 128 : undefined;
  const bits = length === undefined ? most : /^\d{1,3}$/u.test(length) ? Number(length) : undefined;
  if (most === undefined || bits === undefined || bits > most || more.length > 0) {
    throw bad(flag, text, 'it must be an address such as 192.0.2.10, or a range such as 192.0.2.0/28');
  }
  if (bits < 8) throw bad(flag, text, 'so wide a range is no fence');
  return `${address}/${bits}`;
}

export function parsePort(flag: string, text: string): number {
  const port = /^\d{1,5}$/u.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw bad(flag, text, 'it must be a port from 1 to 65535');
  return port;
}

export function matching(
  flag: string,
  text: string,
  { pattern, example }: { readonly pattern: RegExp; readonly example: string },
): string {
  if (pattern.test(text)) return text;
  throw bad(flag, text, `it must look like ${example}`);
}

export function oneOf<Word extends string>(flag: string, text: string, words: readonly Word[]): Word {
  const word = words.find((each) => each === text);
  if (word !== undefined) return word;
  const nearest = nearestName(text, words);
  const guess = nearest === undefined ? '' : ` (did you mean ${nearest}?)`;
  throw bad(flag, text, `it must be one of ${words.join(', ')}${guess}`);
}

export function bad(flag: string, text: string, why: string): WarroomError {
  return new WarroomError('usage', `${flag}: ${JSON.stringify(text)} cannot be used`, { why });
}
