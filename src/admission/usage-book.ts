import { dayOf } from '../policy/usage.ts';
import type { Spent } from '../policy/usage.ts';
import type { LedgerEntry } from './ledger-format.ts';

/**
 * Requests and minutes of each requester, as the ledger tells them. Every event is counted once, when it is written or
 * read at a start; a question about use costs the logarithm of what is remembered.
 *
 * An attempt counts with its whole timeout from its start, and with what it took once it has ended; one that a crash
 * cut off keeps counting with its timeout. It belongs to the day on which it began.
 */
export interface UsageBook {
  note(entry: LedgerEntry): void;
  people(): Iterable<string>;
  requestsSince(principal: string, since: number): readonly number[];
  requestsOfDay(principal: string, day: string): number;
  /** Minutes. */
  timeOfDay(principal: string, day: string): Spent;
}

interface Account {
  /** Moments of accepted requests, in order of time. */
  readonly requests: number[];
  readonly requestsByDay: Map<string, number>;
  readonly usedMsByDay: Map<string, number>;
  readonly running: Map<string, Attempt>;
}

interface Attempt {
  readonly startedAt: number;
  readonly reservedMs: number;
}

const DAY_MS = 86_400_000;
/** Days that are remembered behind the newest event, so that a clock that jumps ahead and back finds them again. */
const KEEP_DAYS = 8;

export function createUsageBook(): UsageBook {
  const accounts = new Map<string, Account>();
  const owners = new Map<string, string>();

  function accountOf(principal: string): Account {
    let account = accounts.get(principal);
    if (account === undefined) {
      account = { requests: [], requestsByDay: new Map(), usedMsByDay: new Map(), running: new Map() };
      accounts.set(principal, account);
    }
    return account;
  }

  function end(id: string, ms: number | undefined, at: number): void {
    const account = accounts.get(owners.get(id) ?? '');
    const attempt = account?.running.get(id);
    if (account === undefined || attempt === undefined) return;
    account.running.delete(id);
    // Older ledgers do not say how long it took; a clock that was set back must not give time away.
    const usedMs = ms ?? (at >= attempt.startedAt ? at - attempt.startedAt : attempt.reservedMs);
    addTo(account.usedMsByDay, dayOf(new Date(attempt.startedAt)), usedMs);
  }

  /** Work that another start of the processor left: nobody knows how long it ran. */
  function endAll(): void {
    for (const { running, usedMsByDay } of accounts.values()) {
      for (const { startedAt, reservedMs } of running.values()) {
        addTo(usedMsByDay, dayOf(new Date(startedAt)), reservedMs);
      }
      running.clear();
    }
  }

  return {
    note(entry) {
      const at = Date.parse(entry.at);
      switch (entry.event) {
        case 'accepted': {
          owners.set(entry.id, entry.requester);
          const account = accountOf(entry.requester);
          insert(account.requests, at);
          addTo(account.requestsByDay, dayOf(new Date(at)), 1);
          forgetOld(account, at);
          return;
        }
        case 'started': {
          const owner = owners.get(entry.id);
          if (owner === undefined) return;
          const earlier = accountOf(owner).running.get(entry.id);
          if (earlier !== undefined) end(entry.id, earlier.reservedMs, at);
          accountOf(owner).running.set(entry.id, { startedAt: at, reservedMs: (entry.seconds ?? 0) * 1000 });
          return;
        }
        case 'handed-back':
        case 'finished':
          end(entry.id, entry.ms, at);
          return;
        case 'opened':
          endAll();
          return;
        default:
      }
    },
    people: () => accounts.keys(),
    requestsSince: (principal, since) => {
      const requests = accounts.get(principal)?.requests ?? [];
      return requests.slice(firstAfter(requests, since));
    },
    requestsOfDay: (principal, day) => fromDayOn(accounts.get(principal)?.requestsByDay, day),
    timeOfDay: (principal, day) => {
      const account = accounts.get(principal);
      let reservedMs = 0;
      for (const attempt of account?.running.values() ?? []) {
        if (dayOf(new Date(attempt.startedAt)) >= day) reservedMs += attempt.reservedMs;
      }
      return { used: fromDayOn(account?.usedMsByDay, day) / 60_000, reserved: reservedMs / 60_000 };
    },
  };
}

function addTo(byDay: Map<string, number>, day: string, amount: number): void {
  byDay.set(day, (byDay.get(day) ?? 0) + amount);
}

/** A day that is still to come counts as well: it was today before the clock was set back. */
function fromDayOn(byDay: ReadonlyMap<string, number> | undefined, day: string): number {
  let total = 0;
  for (const [one, amount] of byDay ?? []) if (one >= day) total += amount;
  return total;
}

function insert(times: number[], at: number): void {
  // Nearly always the newest.
  if (at >= (times.at(-1) ?? at)) times.push(at);
  else times.splice(firstAfter(times, at), 0, at);
}

/** Index of the first time after `since`. */
function firstAfter(times: readonly number[], since: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) <= since) low = middle + 1;
    else high = middle;
  }
  return low;
}

function forgetOld({ requests, requestsByDay, usedMsByDay }: Account, at: number): void {
  const limit = at - KEEP_DAYS * DAY_MS;
  const old = firstAfter(requests, limit);
  // Moving the rest costs its length, so it happens once in many.
  if (old >= 64 && old * 2 > requests.length) requests.splice(0, old);
  const day = dayOf(new Date(limit));
  for (const byDay of [requestsByDay, usedMsByDay]) {
    for (const one of byDay.keys()) if (one < day) byDay.delete(one);
  }
}
