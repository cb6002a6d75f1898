import type { Ask } from './ask.ts';
import type { CompiledPolicy } from './compile-policy.ts';
import { decide, type Decision } from './decide.ts';
import { NOTHING_USED } from './usage.ts';

/** A question of the past. */
export interface PastAsk {
  readonly id: string;
  readonly at: Date;
  readonly ask: Ask;
}

export interface ChangedDecision {
  readonly past: PastAsk;
  readonly before: Decision;
  readonly after: Decision;
}

/**
 * Questions that two policies decide differently, each at the time when it was asked. Limits are left out: what was used
 * would have been something else under the other policy.
 */
export function changedDecisions(
  past: readonly PastAsk[],
  { before, after }: { readonly before: CompiledPolicy; readonly after: CompiledPolicy },
): readonly ChangedDecision[] {
  return past.flatMap((one) => {
    const facts = { usage: NOTHING_USED, now: one.at, isCounted: true };
    const change = {
      past: one,
      before: decide({ ...before, limits: [] }, one.ask, facts),
      after: decide({ ...after, limits: [] }, one.ask, facts),
    };
    return wordOf(change.before) === wordOf(change.after) ? [] : [change];
  });
}

/** `allowed by sre-read`, `denied: outside-hours`. */
export function wordOf(decision: Decision): string {
  switch (decision.kind) {
    case 'allowed':
      return `allowed by ${decision.rule}`;
    case 'denied':
      return `denied: ${decision.reason.code}`;
    case 'waiting':
      return 'waiting';
  }
}
