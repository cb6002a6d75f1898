import { describe, expect, it } from 'vitest';
import { parseDurationMs, parseMoment } from '../../../src/playbook/duration.ts';
import { parsePattern } from '../../../src/playbook/pattern.ts';

describe('patterns', () => {
  it.each(['(a+)+$', '(?:\\w*x)*', '(a*){2,}', '(', '[b-a]', 'x'.repeat(501)])('refuses %s', (text) => {
    expect(parsePattern(text)).toBeUndefined();
  });

  it.each(['^(?<time>\\S+) (?:\\S+ kernel: )?(?<message>.*)$', '(?:a|b)+', '[(+]+', '\\(a+\\)+'])(
    'takes %s',
    (text) => {
      expect(parsePattern(text)).toBeInstanceOf(RegExp);
    },
  );
});

describe('durations and moments', () => {
  it.each([
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['24h', 86_400_000],
    ['7d', 604_800_000],
    ['0s', undefined],
    ['-1h', undefined],
    ['1w', undefined],
    ['10000s', undefined],
  ])('%s is %s ms', (text, expected) => {
    expect(parseDurationMs(text)).toBe(expected);
  });

  it.each(['2026-02-30', 'Fri Nov 20 12:00', '2026-13-01T00:00:00Z', '2026-11-20T12:00:00'])(
    'finds no moment in %s',
    (text) => {
      expect(parseMoment(text)).toBeUndefined();
    },
  );
});
