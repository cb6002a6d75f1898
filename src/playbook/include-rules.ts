import type { Playbook, PlaybookCondition, PlaybookInclude, PlaybookJoin, PlaybookRule } from '../schema/generated.ts';
import { problem, unknownName, type PlaybookProblem } from './playbook-problem.ts';
import { stepsOfRule } from './rule-steps.ts';

export interface Included {
  /** With the rules of the others behind its own. */
  readonly playbook: Playbook;
  readonly problems: readonly PlaybookProblem[];
}

/** Takes over the rules that a playbook includes; they look at the steps of the same ids here, or at those that it names. */
export function includeRules(playbook: Playbook, byId: ReadonlyMap<string, Playbook>): Included {
  const problems: PlaybookProblem[] = [];
  const rules = [...playbook.spec.rules];
  for (const [index, include] of (playbook.spec.include ?? []).entries()) {
    const at = ['spec', 'include', index];
    const id = include.rules.slice(0, include.rules.indexOf('#'));
    const other = byId.get(id);
    if (other === undefined || id === playbook.metadata.id) {
      problems.push(unknownName([...at, 'rules'], id, { what: 'other playbook', known: byId.keys() }));
      continue;
    }
    const taken = takeRules(include, { other, here: playbook });
    for (const [place, message] of taken.problems) problems.push(problem([...at, ...place], message));
    for (const rule of taken.rules) {
      if (rules.some((own) => own.id === rule.id))
        problems.push(problem([...at, 'rules'], `rule "${rule.id}" is there already`));
      else rules.push(rule);
    }
  }
  return { playbook: { ...playbook, spec: { ...playbook.spec, rules } }, problems };
}

interface Taken {
  readonly rules: readonly PlaybookRule[];
  readonly problems: readonly (readonly [readonly (string | number)[], string])[];
}

function takeRules(
  include: PlaybookInclude,
  { other, here }: { readonly other: Playbook; readonly here: Playbook },
): Taken {
  const problems: (readonly [readonly (string | number)[], string])[] = [];
  const stepsHere = new Set(here.spec.steps.map(({ id }) => id));
  const stepsThere = new Set(other.spec.steps.map(({ id }) => id));
  for (const [theirs, ours] of Object.entries(include.steps ?? {})) {
    if (!stepsThere.has(theirs)) problems.push([['steps', theirs], `"${theirs}" is no step of ${other.metadata.id}`]);
    if (!stepsHere.has(ours)) problems.push([['steps', theirs], `"${ours}" is no step`]);
  }
  const known = new Set(other.spec.rules.map(({ id }) => id));
  for (const [index, id] of (include.only ?? []).entries()) {
    if (!known.has(id)) problems.push([['only', index], `"${id}" is no rule of ${other.metadata.id}`]);
  }
  const rules = other.spec.rules.filter(({ id }) => include.only?.includes(id) ?? true);
  const steps = new Map(Object.entries(include.steps ?? Object.fromEntries([...stepsHere].map((id) => [id, id]))));
  const usable = rules.filter((rule) => {
    const missing = stepsOfRule(rule).filter((id) => !steps.has(id));
    if (missing.length > 0 && include.steps === undefined) {
      problems.push([['rules'], `rule "${rule.id}" needs step ${missing.join(', ')}, which is not here`]);
    }
    return missing.length === 0 && areInputsHere(rule, here);
  });
  const ids = new Set([...here.spec.rules, ...usable].map(({ id }) => id));
  return { rules: usable.map((rule) => adapt(rule, steps, ids)), problems };
}

/** A rule about an input that does not exist here can never say anything. */
function areInputsHere(rule: PlaybookRule, here: Playbook): boolean {
  return (rule.inputs ?? []).every((name) => Object.hasOwn(here.spec.inputs ?? {}, name));
}

/** Renames steps, and leaves out what refers to rules that were not taken. */
function adapt(rule: PlaybookRule, steps: ReadonlyMap<string, string>, ids: ReadonlySet<string>): PlaybookRule {
  const { raise, lower, refine, ...finding } = rule.finding;
  const join = refine?.join;
  return {
    ...rule,
    from: steps.get(rule.from) ?? rule.from,
    ...(rule.where === undefined ? {} : { where: rule.where.map((each) => adaptCondition(each, steps)) }),
    finding: {
      ...finding,
      ...(raise === undefined ? {} : { raise: raise.filter((each) => ids.has(each.if)) }),
      ...(lower === undefined ? {} : { lower: lower.filter((each) => ids.has(each.if)) }),
      ...(refine === undefined
        ? {}
        : { refine: { ...refine, ...(join === undefined ? {} : { join: adaptJoin(join, steps) }) } }),
    },
  };
}

function adaptCondition(condition: PlaybookCondition, steps: ReadonlyMap<string, string>): PlaybookCondition {
  const { all, any, not, existsIn } = condition;
  return {
    ...condition,
    ...(all === undefined ? {} : { all: all.map((each) => adaptCondition(each, steps)) }),
    ...(any === undefined ? {} : { any: any.map((each) => adaptCondition(each, steps)) }),
    ...(not === undefined ? {} : { not: adaptCondition(not, steps) }),
    ...(existsIn === undefined ? {} : { existsIn: adaptJoin(existsIn, steps) }),
  };
}

function adaptJoin(join: PlaybookJoin, steps: ReadonlyMap<string, string>): PlaybookJoin {
  const where = join.where?.map((each) => adaptCondition(each, steps));
  return { ...join, step: steps.get(join.step) ?? join.step, ...(where === undefined ? {} : { where }) };
}
