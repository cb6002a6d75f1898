import type { StepData } from '../parse-output.ts';

/** Something that a rule judges, and the part of the output that it comes from. */
export interface Candidate {
  readonly item: unknown;
  /** Row of the parsed output whose line is quoted. */
  readonly source: unknown;
}

/**
 * Picks or computes what a rule judges; pure. `other` gives the output of a further step when that step is known.
 * Undefined means that the output does not have the form that the detector reads.
 */
export type Detector = (
  data: StepData,
  other: (step: string) => StepData | undefined,
) => readonly Candidate[] | undefined;
