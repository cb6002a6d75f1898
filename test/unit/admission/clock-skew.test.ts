import { describe, expect, it } from 'vitest';
import { clockSkew } from '../../../src/admission/clock-skew.ts';

describe('the difference of two clocks', () => {
  it.each([
    ['a minute behind', '2026-11-20T14:21:00Z'],
    ['exactly five minutes ahead', '2026-11-20T14:15:00Z'],
    ['an hour behind, which is how long it lay there', '2026-11-20T15:20:00Z'],
  ])('is forgiven: %s', (_what, now) => {
    expect(clockSkew('2026-11-20T14:20:00Z', new Date(now))).toBeUndefined();
  });

  it('is told with both times, and blames neither of the two', () => {
    expect(clockSkew('2026-11-20T14:40:00Z', new Date('2026-11-20T14:19:30.123Z'))).toEqual({
      message: 'dated 2026-11-20T14:40:00Z, 20 minutes ahead of the clock of this processor (2026-11-20T14:19:30Z)',
      hint: 'one of the two clocks is wrong: compare both with the right time, the one of the machine that sends (date -u) and the one of the processor; then send it again',
    });
  });
});
