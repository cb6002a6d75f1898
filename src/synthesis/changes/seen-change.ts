import type { ReportChange } from '../../schema/generated.ts';
import type { ObjectName } from '../dependencies/graph.ts';
import type { RunOutput } from '../run-outputs.ts';

/** A change that an output tells of, with the way back to the words that say so. */
export interface SeenChange {
  /** Absent when the output shows a difference and not when it came about. */
  readonly at?: Date;
  readonly kind: ReportChange['kind'];
  /** As findings name objects: `deployment/shop/api`. */
  readonly object: string;
  readonly text: string;
  /** What changed, and what was made anew by it. */
  readonly touches: readonly ObjectName[];
  readonly output: RunOutput;
  /** Row or object that is quoted. */
  readonly item: unknown;
  /** Fields of a JSON document that say it, the best first. */
  readonly fields?: readonly string[];
  /** Words that say it, where there is no row. */
  readonly words?: string;
}

/** When changes count. */
export interface Window {
  readonly from: Date;
  readonly now: Date;
}

export function isInside(at: Date | undefined, { from, now }: Window): at is Date {
  return at !== undefined && at >= from && at <= now;
}

/** `"creationTimestamp": "…"`, as it stands in the record. */
export function field(key: string, value: string): string {
  return `${JSON.stringify(key)}: ${JSON.stringify(value)}`;
}
