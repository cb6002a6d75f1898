import fc from 'fast-check';
import { expect, it } from 'vitest';
import { matchesGlob } from '../../../src/policy/glob.ts';
import { cpuTimeMs } from '../../support/cpu-time.ts';

it.each([
  ['*', '', true],
  ['*', 'anything', true],
  ['hub-*', 'hub-', true],
  ['hub-*', 'hub-1', true],
  ['hub-*', 'my-hub-1', false],
  ['*-test', 'a-test-b', false],
  ['*-test', 'a-test-test', true],
  ['?', '', false],
  ['?', 'a', true],
  ['?', 'ab', false],
  ['a*b*c', 'aXbXbXc', true],
  ['a*b*c', 'aXbXb', false],
  ['hub-1', 'hub-1', true],
  ['hub-1', 'hub-11', false],
  ['', '', true],
  ['', 'a', false],
  ['**', 'abc', true],
])('%j matches %j: %s', (pattern, name, expected) => {
  expect(matchesGlob(pattern, name)).toBe(expected);
});

it('means the same as a regular expression', () => {
  const word = fc.stringMatching(/^[ab-]{0,8}$/u);
  const pattern = fc.stringMatching(/^[ab*?-]{0,8}$/u);
  fc.assert(
    fc.property(pattern, word, (glob, name) => {
      const source = Array.from(glob, (sign) => (sign === '*' ? '.*' : sign === '?' ? '.' : sign)).join('');
      expect(matchesGlob(glob, name)).toBe(new RegExp(`^${source}$`, 'u').test(name));
    }),
    { numRuns: 2000 },
  );
});

it('takes no time to speak of for the worst pattern', () => {
  const ms = cpuTimeMs(() => {
    expect(matchesGlob(`${'*a'.repeat(31)}b`, 'a'.repeat(63))).toBe(false);
  });
  expect(ms).toBeLessThan(1000);
});
