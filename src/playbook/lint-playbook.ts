import { isProblem } from '../domain/finding.ts';
import type { Playbook, PlaybookCondition, PlaybookRule } from '../schema/generated.ts';
import { isIdentityOnly } from './identity.ts';
import { problem, type PlaybookProblem } from './playbook-problem.ts';
import { stepsOfRule } from './rule-steps.ts';

/** What is allowed and hardly meant: steps that nobody reads, and rules that can never say anything new. */
export function lintPlaybook(playbook: Playbook): readonly PlaybookProblem[] {
  return [
    ...unusedSteps(playbook),
    ...unusedInputs(playbook),
    ...unreachableRules(playbook),
    ...quotesOfNames(playbook),
    ...birthsAsOnset(playbook),
  ];
}

/** A line that names an object stands in a healthy one too: the check of such a citation can never fail. */
function quotesOfNames({ spec }: Playbook): readonly PlaybookProblem[] {
  return spec.rules.flatMap(({ finding }, index) => {
    if (!isProblem(finding) || finding.quote === undefined || !isIdentityOnly(finding.quote)) return [];
    const hint = 'remove it: the field that decides is quoted by itself';
    return [
      problem(
        ['spec', 'rules', index, 'finding', 'quote'],
        'the quote names an object and says nothing about it',
        hint,
      ),
    ];
  });
}

/** An object may be old when it breaks; only one that never worked is at fault from its birth. */
function birthsAsOnset({ spec }: Playbook): readonly PlaybookProblem[] {
  return spec.rules.flatMap(({ finding, where = [] }, index) => {
    const { since = '' } = finding;
    if (!isProblem(finding) || !since.endsWith('creationTimestamp') || neverWorked(where, since)) return [];
    const hint = 'take the transition of the condition that decides, or leave it out';
    return [
      problem(['spec', 'rules', index, 'finding', 'since'], `${since} is when it was made, not when it broke`, hint),
    ];
  });
}

/** A rule that judges how old something is, or that it is still pending, means what was never well. */
function neverWorked(where: readonly PlaybookCondition[], since: string): boolean {
  return where.some(
    ({ path = '', op, value, all = [], any = [] }) =>
      (path === since && (op === 'olderThan' || op === 'newerThan')) ||
      (path.endsWith('status.phase') && op === 'eq' && value === 'Pending') ||
      neverWorked([...all, ...any], since),
  );
}

function unusedSteps({ spec }: Playbook): readonly PlaybookProblem[] {
  const used = new Set([
    ...spec.rules.flatMap(stepsOfRule),
    ...spec.steps.flatMap(({ when, forEach, after = [] }) => [when?.step, forEach?.step, ...after]),
    spec.clock?.step,
  ]);
  // A detector may look at any step.
  if (spec.rules.some(({ detector }) => detector !== undefined)) return [];
  return spec.steps.flatMap(({ id }, index) =>
    used.has(id)
      ? []
      : [
          problem(
            ['spec', 'steps', index, 'id'],
            `no rule looks at step "${id}"`,
            'fine when it is evidence for people',
          ),
        ],
  );
}

function unusedInputs({ spec }: Playbook): readonly PlaybookProblem[] {
  const text = JSON.stringify([spec.steps, spec.rules, Object.values(spec.inputs ?? {}).map((input) => input.default)]);
  const named = new Set([
    ...spec.rules.flatMap(({ inputs = [] }) => inputs),
    ...spec.steps.map(({ when }) => when?.input),
  ]);
  return Object.keys(spec.inputs ?? {})
    .filter((name) => !named.has(name) && !text.includes(`\${${name}}`) && !text.includes(`input.${name}`))
    .map((name) => problem(['spec', 'inputs', name], `nothing uses input "${name}"`));
}

function unreachableRules({ spec }: Playbook): readonly PlaybookProblem[] {
  return spec.rules.flatMap((rule, index) => {
    const at = ['spec', 'rules', index];
    const twin = spec.rules.slice(0, index).find((earlier) => isTwin(earlier, rule));
    return [
      ...(twin === undefined ? [] : [problem([...at, 'id'], `rule "${rule.id}" says the same as "${twin.id}"`)]),
      ...contradictions(rule.where ?? []).map((path) =>
        problem([...at, 'where'], `rule "${rule.id}" can never fire: its conditions on ${path} exclude each other`),
      ),
      ...shadowedCases(rule).map((number) =>
        problem([...at, 'finding', 'refine', 'cases', number, 'match'], 'an earlier case has the same expression'),
      ),
    ];
  });
}

function isTwin(a: PlaybookRule, b: PlaybookRule): boolean {
  const essence = ({ from, iterate, extract, where, detector, group, with: settings, finding }: PlaybookRule): string =>
    JSON.stringify([from, iterate, extract, where, detector, settings, group, finding.code]);
  return essence(a) === essence(b);
}

/** Paths that must have two values, or lie between two bounds, at once. A path that leads to many values may. */
function contradictions(where: readonly PlaybookCondition[]): readonly string[] {
  const paths = new Map<string, PlaybookCondition[]>();
  for (const condition of where) {
    const { path } = condition;
    if (path === undefined || path.includes('[') || path.includes('(')) continue;
    paths.set(path, [...(paths.get(path) ?? []), condition]);
  }
  return [...paths].filter(([, conditions]) => excludeEachOther(conditions)).map(([path]) => path);
}

function excludeEachOther(conditions: readonly PlaybookCondition[]): boolean {
  const values = (op: PlaybookCondition['op']): readonly PlaybookCondition['value'][] =>
    conditions.filter((each) => each.op === op && each.value !== undefined).map(({ value }) => value);
  const [first, ...others] = values('eq').map(String);
  if (others.some((value) => value !== first)) return true;
  const low = Math.max(...[...values('gt'), ...values('gte')].map(Number));
  const high = Math.min(...[...values('lt'), ...values('lte')].map(Number));
  if (low > high) return true;
  const ops = new Set(conditions.map(({ op }) => op));
  return ops.has('absent') && (ops.has('exists') || ops.has('eq') || ops.has('matches'));
}

function shadowedCases({ finding }: PlaybookRule): readonly number[] {
  const cases = finding.refine?.cases ?? [];
  return cases.flatMap(({ match }, number) =>
    cases.slice(0, number).some((earlier) => earlier.match === match) ? [number] : [],
  );
}
