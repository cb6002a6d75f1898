/**
 * What went wrong, as far as a caller must know it.
 * Each code has one exit code (src/cli/exit-codes.ts) and one disposition in the processor (src/processor/disposition.ts).
 */
export type WarroomErrorCode =
  | 'usage' //              wrong flags or values
  | 'invalid-file' //       a file does not follow its schema
  | 'not-found' //          no such request, cluster, report or evidence
  | 'ambiguous' //          an id prefix that fits several requests
  | 'git-missing' //        git is not installed or too old
  | 'offline' //            the war room cannot be reached
  | 'timeout' //            an operation took too long
  | 'authentication' //     the war room wants other credentials
  | 'repository-missing' // nothing there under this address
  | 'repository-empty' //   a repository without a commit: not initialised
  | 'branch-missing' //     the configured branch does not exist
  | 'protected' //          the remote does not accept this push, ever
  | 'conflict' //           lost a race too often
  | 'history-rewritten' //  the branch no longer contains what was accepted
  | 'malformed' //          the remote holds objects that git refuses
  | 'corrupt' //            the local mirror or ledger is damaged
  | 'disk-full' //          no room, or no more for this user, on a disk of this machine
  | 'not-durable' //        what must be on the disk could not be put there
  | 'locked' //             another process uses the same state folder
  | 'not-allowed' //        the policy or the trust mode refuses
  | 'paused' //             the emergency brake is set
  | 'redaction' //          text could not be made safe to publish
  | 'interrupted'; //       the person or the system asked to stop

interface WarroomErrorDetails {
  /** Why it happened, with the value we got. */
  readonly why?: string;
  /** What to do about it. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** A foreseen failure: says what happened, why, and what to do. Lower case, no full stop, no secrets. */
export class WarroomError extends Error {
  readonly code: WarroomErrorCode;
  readonly why: string | undefined;
  readonly hint: string | undefined;

  constructor(code: WarroomErrorCode, message: string, details: WarroomErrorDetails = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.name = 'WarroomError';
    this.code = code;
    this.why = details.why;
    this.hint = details.hint;
  }
}

/** Whether `error` is a foreseen failure with one of `codes`; any code when none is named. */
export function isWarroomError(error: unknown, ...codes: readonly WarroomErrorCode[]): error is WarroomError {
  return error instanceof WarroomError && (codes.length === 0 || codes.includes(error.code));
}
