import { setImmediate as nextTurn } from 'node:timers/promises';
import { WarroomError } from '../domain/errors.ts';

/** Time that one text may take. */
export interface Budget {
  /** Throws `redaction` when the time is over. */
  readonly check: () => void;
  /** Like `check`, and lets timers such as a lease renewal run when the last pause was some time ago. */
  readonly pause: () => Promise<void>;
}

const PAUSE_EVERY_MS = 20;

export function createBudget(budgetMs: number, monotonicMs: () => number): Budget {
  const startedAt = monotonicMs();
  let pausedAt = startedAt;
  function check(): void {
    if (monotonicMs() - startedAt <= budgetMs) return;
    throw new WarroomError('redaction', 'cannot make the text safe to publish', {
      why: `looking for secrets took longer than ${budgetMs / 1000} s`,
      hint: 'nothing was published; ask for less output, or raise the time for redaction',
    });
  }
  return {
    check,
    async pause() {
      check();
      if (monotonicMs() - pausedAt < PAUSE_EVERY_MS) return;
      await nextTurn();
      pausedAt = monotonicMs();
    },
  };
}
