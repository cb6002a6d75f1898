import type { StepStatus } from '../domain/evidence.ts';
import type { PlaybookStep } from '../schema/generated.ts';
import type { StepData } from './parse-output.ts';

/**
 * Why a step did not run.
 *
 * platform    not made for this system
 * not-needed  its condition does not hold, or there is nothing to run it for: known, so no gap
 * no-input    an input that it needs has no value
 * condition   whether it is needed is not known
 * not-allowed it runs a reader inside a container, and nobody has opted in to that
 * budget      no time or space left
 * stopped     somebody, or a step without which nothing can be judged, ended the run
 */
export type SkipCause = 'platform' | 'not-needed' | 'no-input' | 'condition' | 'not-allowed' | 'budget' | 'stopped';

/** Values of the names that a step binds for one of its runs; empty for a step that runs once. */
export type Bindings = Readonly<Record<string, string>>;

/** How one command of a step ended; the raw output lives in `data` and `stderr` only, in memory, for rules. */
export interface StepEnd {
  readonly status: StepStatus;
  /** Why it is not known, redacted, on one line; present for every status but `ok` and `nonzero-ok`. */
  readonly reason?: string;
  readonly exit?: number;
  /** Number of the fallback that gave this, from 1; absent for the command itself. */
  readonly fallback?: number;
  /** Meaning of the exit code, for `nonzero-ok`. */
  readonly signal?: string;
  readonly stderr?: string;
  /** Present when the status is `ok` or `nonzero-ok`. */
  readonly data?: StepData;
  /** Evidence id, when a command ran. */
  readonly evidence?: string;
  readonly ms: number;
}

/** One run of a step that runs once for each of several things. */
export interface StepPart extends StepEnd {
  readonly bind: Bindings;
}

/** How one step of a playbook ended. */
export interface StepResult extends StepEnd {
  readonly step: PlaybookStep;
  readonly skipCause?: SkipCause;
  /** Present when the step runs once for each of several things; `data` is absent then. */
  readonly parts?: readonly StepPart[];
  /** Things beyond the limit of the step, or without a usable name, that it did not run for. */
  readonly left?: number;
}

/** The runs of a step: its parts, or itself. */
export function partsOf(result: StepResult): readonly StepPart[] {
  return result.parts ?? [{ ...result, bind: {} }];
}
