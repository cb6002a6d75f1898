import type { Family } from '../tool.ts';

/** The families that may read files of the evidence folder. */
export const READERS: readonly Family[] = ['read', 'grep'];

/** What a text command needs: nothing when it only filters its input. */
export function readersOf(files: readonly string[]): readonly Family[] {
  return files.some((file) => file !== '-') ? READERS : [];
}
