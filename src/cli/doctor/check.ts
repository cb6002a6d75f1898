import { WarroomError } from '../../domain/errors.ts';

/** `fail`: nothing can be asked until it is fixed. `warn`: something will not work, or not as expected. */
export type CheckState = 'ok' | 'warn' | 'fail';

export interface Check {
  /** Stable name, for `--json`. */
  readonly name: string;
  readonly state: CheckState;
  readonly text: string;
  /** What to do about it. */
  readonly fix?: string;
}

/** A check that came to its end with an error. */
export function checkOfError(name: string, error: unknown, state: CheckState = 'fail'): Check {
  if (!(error instanceof WarroomError)) throw error;
  const text = error.why === undefined ? error.message : `${error.message}: ${error.why}`;
  return { name, state, text, ...(error.hint === undefined ? {} : { fix: error.hint }) };
}
