import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createRequestId,
  dayFolder,
  parseRequestId,
  requestMinute,
  slugOf,
  type RequestId,
} from '../../../src/domain/request-id.ts';
import { parseRequestPath, requestPath } from '../../../src/domain/repository-layout.ts';

const arbitraryId: fc.Arbitrary<RequestId> = fc
  .record({
    at: fc.date({ min: new Date('2000-01-01T00:00:00Z'), max: new Date('2999-12-31T23:59:59Z'), noInvalidDate: true }),
    slug: fc.oneof(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.lorem()),
    random: fc.uint8Array({ minLength: 4, maxLength: 4 }),
  })
  .map(({ at, slug, random }) => createRequestId({ at, slug, random: () => random }));

describe('request id', () => {
  it('is made of minute, slug and four random characters', () => {
    const at = new Date('2026-11-20T14:30:59.999Z');
    const random = (): Uint8Array => Uint8Array.of(0, 9, 10, 31);
    expect(createRequestId({ at, slug: 'API timeout!', random })).toBe('2026-11-20-1430-api-timeout-09az');
  });

  it('is accepted by its own parser, whatever it is made from', () => {
    fc.assert(fc.property(arbitraryId, (id) => parseRequestId(id) === id && id.length <= 51));
  });

  it('leads to a path and back', () => {
    fc.assert(
      fc.property(arbitraryId, (id) => {
        const file = parseRequestPath(requestPath(id));
        return file?.kind === 'request' && file.id === id;
      }),
    );
  });

  it('begins with the minute in UTC', () => {
    fc.assert(
      fc.property(arbitraryId, (id) => {
        const minute = requestMinute(id).toISOString();
        return id.startsWith(`${minute.slice(0, 10)}-${minute.slice(11, 13)}${minute.slice(14, 16)}-`);
      }),
    );
  });

  it('sorts by time', () => {
    fc.assert(
      fc.property(arbitraryId, arbitraryId, (left, right) => {
        const [a, b] = [requestMinute(left).getTime(), requestMinute(right).getTime()];
        return a === b || a < b === left < right;
      }),
    );
  });

  it('names a folder for each day', () => {
    const id = parseRequestId('2026-11-20-1430-api-timeout-k7m2');
    expect(id === undefined ? '' : dayFolder(id)).toBe('2026/11/20');
  });

  it.each([
    ['nothing', ''],
    ['upper case', '2026-11-20-1430-API-timeout-k7m2'],
    ['letters that are mistaken for digits', '2026-11-20-1430-api-timeout-k7l2'],
    ['no slug', '2026-11-20-1430-k7m2'],
    ['a slug that begins with a hyphen', '2026-11-20-1430--api-k7m2'],
    ['a slug that ends with a hyphen', '2026-11-20-1430-api--k7m2'],
    ['a slug that is too long', `2026-11-20-1430-${'a'.repeat(31)}-k7m2`],
    ['a day that does not exist', '2026-02-30-1430-api-k7m2'],
    ['a month that does not exist', '2026-13-01-1430-api-k7m2'],
    ['an hour that does not exist', '2026-11-20-2400-api-k7m2'],
    ['a minute that does not exist', '2026-11-20-1460-api-k7m2'],
    ['a line break at the end', '2026-11-20-1430-api-timeout-k7m2\n'],
    ['a way out of the folder', '../2026-11-20-1430-api-timeout-k7m2'],
    ['an option', '--2026-11-20-1430-api-timeout-k7m2'],
    ['digits of another script', '２０２６-11-20-1430-api-timeout-k7m2'],
    ['a dot', '2026-11-20-1430-api.timeout-k7m2'],
  ])('refuses %s', (_, text) => {
    expect(parseRequestId(text)).toBeUndefined();
  });

  it('accepts the last minute of a leap day', () => {
    expect(parseRequestId('2028-02-29-2359-a-0000')).toBe('2028-02-29-2359-a-0000');
    expect(parseRequestId('2026-02-29-2359-a-0000')).toBeUndefined();
  });
});

describe('slug', () => {
  it.each([
    ['API server answers after 30 s', 'api-server-answers-after-30-s'],
    ['  --Zähler: läuft über!  ', 'zahler-lauft-uber'],
    ['one two three four five six seven eight', 'one-two-three-four-five-six'],
    ['x'.repeat(50), 'x'.repeat(30)],
    ['поломка', 'request'],
    ['', 'request'],
    ['🔥', 'request'],
    ['$(rm -rf /)', 'rm-rf'],
  ])('of %j is %s', (text, slug) => {
    expect(slugOf(text)).toBe(slug);
  });

  it('is its own slug', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => slugOf(slugOf(text)) === slugOf(text)));
  });
});
