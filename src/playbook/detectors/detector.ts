import type { DecidingField, JoinedItem } from '../deciding-place.ts';
import type { StepData } from '../parse-output.ts';

/** Something that a rule judges, and the part of the output that it comes from. */
export interface Candidate {
  readonly item: unknown;
  /** Row or object of the parsed output whose lines are quoted. */
  readonly source: unknown;
  /** Where fields of the item that were computed stand in the output, by their names. */
  readonly places?: Readonly<Record<string, DecidingField>>;
  /** What it rests on in the outputs of other steps. */
  readonly beside?: readonly JoinedItem[];
}

/** What a detector may know beyond the output. */
export interface DetectorContext {
  /** Capture time. */
  readonly now: Date;
  readonly inputs: Readonly<Record<string, string>>;
  /** `with` of the rule, its inputs replaced; a setting whose input has no value is absent. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
}

/**
 * Picks or computes what a rule judges; pure. `other` gives the output of a further step when that step is known.
 * Undefined means that the output does not have the form that the detector reads.
 */
export type Detector = (
  data: StepData,
  other: (step: string) => StepData | undefined,
  context: DetectorContext,
) => readonly Candidate[] | undefined;
