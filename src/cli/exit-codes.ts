import type { ViewPhase } from '../client/request-view.ts';
import { isTerminal } from '../domain/phase.ts';
import { WarroomError, type WarroomErrorCode } from '../domain/errors.ts';

/** Exit codes are a promise to scripts: 0 done, 1 failed, 2 wrong usage, 4 not allowed, 8 still pending, 130 interrupted. */
export const EXIT = { done: 0, failed: 1, usage: 2, notAllowed: 4, pending: 8, interrupted: 130 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const EXIT_OF_ERROR: Readonly<Record<WarroomErrorCode, ExitCode>> = {
  usage: EXIT.usage,
  'invalid-file': EXIT.usage,
  ambiguous: EXIT.usage,
  authentication: EXIT.notAllowed,
  'not-allowed': EXIT.notAllowed,
  protected: EXIT.notAllowed,
  interrupted: EXIT.interrupted,
  'not-found': EXIT.failed,
  'git-missing': EXIT.failed,
  offline: EXIT.failed,
  timeout: EXIT.failed,
  'repository-missing': EXIT.failed,
  'repository-empty': EXIT.failed,
  'branch-missing': EXIT.failed,
  conflict: EXIT.failed,
  'history-rewritten': EXIT.failed,
  corrupt: EXIT.failed,
  malformed: EXIT.failed,
  'disk-full': EXIT.failed,
  'not-durable': EXIT.failed,
  locked: EXIT.failed,
  paused: EXIT.failed,
  redaction: EXIT.failed,
};

/** Exit code of what a command threw; anything unforeseen is a bug and ends with 1. */
export function exitCodeOfError(error: unknown): ExitCode {
  if (error instanceof WarroomError) return EXIT_OF_ERROR[error.code];
  return isInterruption(error) ? EXIT.interrupted : EXIT.failed;
}

/** Whether the person or the system asked to stop: an aborted signal, or Ctrl-C in a prompt. */
export function isInterruption(error: unknown): boolean {
  if (error instanceof WarroomError) return error.code === 'interrupted';
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'ExitPromptError');
}

/** What `--fail-on` can name. */
export type FailOn = 'degraded' | 'inconclusive';

/** Exit code for where a request stands when a command that waits for it ends. */
export function exitCodeOfRequest(
  view: { readonly phase: ViewPhase; readonly outcome?: string | undefined; readonly quality?: string | undefined },
  failOn: readonly FailOn[] = [],
): ExitCode {
  if (view.phase === 'invalid') return EXIT.failed;
  if (!isTerminal(view.phase)) return EXIT.pending;
  if (view.phase === 'rejected') return EXIT.notAllowed;
  if (view.phase !== 'succeeded') return EXIT.failed;
  if (failOn.includes('degraded') && view.quality === 'degraded') return EXIT.failed;
  return failOn.includes('inconclusive') && view.outcome === 'inconclusive' ? EXIT.failed : EXIT.done;
}
