import { DEFAULT_RULES } from '../../../src/redaction/default-rules.ts';
import { createRedaction, type Redaction } from '../../../src/redaction/create-redaction.ts';
import type { Row } from './corpus.ts';

export interface Recall {
  readonly rows: number;
  /** Rows from which anything was removed. */
  readonly detected: number;
  readonly secrets: number;
  readonly removed: number;
  /** Rows that keep a secret, for --misses. */
  readonly misses: readonly { readonly sample: string; readonly secret: string; readonly redacted: string }[];
}

/** A session in this thread, so that only searching is measured. */
export function benchSession(
  knownValues: readonly { readonly name: string; readonly value: string }[] = [],
): Redaction {
  return createRedaction({
    knownValues,
    key: new Uint8Array(32).fill(7),
    rules: DEFAULT_RULES,
    maxBytes: 64 * 1024 * 1024,
    timeBudgetMs: 600_000,
  });
}

export async function measureRecall(rows: readonly Row[]): Promise<Recall> {
  let detected = 0;
  let secrets = 0;
  let removed = 0;
  const misses = [];
  for (const row of rows) {
    const redacted = await benchSession().redact(row.sample);
    if (redacted !== row.sample) detected += 1;
    for (const secret of row.secrets) {
      secrets += 1;
      if (!survives(secret, redacted)) removed += 1;
      else misses.push({ sample: row.sample, secret, redacted });
    }
  }
  return { rows: rows.length, detected, secrets, removed, misses };
}

/** Whether three quarters of a secret can still be read in one piece. */
export function survives(secret: string, text: string): boolean {
  const length = Math.ceil(secret.length * 0.75);
  for (let at = 0; at + length <= secret.length; at++) {
    if (text.includes(secret.slice(at, at + length))) return true;
  }
  return false;
}
