import type { StepStatus } from '../domain/evidence.ts';
import type { PlaybookStep } from '../schema/generated.ts';
import type { StepData } from './parse-output.ts';

/** Why a step did not run: not made for this system, its condition, no time or space left, or somebody stopped the run. */
export type SkipCause = 'platform' | 'condition' | 'budget' | 'stopped';

/** How one step of a playbook ended; the raw output lives in `data` only, in memory, for rules. */
export interface StepResult {
  readonly step: PlaybookStep;
  readonly status: StepStatus;
  /** Why it is not known, redacted, on one line; present for every status but `ok` and `nonzero-ok`. */
  readonly reason?: string;
  readonly skipCause?: SkipCause;
  readonly exit?: number;
  /** Meaning of the exit code, for `nonzero-ok`. */
  readonly signal?: string;
  /** Present when the status is `ok` or `nonzero-ok`. */
  readonly data?: StepData;
  /** Evidence id, when a command ran. */
  readonly evidence?: string;
  readonly ms: number;
}
