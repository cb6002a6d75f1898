import type { StepData } from '../parse-output.ts';
import type { Candidate } from './detector.ts';

/**
 * Entries of `redis-cli --json SLOWLOG GET`: `id`, the moment `at` in Unix time, and how many `ms` the command took. Undefined
 * when the answer is no list of entries, such as an error.
 */
export function redisSlowCommands(data: StepData): readonly Candidate[] | undefined {
  const { root } = data;
  if (!Array.isArray(root)) return undefined;
  const entries: readonly unknown[] = root;
  return entries.flatMap((entry) => {
    if (!Array.isArray(entry)) return [];
    const fields: readonly unknown[] = entry;
    const [id, at, micros] = fields;
    return typeof micros === 'number' ? [{ item: { id, at, ms: Math.round(micros / 1000) }, source: entry }] : [];
  });
}
