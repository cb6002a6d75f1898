import type { StatusReason } from '../schema/generated.ts';
import type { Ask } from './ask.ts';
import type { Exceeded } from './check-limits.ts';
import type { CompiledPolicy, CompiledRule } from './compile-policy.ts';
import type { Misfit } from './match-rule.ts';
import { formatWallMinute, type WallClock } from './wall-clock.ts';

/**
 * Refusals in words. They are published in the war room: they quote of the policy only what its rules and limits say
 * about the person who asked, never who else is in it.
 */

export interface Denial {
  readonly kind: 'denied';
  readonly reason: StatusReason;
  /** When it may be asked again; absent when time alone changes nothing. */
  readonly retryAt?: Date;
}

/** A rule that did not fit, and why. */
export interface RuleTrial {
  readonly rule: CompiledRule;
  readonly misfits: readonly Misfit[];
}

/** Longest message that a status takes. */
const MAX_TEXT = 1000;

export function refuseByRules(policy: CompiledPolicy, ask: Ask, trials: readonly RuleTrial[]): Denial {
  const own = trials.filter(({ misfits }) => misfits.every(({ field }) => field !== 'who'));
  const fewest = Math.min(...own.map(({ misfits }) => misfits.length));
  const nearest = own.filter(({ misfits }) => misfits.length === fewest);
  const [first] = nearest;
  if (first === undefined) {
    return denied(
      'not-permitted',
      `no rule of the policy names ${ask.principal}`,
      'ask an administrator of this cluster to add you',
    );
  }
  const [misfit] = first.misfits;
  if (first.misfits.length === 1 && misfit !== undefined) {
    const special = refuseBySingle(policy, misfit, nearest);
    if (special !== undefined) return special;
  }
  const what = first.misfits.map((one) => describeMisfit(one, policy.clock)).join('; ');
  return denied(
    'not-permitted',
    `no rule of the policy allows this; nearest is ${first.rule.name}: ${what}`,
    'ask for what it allows, or ask an administrator of this cluster',
  );
}

/** When a single field stands in the way, and asking otherwise or later helps, the code says which. */
function refuseBySingle({ clock }: CompiledPolicy, misfit: Misfit, nearest: readonly RuleTrial[]): Denial | undefined {
  const same = nearest.flatMap(({ rule, misfits }) =>
    misfits.filter(({ field }) => field === misfit.field).map((one) => ({ rule, misfit: one })),
  );
  switch (misfit.field) {
    case 'hours': {
      const openings = same.flatMap(({ misfit: one }) => (one.field === 'hours' ? (one.opensAt ?? []) : []));
      const opensAt = openings.sort((a, b) => a.getTime() - b.getTime()).at(0);
      const rules = same.map(({ rule }) => rule.name).join(', ');
      const message = `outside the hours of rule ${rules}`;
      if (opensAt === undefined) return denied('outside-hours', message, 'ask an administrator of this cluster');
      return denied('outside-hours', message, `ask again at ${formatMoment(opensAt, clock)}`, opensAt);
    }
    case 'maxTimeout': {
      const longest = Math.max(...same.flatMap(({ misfit: one }) => (one.field === 'maxTimeout' ? one.allowed : [])));
      const message = `${misfit.asked} s is more than the policy allows (${longest} s)`;
      return denied('timeout-too-long', message, `ask again with  --timeout ${longest}`);
    }
    case 'modes': {
      const message = `mode ${misfit.asked.join(', ')} is not allowed by the policy`;
      return denied('mode-not-permitted', message, `allowed: ${misfit.allowed.join(', ')}`);
    }
    default:
      return undefined;
  }
}

export function refuseByLimit({ clock }: CompiledPolicy, ask: Ask, exceeded: Exceeded): Denial {
  const { limit, kind, allowed, used, retryAt } = exceeded;
  const whose = limit.per === 'person' ? 'of each person' : limit.who === undefined ? 'of everybody' : 'of the team';
  const again =
    allowed === 0 ? 'ask an administrator of this cluster' : `try again after ${formatMoment(retryAt, clock)}`;
  const when = allowed === 0 ? undefined : retryAt;
  switch (kind) {
    case 'requestsPerHour':
    case 'requestsPerDay': {
      const span = kind === 'requestsPerHour' ? 'an hour' : 'a day';
      const message = `limit ${limit.name} ${whose} is ${allowed} requests ${span}; ${used} were accepted`;
      return denied('rate-limited', message, again, when);
    }
    case 'minutesPerDay': {
      const left = Math.max(0, Math.floor((allowed - used) * 60));
      const message = `limit ${limit.name} ${whose} is ${number(allowed)} minutes a day; ${number(used)} are used and the request wants ${number(ask.timeoutSeconds / 60)}`;
      const hint = left >= 10 ? `ask again with  --timeout ${left} , or ${again}` : again;
      return denied('budget-used-up', message, hint, when);
    }
    case 'usdPerDay': {
      const message = `limit ${limit.name} ${whose} is ${number(allowed)} US dollars a day; ${number(used)} are spent`;
      return denied(
        'budget-used-up',
        message,
        `ask again with  --engine auto  or  --engine diagnostics , or ${again}`,
        when,
      );
    }
  }
}

/** One field, as a sentence part: `strategies: node-health is not among general, etcd-*`. */
export function describeMisfit(misfit: Misfit, clock: WallClock): string {
  switch (misfit.field) {
    case 'who':
      return 'who: it does not name this person';
    case 'maxTimeout':
      return `maxTimeout: ${misfit.asked} s is more than ${misfit.allowed} s`;
    case 'hours':
      return misfit.opensAt === undefined
        ? 'hours: closed'
        : `hours: closed until ${formatMoment(misfit.opensAt, clock)}`;
    default: {
      const allowed = shortList(misfit.allowed);
      if (misfit.asked.length === 0) return `${misfit.field}: one of ${allowed} must be named`;
      return `${misfit.field}: ${shortList(misfit.asked)} is not among ${allowed}`;
    }
  }
}

/** `2026-11-20 14:30 UTC (15:30 in Europe/Oslo)`; the day again when it is another one there. */
export function formatMoment(at: Date, clock: WallClock): string {
  // A minute that has begun is over only at the next one.
  const minute = new Date(Math.ceil(at.getTime() / 60_000) * 60_000);
  const utc = minute.toISOString().slice(0, 16).replace('T', ' ');
  const local = formatWallMinute(clock, minute);
  if (clock.timeZone === 'UTC' || local === utc) return `${utc} UTC`;
  const shown = local.slice(0, 10) === utc.slice(0, 10) ? local.slice(11) : local;
  return `${utc} UTC (${shown} in ${clock.timeZone})`;
}

function shortList(names: readonly string[]): string {
  const shown = names.slice(0, 8).join(', ');
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}

/** At most two decimals. */
function number(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function denied(code: string, message: string, hint: string, retryAt?: Date): Denial {
  const reason: StatusReason = { code, message: message.slice(0, MAX_TEXT), hint: hint.slice(0, MAX_TEXT) };
  return { kind: 'denied', reason, ...(retryAt === undefined ? {} : { retryAt }) };
}
