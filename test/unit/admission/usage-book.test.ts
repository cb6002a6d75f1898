import { describe, expect, it } from 'vitest';
import type { LedgerEvent } from '../../../src/admission/ledger-format.ts';
import { createUsageBook, type UsageBook } from '../../../src/admission/usage-book.ts';
import { cpuMsSince } from '../../support/cpu-time.ts';

const WHO = 'alice@example.com';
const DAY = '2026-11-20';

function noted(...events: readonly (readonly [time: string, event: LedgerEvent])[]): UsageBook {
  const book = createUsageBook();
  for (const [index, [time, event]] of events.entries()) {
    book.note({ ...event, seq: index + 1, at: time.includes('T') ? time : `${DAY}T${time}:00.000Z`, prev: '' });
  }
  return book;
}

function accepted(id: string, requester = WHO): LedgerEvent {
  return { event: 'accepted', id, sha256: '', nonce: id, requester };
}

function started(id: string, seconds = 600): LedgerEvent {
  return { event: 'started', id, attempt: 1, incarnation: 'i', seconds };
}

function finished(id: string, ms?: number): LedgerEvent {
  return { event: 'finished', id, attempt: 1, phase: 'succeeded', ...(ms === undefined ? {} : { ms }) };
}

const opened: LedgerEvent = { event: 'opened', incarnation: 'i', version: '1' };

describe('the book of use', () => {
  it('counts accepted requests of each person by moment and day', () => {
    const book = noted(['13:00', accepted('a')], ['14:00', accepted('b')], ['14:30', accepted('c', 'bob@example.com')]);
    expect(book.requestsSince(WHO, Date.parse(`${DAY}T13:00:00Z`))).toEqual([Date.parse(`${DAY}T14:00:00Z`)]);
    expect(book.requestsOfDay(WHO, DAY)).toBe(2);
    expect(book.requestsOfDay(WHO, '2026-11-21')).toBe(0);
    expect([...book.people()]).toEqual([WHO, 'bob@example.com']);
    expect(book.requestsOfDay('nobody', DAY)).toBe(0);
  });

  it.each<[string, readonly (readonly [string, LedgerEvent])[], { used: number; reserved: number }]>([
    ['its whole timeout while it runs', [], { used: 0, reserved: 10 }],
    ['what it took, by the clock that nobody sets', [['14:30', finished('a', 90_000)]], { used: 1.5, reserved: 0 }],
    ['the time between, when an older ledger does not say', [['14:04', finished('a')]], { used: 4, reserved: 0 }],
    ['its whole timeout, when the clock was set back meanwhile', [['13:00', finished('a')]], { used: 10, reserved: 0 }],
    [
      'what it took before it was handed back',
      [['14:02', { event: 'handed-back', id: 'a', attempt: 1, ms: 60_000 }]],
      { used: 1, reserved: 0 },
    ],
    ['its whole timeout after a crash', [['15:00', opened]], { used: 10, reserved: 0 }],
    [
      'both attempts',
      [
        ['15:00', opened],
        ['15:01', started('a')],
      ],
      { used: 10, reserved: 10 },
    ],
  ])('counts for an attempt %s', (_, events, expected) => {
    expect(noted(['14:00', accepted('a')], ['14:00', started('a')], ...events).timeOfDay(WHO, DAY)).toEqual(expected);
  });

  it('counts on when the clock is set back, by a minute or by days', () => {
    const book = noted(
      ['2026-11-25T10:00:00Z', accepted('a')],
      ['2026-11-25T10:00:00Z', started('a')],
      ['2026-11-25T10:01:00Z', finished('a', 60_000)],
      ['14:00', accepted('b')],
    );
    expect(book.requestsSince(WHO, Date.parse(`${DAY}T13:00:00Z`))).toHaveLength(2);
    expect(book.requestsOfDay(WHO, DAY)).toBe(2);
    expect(book.timeOfDay(WHO, DAY).used).toBe(1);
  });

  it('forgets days that are long gone, and only those', () => {
    const old = Array.from({ length: 100 }, (_, index) => ['2026-11-01T10:00:00Z', accepted(`o${index}`)] as const);
    const book = noted(...old, ['2026-11-19T10:00:00Z', accepted('y')], ['14:00', accepted('t')]);
    expect(book.requestsSince(WHO, 0)).toHaveLength(2);
    expect(book.requestsOfDay(WHO, '2026-11-01')).toBe(2);
  });

  it('takes each event in no time, however many there were', () => {
    const book = createUsageBook();
    const before = process.cpuUsage();
    for (let index = 0; index < 50_000; index++) {
      const at = new Date(Date.parse(`${DAY}T00:00:00Z`) + index * 1000).toISOString();
      book.note({ ...accepted(`r${index}`), seq: index, at, prev: '' });
      book.requestsSince(WHO, Date.parse(at) - 1000);
    }
    expect(book.requestsOfDay(WHO, DAY)).toBe(50_000);
    expect(cpuMsSince(before)).toBeLessThan(10_000);
  });
});
