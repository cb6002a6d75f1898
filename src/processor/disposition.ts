import { isWarroomError, type WarroomErrorCode } from '../domain/errors.ts';

/**
 * What the processor does about a failure.
 *
 * retry    try the same step again soon
 * wait     leave it for a later cycle; the result, if there is one, stays in the outbox
 * give-up  the request fails
 * crash    the processor cannot go on
 */
export type Disposition = 'retry' | 'wait' | 'give-up' | 'crash';

const DISPOSITIONS: Readonly<Record<WarroomErrorCode, Disposition>> = {
  usage: 'crash',
  'invalid-file': 'give-up',
  'not-found': 'give-up',
  ambiguous: 'give-up',
  'git-missing': 'wait',
  offline: 'wait',
  timeout: 'retry',
  authentication: 'wait',
  'repository-missing': 'wait',
  'repository-empty': 'wait',
  'branch-missing': 'wait',
  protected: 'wait',
  conflict: 'retry',
  'history-rewritten': 'wait',
  malformed: 'wait',
  corrupt: 'retry',
  'disk-full': 'wait',
  'not-durable': 'crash',
  locked: 'crash',
  'not-allowed': 'give-up',
  paused: 'wait',
  redaction: 'give-up',
  interrupted: 'wait',
};

/** A failure that nobody foresaw is a bug: the request fails and says so, the processor goes on. */
export function dispositionOf(error: unknown): Disposition {
  return isWarroomError(error) ? DISPOSITIONS[error.code] : 'give-up';
}
