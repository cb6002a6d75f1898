import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSpendBook, readDaySpend, type DaySpend, type SpendBook } from '../../../src/claude/spend-book.ts';
import { systemClock, type Clock } from '../../../src/lib/clock.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

const DAY = '2026-11-20';
let folder: TempFolder;
let file: string;

beforeEach(async () => {
  folder = await createTempFolder();
  file = join(folder.path, 'spend.json');
});

afterEach(async () => {
  await folder.close();
});

function clockAt(time: string): Clock {
  return { ...systemClock, now: () => new Date(time) };
}

async function openAt(time: string, limits = { requesterUsd: 20, totalUsd: 100 }): Promise<SpendBook> {
  return await openSpendBook({ file, limits, clock: clockAt(time) });
}

it('knows after a restart what was spent today', async () => {
  const book = await openAt(`${DAY}T10:00:00Z`);
  book.add({ requester: 'a@example.com', day: DAY, usd: 12 });
  book.add({ requester: 'a@example.com', day: DAY, usd: 3 });
  await book.flush();
  const again = await openAt(`${DAY}T23:59:59Z`);
  expect(again.budget('a@example.com')).toEqual({ kind: 'left', usd: 5 });
  expect(again.budget('b@example.com')).toEqual({ kind: 'left', usd: 20 });
});

it('says when a requester who has used up the day can try again', async () => {
  const book = await openAt(`${DAY}T10:00:00Z`);
  book.add({ requester: 'A@Example.com ', day: DAY, usd: 20 });
  expect(book.budget('a@example.com')).toEqual({
    kind: 'used-up',
    whose: 'requester',
    tryAgainAt: new Date('2026-11-21T00:00:00.000Z'),
  });
  await book.flush();
});

it('stops everybody when all together have used up the day', async () => {
  const book = await openAt(`${DAY}T10:00:00Z`, { requesterUsd: 20, totalUsd: 25 });
  book.add({ requester: 'a@example.com', day: DAY, usd: 15 });
  expect(book.budget('b@example.com')).toEqual({ kind: 'left', usd: 10 });
  book.add({ requester: 'b@example.com', day: DAY, usd: 10 });
  expect(book.budget('c@example.com')).toMatchObject({ kind: 'used-up', whose: 'everybody' });
  await book.flush();
});

it('begins a new day at midnight UTC, and forgets what comes late for the old one', async () => {
  const book = await openAt('2026-11-21T00:00:00Z');
  book.add({ requester: 'a@example.com', day: DAY, usd: 20 });
  expect(book.budget('a@example.com')).toEqual({ kind: 'left', usd: 20 });
  book.add({ requester: 'a@example.com', day: '2026-11-21', usd: 1 });
  book.add({ requester: 'a@example.com', day: DAY, usd: 20 });
  expect(book.budget('a@example.com')).toEqual({ kind: 'left', usd: 19 });
  await book.flush();
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
    ...{ day: '2026-11-21', usd: { 'a@example.com': 1 }, sessionUsd: 0 },
  });
});

it('tells whoever looks what the day has cost, and what of it was for sessions', async () => {
  const look = async (time: string): Promise<DaySpend> => await readDaySpend(file, new Date(time));
  expect(await look(`${DAY}T10:00:00Z`)).toEqual({ usd: 0, sessionUsd: 0 });
  await writeFile(file, `{"day":"${DAY}","usd":{"a@example.com":1}}`);
  expect(await look(`${DAY}T10:00:00Z`)).toEqual({ usd: 1, sessionUsd: 0 });
  const book = await openAt(`${DAY}T10:00:00Z`);
  book.add({ requester: 'a@example.com', day: DAY, usd: 2 }, 'session');
  book.add({ requester: 'b@example.com', day: DAY, usd: 4 });
  await book.flush();
  expect(await look(`${DAY}T10:00:00Z`)).toEqual({ usd: 7, sessionUsd: 2 });
  const again = await openAt(`${DAY}T11:00:00Z`);
  again.add({ requester: 'b@example.com', day: DAY, usd: 1 }, 'session');
  await again.flush();
  expect(await look(`${DAY}T11:00:00Z`)).toEqual({ usd: 8, sessionUsd: 3 });
  // As the book itself, after the clock was set back.
  expect(await look('2026-11-19T23:00:00Z')).toEqual({ usd: 8, sessionUsd: 3 });
  expect(await look('2026-11-21T00:00:00Z')).toEqual({ usd: 0, sessionUsd: 0 });
});

it('goes on with the day that it has when the clock is set back', async () => {
  const book = await openAt('2026-11-19T23:00:00Z');
  book.add({ requester: 'a@example.com', day: DAY, usd: 20 });
  expect(book.budget('a@example.com')).toEqual({
    kind: 'used-up',
    whose: 'requester',
    tryAgainAt: new Date('2026-11-21T00:00:00.000Z'),
  });
  book.add({ requester: 'a@example.com', day: '2026-11-19', usd: 5 });
  expect(book.spentToday('A@example.com')).toBe(25);
  await book.flush();
});

it('takes names that mean something to JavaScript for names', async () => {
  const book = await openAt(`${DAY}T10:00:00Z`);
  book.add({ requester: '__proto__', day: DAY, usd: 4 });
  await book.flush();
  expect((await openAt(`${DAY}T11:00:00Z`)).budget('__proto__')).toEqual({ kind: 'left', usd: 16 });
});

it.each([
  '',
  'null',
  '{"day":"2026-11-20"}',
  '{"day":"2026-11-20","usd":{"a":"1"}}',
  '{"day":"2026-11-20","usd":{"a":-1}}',
])('refuses a book that it did not write: %s', async (text) => {
  await writeFile(file, text);
  await expect(openAt(`${DAY}T10:00:00Z`)).rejects.toMatchObject({ code: 'corrupt' });
});

it('says that the book cannot be written, and writes everything once it can be', async () => {
  const book = await openAt(`${DAY}T10:00:00Z`);
  await mkdir(`${file}.new`);
  book.add({ requester: 'a@example.com', day: DAY, usd: 7 });
  await expect(book.flush()).rejects.toMatchObject({ code: 'not-allowed' });
  expect(book.budget('a@example.com')).toEqual({ kind: 'left', usd: 13 });
  await rm(`${file}.new`, { recursive: true });
  await book.flush();
  expect((await openAt(`${DAY}T11:00:00Z`)).budget('a@example.com')).toEqual({ kind: 'left', usd: 13 });
});
