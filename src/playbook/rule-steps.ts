import type { PlaybookCondition, PlaybookRule, PlaybookStep } from '../schema/generated.ts';

/** Steps that a rule looks at, the one that it judges first. */
export function stepsOfRule(rule: PlaybookRule): readonly string[] {
  const joined = rule.finding.refine?.join;
  const all = [
    rule.from,
    ...(rule.where ?? []).flatMap(stepsOfCondition),
    ...(joined === undefined ? [] : [joined.step]),
  ];
  return [...new Set(all)];
}

function stepsOfCondition(condition: PlaybookCondition): readonly string[] {
  const { existsIn, all = [], any = [], not } = condition;
  const inside = [...all, ...any, ...(not === undefined ? [] : [not])].flatMap(stepsOfCondition);
  return existsIn === undefined
    ? inside
    : [existsIn.step, ...(existsIn.where ?? []).flatMap(stepsOfCondition), ...inside];
}

/** Steps that must have ended before a step can start. A detector may look at any step, so its rule waits for all. */
export function stepsBefore(
  step: PlaybookStep,
  earlier: readonly PlaybookStep[],
  rules: readonly PlaybookRule[],
): readonly string[] {
  const ruleIds = [step.when?.rule, step.forEach?.rule];
  const ofRules = rules
    .filter(({ id }) => ruleIds.includes(id))
    .flatMap((rule) => (rule.detector === undefined ? stepsOfRule(rule) : earlier.map(({ id }) => id)));
  const named = [step.when?.step, step.forEach?.step].filter((id) => id !== undefined);
  return [...new Set([...named, ...(step.after ?? []), ...ofRules])];
}
