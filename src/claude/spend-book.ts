import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { WarroomError } from '../domain/errors.ts';
import type { Clock } from '../lib/clock.ts';
import { judgeRequesterBudget, type RequesterBudget, type SpendEntry } from './broker/spend.ts';
import { numberField, parseRecord, recordField, textField } from '../schema/json-fields.ts';

export interface DailyLimits {
  /** US dollars of one requester in a day of UTC. */
  readonly requesterUsd: number;
  /** US dollars of all requesters together. */
  readonly totalUsd: number;
}

export type DailyBudget =
  | { readonly kind: 'left'; readonly usd: number }
  | { readonly kind: 'used-up'; readonly tryAgainAt: Date; readonly whose: 'requester' | 'everybody' };

/** `the model budget of this requester for today is used up; try again after 2026-11-21T00:00:00.000Z`. */
export function describeUsedUp({ whose, tryAgainAt }: Extract<DailyBudget, { kind: 'used-up' }>): string {
  const of = whose === 'requester' ? 'this requester' : 'this processor';
  return `the model budget of ${of} for today is used up; try again after ${tryAgainAt.toISOString()}`;
}

/** What asked the model. */
export type SpendUse = 'investigation' | 'session';

/** US dollars of one day, of all requesters together. */
export interface DaySpend {
  readonly usd: number;
  /** The part of it that sessions made. */
  readonly sessionUsd: number;
}

/**
 * What was spent today, by requester; survives a restart. It is asked before a run starts, so runs that are under way at
 * the same time can pass a limit together by what each of them was given.
 */
export interface SpendBook {
  readonly add: (entry: Pick<SpendEntry, 'requester' | 'day' | 'usd'>, use?: SpendUse) => void;
  budget(requester: string): DailyBudget;
  /** US dollars of a requester today. */
  spentToday(requester: string): number;
  /** Resolves when everything that was added is on the disk; throws `not-allowed` when it cannot be written. */
  flush(): Promise<void>;
}

interface Day {
  readonly day: string;
  readonly usd: Map<string, number>;
  /** Of all requesters, and in their sums too. */
  sessionUsd: number;
}

/** What stands in the book of a processor now; nothing when it never spent anything. Throws `corrupt`. */
export async function readDaySpend(file: string, now: Date): Promise<DaySpend> {
  const book = await readDay(file);
  const isNow = book.day >= dayOf(now);
  return isNow ? { usd: sumOf(book.usd), sessionUsd: book.sessionUsd } : { usd: 0, sessionUsd: 0 };
}

function sumOf(amounts: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const usd of amounts.values()) sum += usd;
  return sum;
}

/** Opens the book, or begins one. A book that cannot be read is never taken for an empty one. */
export async function openSpendBook(options: {
  readonly file: string;
  readonly limits: DailyLimits;
  readonly clock: Clock;
}): Promise<SpendBook> {
  const { file, limits, clock } = options;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  let today = await readDay(file);
  let isWritten = true;
  let lastWrite: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    if (isWritten) return;
    isWritten = true;
    try {
      await writeDay(file, today);
    } catch (error) {
      isWritten = false;
      throw error;
    }
  }

  /** One write after the other; a failed one is made good by the next. */
  async function writeAfterLast(): Promise<void> {
    lastWrite = lastWrite.catch(() => undefined).then(write);
    await lastWrite;
  }

  return {
    add: ({ requester, day, usd }, use = 'investigation') => {
      // An answer that was counted just before midnight and comes just after it; but when the clock was set back, the
      // day that is in the book goes on until the clock has reached it again.
      if (day < today.day && dayOf(clock.now()) >= today.day) return;
      if (day > today.day) today = { day, usd: new Map(), sessionUsd: 0 };
      const name = nameOf(requester);
      today.usd.set(name, (today.usd.get(name) ?? 0) + usd);
      if (use === 'session') today.sessionUsd += usd;
      isWritten = false;
      // The failure is told by `flush`, which tries again.
      writeAfterLast().catch(() => undefined);
    },
    budget(requester) {
      const now = latest(clock.now(), today.day);
      const spent = spentOn(today, clock.now());
      const own = spent.get(nameOf(requester)) ?? 0;
      return narrower(
        judgeRequesterBudget({ limitUsd: limits.requesterUsd, spentUsd: own, now }),
        judgeRequesterBudget({ limitUsd: limits.totalUsd, spentUsd: sumOf(spent), now }),
      );
    },
    spentToday: (requester) => spentOn(today, clock.now()).get(nameOf(requester)) ?? 0,
    async flush() {
      try {
        await writeAfterLast();
      } catch (cause) {
        throw new WarroomError('not-allowed', `cannot write the book of spend ${file}`, {
          why: cause instanceof Error ? cause.message : 'unknown reason',
          hint: 'check the state folder of the processor: without the book nobody counts what a model costs',
          cause,
        });
      }
    },
  };
}

/** What counts now. A book of tomorrow was written before the clock was set back, and still counts. */
function spentOn(book: Day, now: Date): ReadonlyMap<string, number> {
  return book.day >= dayOf(now) ? book.usd : new Map();
}

/** `now`, or the beginning of a day that is later. */
function latest(now: Date, day: string): Date {
  return day > dayOf(now) ? new Date(`${day}T00:00:00Z`) : now;
}

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}

function narrower(own: RequesterBudget, total: RequesterBudget): DailyBudget {
  if (own.kind === 'used-up') return { ...own, whose: 'requester' };
  if (total.kind === 'used-up') return { ...total, whose: 'everybody' };
  return { kind: 'left', usd: Math.min(own.usd, total.usd) };
}

/** One person, however the name is typed. */
function nameOf(requester: string): string {
  return requester.trim().toLowerCase();
}

async function readDay(file: string): Promise<Day> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return { day: '', usd: new Map(), sessionUsd: 0 };
  const book = parseRecord(text);
  const day = textField(book, 'day');
  const usd = recordField(book, 'usd');
  const amounts = Object.entries<unknown>(usd ?? {}).filter(isAmount);
  if (day === undefined || usd === undefined || amounts.length !== Object.keys(usd).length) {
    throw new WarroomError('corrupt', `the book of spend ${file} cannot be read`, {
      why: 'it is not what this program writes',
      hint: 'remove it when you accept that the money spent today is forgotten',
    });
  }
  // A book of an earlier version does not tell them apart.
  return { day, usd: new Map(amounts), sessionUsd: numberField(book, 'sessionUsd') ?? 0 };
}

function isAmount(entry: [string, unknown]): entry is [string, number] {
  const [, usd] = entry;
  return typeof usd === 'number' && Number.isFinite(usd) && usd >= 0;
}

/** A crash leaves the old book or the new one, whole. */
async function writeDay(file: string, { day, usd, sessionUsd }: Day): Promise<void> {
  const temporary = `${file}.new`;
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify({ day, usd: Object.fromEntries(usd), sessionUsd })}\n`);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
  const folder = await open(dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
