import type { ReportEvidence } from '../schema/generated.ts';
import type { RedactedText } from './redacted-text.ts';

/**
 * How a step ended. `ok` and `nonzero-ok` can be judged; every other status is a gap in coverage, never health.
 *
 * ok            exit code 0, or one that the step declares as good
 * nonzero-ok    an exit code that the step declares as a signal
 * failed        any other exit code
 * timeout       stopped at its time limit
 * denied        permission was refused
 * missing-tool  the command is not installed
 * unreachable   the target could not be reached
 * skipped       not run: its condition did not hold, or the budget was used up
 */
export type StepStatus = ReportEvidence['status'];

export function isKnown(status: StepStatus): boolean {
  return status === 'ok' || status === 'nonzero-ok';
}

/** One recorded command and its output, as it may leave the zone. */
export interface Evidence {
  /** `E001` …, one counter for playbook steps and commands of the investigator. */
  readonly id: string;
  readonly step: string;
  readonly title: string;
  readonly source: 'playbook' | 'agent';
  readonly argv: readonly RedactedText[];
  readonly status: StepStatus;
  readonly exit?: number;
  readonly startedAt: Date;
  readonly ms: number;
  /** Output, at most 1 MiB, redacted. Quotes are looked up in exactly this text. */
  readonly text: RedactedText;
  readonly truncated: boolean;
}

export const MAX_EVIDENCE_BYTES = 1024 * 1024;

export function evidenceId(number: number): string {
  return `E${String(number).padStart(3, '0')}`;
}

/** `evidence/E001-disk.txt`. */
export function evidenceFile(evidence: Pick<Evidence, 'id' | 'step'>): string {
  return `evidence/${evidence.id}-${evidence.step}.txt`;
}

/** Step of what another cluster of the same request has found. */
export const HANDED_ON_STEP = 'handed-on';
