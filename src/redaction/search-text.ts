import { WarroomError } from '../domain/errors.ts';
import { createBudget } from './budget.ts';
import { DEFAULT_RULES } from './default-rules.ts';
import { obfuscationRules, type Obfuscation } from './obfuscation.ts';
import { redactText, verifyText } from './remove-secrets.ts';
import type { RedactionRule } from './rule.ts';
import type { SessionState } from './session-state.ts';

export interface TextSearch {
  readonly state: SessionState;
  /** The built-in ones when absent. */
  readonly rules?: readonly RedactionRule[] | undefined;
  readonly obfuscate: Obfuscation;
  readonly key: Uint8Array;
  readonly timeBudgetMs: number;
  readonly monotonicMs: () => number;
}

/** Redacts or verifies one text in this thread; whatever goes wrong is a `redaction` error. */
export async function searchText(task: 'redact' | 'verify', text: string, how: TextSearch): Promise<string> {
  const budget = createBudget(how.timeBudgetMs, how.monotonicMs);
  const rules = [...(how.rules ?? DEFAULT_RULES), ...obfuscationRules(how.obfuscate, how.key)];
  const search = { state: how.state, rules, budget };
  try {
    if (task === 'redact') return await redactText(text, search);
    await verifyText(text, search);
    return text;
  } catch (error) {
    if (error instanceof WarroomError) throw error;
    throw searchFailed(error);
  }
}

/** A bug in a rule must not publish anything. Its message may quote the text, so only its kind is named. */
export function searchFailed(error: unknown): WarroomError {
  return new WarroomError('redaction', 'cannot make the text safe to publish', {
    why: `looking for secrets failed: ${error instanceof Error ? error.name : typeof error}`,
    hint: 'nothing was published; please report this with the command that made the output',
  });
}
