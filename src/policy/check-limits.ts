import type { Ask } from './ask.ts';
import type { CompiledLimit, CompiledPolicy } from './compile-policy.ts';
import { dayOf, nextDay, type Spent, type Usage } from './usage.ts';

const HOUR_MS = 3_600_000;

export type LimitKind = 'requestsPerHour' | 'requestsPerDay' | 'minutesPerDay' | 'usdPerDay';

/** A limit that leaves no room for a question. */
export interface Exceeded {
  readonly limit: CompiledLimit;
  readonly kind: LimitKind;
  readonly allowed: number;
  readonly used: number;
  readonly retryAt: Date;
  /** There is room once running work has ended with less than it may use. */
  readonly isPassing: boolean;
}

export interface LimitFacts {
  readonly usage: Usage;
  readonly now: Date;
  /** The request was accepted before, so that it is counted already. */
  readonly isCounted: boolean;
}

/** Every limit without room for this question, in the order of the policy. */
export function exceededLimits(policy: CompiledPolicy, ask: Ask, facts: LimitFacts): readonly Exceeded[] {
  return limitsOf(policy, ask.principal).flatMap((limit) => {
    const who = peopleOf(limit, ask.principal, facts.usage);
    return [
      ...(facts.isCounted ? [] : [perHour(limit, who, facts), perDay(limit, who, facts)]),
      minutes(limit, who, { ...facts, wanted: ask.timeoutSeconds / 60 }),
      // Without a model it costs nothing, and auto does without one when the money is used up.
      ...(ask.engine === 'claude' ? [money(limit, who, facts)] : []),
    ].filter((exceeded) => exceeded !== undefined);
  });
}

/** Dollars that one more investigation of a person may get; undefined when no limit is set. Never negative. */
export function usdLeft(
  policy: CompiledPolicy,
  principal: string,
  facts: { readonly usage: Usage; readonly now: Date },
): number | undefined {
  const left = limitsOf(policy, principal).flatMap((limit) => {
    if (limit.usdPerDay === undefined) return [];
    const { used, reserved } = moneyOf(peopleOf(limit, principal, facts.usage), facts);
    return [Math.max(0, limit.usdPerDay - used - reserved)];
  });
  return left.length === 0 ? undefined : Math.min(...left);
}

/** What a limit counts for a person now, for showing it. */
export function usedOf(
  limit: CompiledLimit,
  principal: string,
  facts: { readonly usage: Usage; readonly now: Date },
): Readonly<Record<LimitKind, number>> {
  const { usage, now } = facts;
  const who = peopleOf(limit, principal, usage);
  return {
    requestsPerHour: recentRequests(who, facts).length,
    requestsPerDay: sum(who, (name) => usage.requestsOfDay(name, dayOf(now))),
    minutesPerDay: timeOf(who, facts).used,
    usdPerDay: moneyOf(who, facts).used,
  };
}

/** The limits that hold for a person. */
export function limitsOf({ limits }: CompiledPolicy, principal: string): readonly CompiledLimit[] {
  return limits.filter(({ who }) => who === undefined || who.has(principal));
}

/** Whose use a limit adds up. */
function peopleOf(limit: CompiledLimit, principal: string, usage: Usage): readonly string[] {
  if (limit.per === 'person') return [principal];
  return [...(limit.who ?? usage.people())];
}

type Moment = Pick<LimitFacts, 'usage' | 'now'>;

function perHour(limit: CompiledLimit, who: readonly string[], facts: Moment): Exceeded | undefined {
  const allowed = limit.requestsPerHour;
  if (allowed === undefined) return undefined;
  const times = recentRequests(who, facts);
  if (times.length < allowed) return undefined;
  times.sort((a, b) => a - b);
  // The one whose hour must be over before there is room; with a limit of 0 there never is.
  const blocking = times[times.length - allowed] ?? facts.now.getTime();
  const retryAt = new Date(Math.max(blocking, facts.now.getTime() - HOUR_MS) + HOUR_MS);
  return { limit, kind: 'requestsPerHour', allowed, used: times.length, retryAt, isPassing: false };
}

function recentRequests(who: readonly string[], { usage, now }: Moment): number[] {
  const since = now.getTime() - HOUR_MS;
  return who.flatMap((name) => usage.requestsSince(name, since));
}

function perDay(limit: CompiledLimit, who: readonly string[], { usage, now }: Moment): Exceeded | undefined {
  const allowed = limit.requestsPerDay;
  if (allowed === undefined) return undefined;
  const used = sum(who, (name) => usage.requestsOfDay(name, dayOf(now)));
  if (used < allowed) return undefined;
  return { limit, kind: 'requestsPerDay', allowed, used, retryAt: nextDay(now), isPassing: false };
}

function minutes(
  limit: CompiledLimit,
  who: readonly string[],
  facts: Moment & { readonly wanted: number },
): Exceeded | undefined {
  const allowed = limit.minutesPerDay;
  if (allowed === undefined) return undefined;
  const { used, reserved } = timeOf(who, facts);
  if (used + reserved + facts.wanted <= allowed) return undefined;
  const isPassing = used + facts.wanted <= allowed;
  return { limit, kind: 'minutesPerDay', allowed, used, retryAt: nextDay(facts.now), isPassing };
}

function money(limit: CompiledLimit, who: readonly string[], facts: Moment): Exceeded | undefined {
  const allowed = limit.usdPerDay;
  if (allowed === undefined) return undefined;
  const { used, reserved } = moneyOf(who, facts);
  if (used + reserved < allowed) return undefined;
  return { limit, kind: 'usdPerDay', allowed, used, retryAt: nextDay(facts.now), isPassing: used < allowed };
}

function timeOf(who: readonly string[], { usage, now }: Moment): Spent {
  return total(who.map((name) => usage.timeOfDay(name, dayOf(now))));
}

function moneyOf(who: readonly string[], { usage, now }: Moment): Spent {
  return total(who.map((name) => usage.moneyOfDay(name, dayOf(now))));
}

function total(parts: readonly Spent[]): Spent {
  return { used: sum(parts, ({ used }) => used), reserved: sum(parts, ({ reserved }) => reserved) };
}

function sum<Item>(items: readonly Item[], valueOf: (item: Item) => number): number {
  let all = 0;
  for (const item of items) all += valueOf(item);
  return all;
}
