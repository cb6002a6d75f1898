import type { TokenUsage } from './token-usage.ts';

/** One answered call, for the book of the caller: spend by requester and day. */
export interface SpendEntry {
  readonly runId: string;
  readonly requester: string;
  /** Day in UTC, `2026-11-20`. */
  readonly day: string;
  readonly model: string;
  readonly tokens: TokenUsage;
  readonly usd: number;
}

/** Whether a requester may still spend today. */
export type RequesterBudget =
  { readonly kind: 'left'; readonly usd: number } | { readonly kind: 'used-up'; readonly tryAgainAt: Date };

/** What is left of the daily limit of a requester; days are those of UTC. */
export function judgeRequesterBudget(facts: {
  readonly limitUsd: number;
  /** US dollars that this requester has spent since midnight UTC. */
  readonly spentUsd: number;
  readonly now: Date;
}): RequesterBudget {
  const { limitUsd, spentUsd, now } = facts;
  if (spentUsd < limitUsd) return { kind: 'left', usd: limitUsd - spentUsd };
  const tryAgainAt = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1));
  return { kind: 'used-up', tryAgainAt };
}
