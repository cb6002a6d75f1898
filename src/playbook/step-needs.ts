import { isKnown } from '../domain/evidence.ts';
import type { Playbook, PlaybookStep, PlaybookWhen } from '../schema/generated.ts';
import { or, type Verdict } from './compare-values.ts';
import { compileAll } from './conditions.ts';
import { DETECTORS } from './detectors/all-detectors.ts';
import type { Inputs } from './expand.ts';
import { iterateItems } from './iterate.ts';
import { judgeRule, type RuleVerdict } from './judge-rule.ts';
import { partsOf, type SkipCause, type StepResult } from './step-result.ts';

/** What is known when it is decided whether a step runs. */
export interface Known {
  readonly playbook: Playbook;
  readonly results: ReadonlyMap<string, StepResult>;
  readonly inputs: Inputs;
  readonly now: Date;
}

export interface Skip {
  readonly cause: SkipCause;
  readonly reason: string;
}

/** Why a step need not or cannot run by its `when` and `after`; undefined when it can. */
export function reasonNotToRun(step: PlaybookStep, known: Known): Skip | undefined {
  for (const id of step.after ?? []) {
    const result = known.results.get(id);
    if (result?.step.onError === 'skip-dependents' && gapOf(result) !== undefined) return gapOf(result);
  }
  return step.when === undefined ? undefined : whenFails(step.when, known);
}

function whenFails(when: PlaybookWhen, known: Known): Skip | undefined {
  if (when.input !== undefined && known.inputs[when.input] === undefined) {
    // The playbook says itself that the step belongs to a value that this question does not have.
    return { cause: 'not-needed', reason: `input ${when.input} has no value` };
  }
  if (when.rule !== undefined) {
    const verdict = judgeRuleOf(when.rule, known);
    if (verdict.kind === 'unknown') return { cause: 'condition', reason: verdict.why };
    if (verdict.kind !== 'match') return { cause: 'not-needed', reason: `rule ${when.rule} found nothing` };
  }
  return when.step === undefined ? undefined : stepFails(when, when.step, known);
}

function stepFails(when: PlaybookWhen, id: string, { results, inputs, now }: Known): Skip | undefined {
  const result = results.get(id);
  if (result === undefined) return { cause: 'condition', reason: `step ${id} did not run` };
  const gap = gapOf(result);
  if (gap !== undefined) return gap;
  const test = compileAll(when.where ?? []);
  const verdicts = partsOf(result).flatMap((part): readonly Verdict[] => {
    const items = iterateItems(part.data?.root, when.iterate);
    if (items === undefined) return ['unknown'];
    const { status, exit, signal, stderr, ms } = part;
    const step = {
      ...{ status, ms },
      ...(exit === undefined ? {} : { exit }),
      ...(signal === undefined ? {} : { signal }),
      ...(stderr === undefined ? {} : { stderr }),
    };
    const verdict = or(items.map(({ item }) => test({ item, step, now, vars: { input: inputs, bind: part.bind } })));
    return [verdict === 'no' && part.data?.isPartial === true ? 'unknown' : verdict];
  });
  const verdict = or(verdicts);
  if (verdict === 'yes') return undefined;
  const reason = `its condition on "${result.step.title}" does not hold`;
  return verdict === 'no'
    ? { cause: 'not-needed', reason }
    : { cause: 'condition', reason: `its condition on "${result.step.title}" cannot be judged` };
}

/** Why nothing can be said about what a step would have shown; undefined when it is known. */
export function gapOf(result: StepResult): Skip | undefined {
  if (isKnown(result.status)) return undefined;
  const { skipCause } = result;
  const isSettled = skipCause === 'platform' || skipCause === 'not-needed' || skipCause === 'no-input';
  const reason = `${result.step.title}: ${result.reason ?? result.status}`;
  return { cause: isSettled ? skipCause : 'condition', reason };
}

/** The verdict of a rule over the steps that have ended. */
export function judgeRuleOf(id: string, { playbook, results, inputs, now }: Known): RuleVerdict {
  const rule = playbook.spec.rules.find((each) => each.id === id);
  if (rule === undefined) return { kind: 'unknown', why: `there is no rule ${id}` };
  return judgeRule(rule, { stepById: results, now, detectors: DETECTORS, inputs });
}
