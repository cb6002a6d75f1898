import { join } from 'node:path';
import { DEFAULT_USD_PER_DAY } from '../claude/model-defaults.ts';
import { readDaySpend, type DaySpend } from '../claude/spend-book.ts';
import type { ProcessorSettings } from '../config/processor-settings.ts';
import { isWarroomError } from '../domain/errors.ts';

/** What the model has cost today (UTC), and what it may cost. */
export interface SpendToday extends DaySpend {
  readonly limitUsd: number;
}

/** Undefined where no model is used, and where the book cannot be read: the processor itself says that. */
export async function readSpendToday(
  { engine, stateDir, claude }: Pick<ProcessorSettings, 'engine' | 'stateDir' | 'claude'>,
  now: Date,
): Promise<SpendToday | undefined> {
  if (engine === 'diagnostics') return undefined;
  try {
    const spend = await readDaySpend(join(stateDir, 'spend.json'), now);
    return { ...spend, limitUsd: claude.usdPerDay ?? DEFAULT_USD_PER_DAY };
  } catch (error) {
    if (isWarroomError(error, 'corrupt')) return undefined;
    throw error;
  }
}

/** `model today: $3.50 of $100.00, $1.20 of it by sessions`. */
export function formatSpendToday({ usd, sessionUsd, limitUsd }: SpendToday): string {
  const bySessions = sessionUsd === 0 ? '' : `, $${sessionUsd.toFixed(2)} of it by sessions`;
  return `model today: $${usd.toFixed(2)} of $${limitUsd.toFixed(2)}${bySessions}`;
}
