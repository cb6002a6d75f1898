import { isKnown } from '../domain/evidence.ts';
import type { PlaybookStep } from '../schema/generated.ts';
import type { StepRun } from './run-step.ts';
import { cut } from './template.ts';

const MAX_REASON_CHARACTERS = 300;

/** One result for a step that ran several times: known only when every run is. */
export function sumUpParts(step: PlaybookStep, parts: NonNullable<StepRun['parts']>, left: number): StepRun {
  const gaps = parts.filter(({ run }) => !isKnown(run.result.status));
  const [gap] = gaps;
  const data = {
    step,
    parts: parts.map(({ bind, run }) => ({ ...run.result, bind })),
    ...(left === 0 ? {} : { left }),
    ms: parts.reduce((sum, { run }) => sum + run.result.ms, 0),
  };
  // Names that nobody could use are a gap of their own.
  const isEmpty = parts.length === 0;
  const reason = isEmpty
    ? `${left} ${left === 1 ? 'name' : 'names'} cannot be used in a command`
    : `${gaps.length} of ${parts.length} not read: ${gap?.run.result.reason ?? gap?.run.result.status ?? ''}`;
  const status = isEmpty ? 'failed' : (gap?.run.result.status ?? 'ok');
  return {
    result: { ...data, status, ...(isKnown(status) ? {} : { reason: cut(reason, MAX_REASON_CHARACTERS) }) },
    parts,
    commands: [],
    outputBytes: 0,
  };
}
