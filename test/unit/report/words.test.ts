import { describe, expect, it } from 'vitest';
import { sinceText } from '../../../src/report/words.ts';

describe('since when something is so', () => {
  it.each([
    ['2026-11-20T11:59:30Z', 'since 2026-11-20 11:59 UTC (30 s)'],
    ['2026-11-20T11:40:00Z', 'since 2026-11-20 11:40 UTC (20 min)'],
    ['2026-11-20T07:00:00Z', 'since 2026-11-20 07:00 UTC (5 h)'],
    ['2026-11-01T00:00:00Z', 'since 2026-11-01 00:00 UTC (19 d)'],
    // A clock that goes wrong must not make anything last a negative time.
    ['2026-11-20T12:10:00Z', 'since 2026-11-20 12:10 UTC'],
  ])('%s is said as %s', (since, text) => {
    expect(sinceText(since, '2026-11-20T12:00:00Z')).toBe(text);
  });
});
