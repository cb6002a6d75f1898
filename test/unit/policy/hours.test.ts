import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileHours, isOpen, nextOpening, type OpeningHours } from '../../../src/policy/hours.ts';
import type { PolicyHours } from '../../../src/schema/generated.ts';

const MINUTE_MS = 60_000;
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

function hours(change: Partial<PolicyHours>): OpeningHours {
  const base: PolicyHours = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '07:00', to: '19:00' };
  return compileHours({ ...base, ...change }, 'Europe/Oslo');
}

describe('opening hours', () => {
  // 2026-11-20 is a Friday; Oslo is one hour ahead of UTC then.
  it.each<[string, Partial<PolicyHours>, string, boolean]>([
    ['at the first minute', {}, '2026-11-20T06:00:00Z', true],
    ['a moment before', {}, '2026-11-20T05:59:59Z', false],
    ['in the last minute', {}, '2026-11-20T17:59:59Z', true],
    ['when they are over', {}, '2026-11-20T18:00:00Z', false],
    ['on another day', {}, '2026-11-21T12:00:00Z', false],
    ['in a zone of their own', { timeZone: 'Asia/Tokyo' }, '2026-11-19T22:00:00Z', true],
    ['up to the end of the day', { to: '24:00' }, '2026-11-20T22:59:00Z', true],
    ['before midnight', { from: '22:00', to: '06:00' }, '2026-11-20T22:30:00Z', true],
    [
      'after midnight of a night that began on a listed day',
      { from: '22:00', to: '06:00' },
      '2026-11-21T04:59:00Z',
      true,
    ],
    ['after midnight of a night that did not', { from: '22:00', to: '06:00' }, '2026-11-16T04:59:00Z', false],
    ['when that night is over', { from: '22:00', to: '06:00' }, '2026-11-21T05:00:00Z', false],
  ])('are open or not %s', (_, change, at, expected) => {
    expect(isOpen(hours(change), new Date(at))).toBe(expected);
  });

  it.each<[string, Partial<PolicyHours>, string, string]>([
    ['the same day', {}, '2026-11-20T03:10:30Z', '2026-11-20T06:00:00.000Z'],
    ['after a weekend', {}, '2026-11-20T18:00:00Z', '2026-11-23T06:00:00.000Z'],
    ['in a week', { days: ['fri'] }, '2026-11-20T18:00:00Z', '2026-11-27T06:00:00.000Z'],
    [
      'over the day when clocks are set forward',
      { days: [...DAYS] },
      '2026-03-28T20:00:00Z',
      '2026-03-29T05:00:00.000Z',
    ],
    ['over the day when clocks are set back', { days: [...DAYS] }, '2026-10-24T20:00:00Z', '2026-10-25T06:00:00.000Z'],
    [
      'at the end of an hour that does not exist',
      { days: ['sun'], from: '02:30' },
      '2026-03-28T20:00:00Z',
      '2026-03-29T01:00:00.000Z',
    ],
    [
      'never in the hour that does not exist',
      { days: ['sun'], from: '02:15', to: '02:45' },
      '2026-03-28T20:00:00Z',
      '2026-04-05T00:15:00.000Z',
    ],
    [
      'a second time in the hour that comes twice',
      { days: ['sun'], from: '02:00', to: '02:30' },
      '2026-10-25T00:40:00Z',
      '2026-10-25T01:00:00.000Z',
    ],
  ])('open next %s', (_, change, now, expected) => {
    expect(nextOpening(hours(change), new Date(now))?.toISOString()).toBe(expected);
  });

  it('open next at the first open minute that one finds by looking at each', () => {
    const time = fc.integer({ min: 0, max: 95 }).map((quarter) => {
      return `${String(Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`;
    });
    const moments = fc.constantFrom('2026-03-27', '2026-03-29', '2026-10-23', '2026-10-25', '2026-06-10');
    const zones = fc.constantFrom('Europe/Oslo', 'America/New_York', 'Australia/Lord_Howe', 'UTC', 'Asia/Kathmandu');
    const days = fc.uniqueArray(fc.constantFrom(...DAYS), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(time, time, moments, zones, days, fc.nat(1439), (from, to, day, timeZone, listed, minute) => {
        fc.pre(from !== to);
        const open = compileHours({ days: listed, from, to, timeZone }, 'UTC');
        const now = new Date(Date.parse(`${day}T00:00:00Z`) + minute * MINUTE_MS);
        if (isOpen(open, now)) return;
        const found = nextOpening(open, now);
        let looked = now.getTime() + MINUTE_MS;
        const end = Math.min(found?.getTime() ?? Infinity, now.getTime() + 2 * 1440 * MINUTE_MS);
        while (looked < end && !isOpen(open, new Date(looked))) looked += MINUTE_MS;
        expect(looked).toBe(end);
        if (found !== undefined) expect(isOpen(open, found)).toBe(true);
      }),
      { numRuns: 25 },
    );
  }, 30_000);
});
