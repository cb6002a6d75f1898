import { isKnown, type Evidence } from '../domain/evidence.ts';
import type { StepData } from '../playbook/parse-output.ts';
import { partsOf, type StepResult } from '../playbook/step-result.ts';

/** One output that can be read, of a step or of one of its runs. */
export interface RunOutput {
  readonly step: string;
  /** Place that the step looked at: `target`, or what it names by `via`. */
  readonly side: string;
  readonly data: StepData;
  readonly evidence?: Evidence;
}

/** What a run recorded and could read; what did not run, or cannot be read, is not here. */
export function runOutputs(steps: readonly StepResult[], evidence: readonly Evidence[]): readonly RunOutput[] {
  const byId = new Map(evidence.map((each) => [each.id, each]));
  return steps.flatMap((result) =>
    partsOf(result).flatMap((part): readonly RunOutput[] => {
      if (!isKnown(part.status) || part.data === undefined) return [];
      const recorded = byId.get(part.evidence ?? '');
      const { id, via = 'target' } = result.step;
      return [{ step: id, side: via, data: part.data, ...(recorded === undefined ? {} : { evidence: recorded }) }];
    }),
  );
}
