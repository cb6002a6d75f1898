import { join } from 'node:path';
import { createUsageBook } from '../../admission/usage-book.ts';
import type { ProcessorSettings } from '../../config/processor-settings.ts';
import { isWarroomError } from '../../domain/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Usage } from '../../policy/usage.ts';
import { readLedger } from './policy-source.ts';

/** What people have used of a processor so far; undefined when it never ran, or when none is meant. */
export async function readUsage(settings: ProcessorSettings | undefined, clock: Clock): Promise<Usage | undefined> {
  if (settings === undefined) return undefined;
  const book = createUsageBook();
  try {
    for (const entry of await readLedger(settings)) book.note(entry);
  } catch (error) {
    if (isWarroomError(error, 'not-found')) return undefined;
    throw error;
  }
  const { openSpendBook } = await import('../../claude/spend-book.ts');
  const unlimited = { requesterUsd: Infinity, totalUsd: Infinity };
  const money = await openSpendBook({ file: join(settings.stateDir, 'spend.json'), limits: unlimited, clock });
  return { ...book, moneyOfDay: (principal) => ({ used: money.spentToday(principal), reserved: 0 }) };
}
