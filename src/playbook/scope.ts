import type { StepStatus } from '../domain/evidence.ts';
import type { StepData } from './parse-output.ts';
import { firstKey, readPath, type Path } from './path.ts';

/** What rules know about how a step ended. */
export interface StepFacts {
  readonly status?: StepStatus;
  /** Meaning of the exit code, for `nonzero-ok`. */
  readonly signal?: string;
  readonly exit?: number;
  readonly ms?: number;
  readonly stderr?: string;
}

/** What a condition or a text looks at. */
export interface Scope {
  readonly item: unknown;
  readonly step: StepFacts;
  /** Capture time, for newerThan and olderThan. */
  readonly now: Date;
  /** Named items, and `input`, `bind` and `match`. */
  readonly vars?: Readonly<Record<string, unknown>>;
  /** Outputs of another step; none while it is not known. */
  readonly outputs?: (step: string) => readonly StepData[] | undefined;
}

/** Values of a path: in the step when it begins with `step`, in what is named, else in the item. */
export function lookup(scope: Scope, path: Path): readonly unknown[] {
  return readPath(baseOf(scope, path), path);
}

function baseOf({ item, step, vars = {} }: Scope, path: Path): unknown {
  const first = firstKey(path);
  if (first === 'step') return { step };
  return first !== undefined && Object.hasOwn(vars, first) ? vars : item;
}
