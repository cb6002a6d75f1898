import type { Playbook, PlaybookRule } from '../schema/generated.ts';
import { checkConditions, checkIterate, checkJoin, checkPath, withGroupNames, type Names } from './check-conditions.ts';
import { DETECTORS } from './detectors/all-detectors.ts';
import { firstKey, parsePath } from './path.ts';
import { parsePattern } from './pattern.ts';
import {
  badPath,
  badPattern,
  didYouMean,
  problem,
  unknownName,
  type At,
  type PlaybookProblem,
} from './playbook-problem.ts';
import { templatePaths } from './template.ts';

export interface RuleContext {
  readonly playbook: Playbook;
  /** Strategies of all loaded playbooks; pointing anywhere else leads nowhere. */
  readonly strategies: ReadonlySet<string>;
}

/** Checks what a rule says about steps, other rules and its items. */
export function checkRule(rule: PlaybookRule, index: number, context: RuleContext): readonly PlaybookProblem[] {
  const at = ['spec', 'rules', index];
  const { steps, inputs = {} } = context.playbook.spec;
  const stepIds = steps.map(({ id }) => id);
  const from = steps.find(({ id }) => id === rule.from);
  const iterate = checkIterate(rule.iterate, [...at, 'iterate']);
  const groups = rule.extract === undefined ? undefined : groupNames(rule.extract.pattern);
  const names: Names = {
    items: iterate.items,
    fixed: {
      input: Object.keys(inputs),
      ...(from?.forEach === undefined ? {} : { bind: Object.keys(from.forEach.bind) }),
      ...(groups === undefined ? {} : { match: groups }),
    },
    steps: stepIds,
  };
  return [
    ...(from === undefined ? [unknownName([...at, 'from'], rule.from, { what: 'step', known: stepIds })] : []),
    ...checkDetector(rule, at),
    ...(rule.inputs ?? []).flatMap((name, number) =>
      Object.hasOwn(inputs, name)
        ? []
        : [
            unknownName([...at, 'inputs', number], name, {
              what: 'input of this playbook',
              known: Object.keys(inputs),
            }),
          ],
    ),
    ...iterate.problems,
    ...checkExtract(rule, at, names),
    ...checkConditions(rule.where ?? [], [...at, 'where'], names),
    ...checkGroup(rule, at, names),
    ...checkFinding(rule, [...at, 'finding'], { ...context, names }),
  ];
}

function checkDetector(rule: PlaybookRule, at: At): readonly PlaybookProblem[] {
  if (rule.detector === undefined) {
    return rule.with === undefined ? [] : [problem([...at, 'with'], 'only a detector has settings')];
  }
  const problems: PlaybookProblem[] = [];
  if (!DETECTORS.has(rule.detector)) {
    const hint = didYouMean(rule.detector, DETECTORS.keys());
    problems.push(problem([...at, 'detector'], `there is no detector "${rule.detector}"`, hint));
  }
  if (rule.iterate !== undefined) {
    problems.push(problem([...at, 'iterate'], 'a detector picks its items itself', 'remove iterate'));
  }
  return problems;
}

function checkExtract({ extract }: PlaybookRule, at: At, names: Names): readonly PlaybookProblem[] {
  if (extract === undefined) return [];
  const problems = [...checkPath(extract.path, [...at, 'extract', 'path'], names)];
  if (parsePattern(extract.pattern) === undefined) problems.push(badPattern([...at, 'extract', 'pattern']));
  else if (groupNames(extract.pattern).length === 0) {
    problems.push(problem([...at, 'extract', 'pattern'], 'it has no named group', 'write it like (?<name>\\S+)'));
  }
  return problems;
}

function checkGroup({ group }: PlaybookRule, at: At, names: Names): readonly PlaybookProblem[] {
  if (group === undefined) return [];
  const { by, atLeast, having } = group;
  const problems: PlaybookProblem[] = [];
  if (atLeast === undefined && having === undefined) {
    problems.push(problem([...at, 'group'], 'it does not say how large a group must be', 'give atLeast or having'));
  }
  if (by !== undefined) problems.push(...checkPath(by, [...at, 'group', 'by'], names));
  for (const key of ['distinct', 'sum'] as const) {
    const measure = having?.[key];
    if (measure === undefined) continue;
    const here = [...at, 'group', 'having', key];
    problems.push(...checkPath(measure.path, [...here, 'path'], names));
    if (Object.keys(measure).length === 1)
      problems.push(problem(here, 'it has no limit', 'give gt, gte, lt, lte or eq'));
  }
  return problems;
}

function checkFinding(
  rule: PlaybookRule,
  at: At,
  context: RuleContext & { readonly names: Names },
): readonly PlaybookProblem[] {
  const { finding } = rule;
  const { names, strategies, playbook } = context;
  const joined = (rule.where ?? []).flatMap(joinedNames);
  const texts: Names = { ...names, items: names.items.length === 0 ? [] : [...names.items, ...joined] };
  const problems = [...checkTexts(finding, rule, { at, names: texts })];
  if (finding.since !== undefined) problems.push(...checkPath(finding.since, [...at, 'since'], names));
  const ruleIds = playbook.spec.rules.map(({ id }) => id);
  for (const key of ['raise', 'lower'] as const) {
    for (const [number, change] of (finding[key] ?? []).entries()) {
      if (ruleIds.includes(change.if)) continue;
      problems.push(unknownName([...at, key, number, 'if'], change.if, { what: 'rule', known: ruleIds }));
    }
  }
  const pointers = [finding, ...(finding.refine?.cases ?? [])];
  for (const [number, { pointsTo }] of pointers.entries()) {
    if (pointsTo === undefined || strategies.has(pointsTo)) continue;
    const place = number === 0 ? [...at, 'pointsTo'] : [...at, 'refine', 'cases', number - 1, 'pointsTo'];
    const message = `no playbook has the strategy "${pointsTo}"`;
    problems.push(problem(place, message, didYouMean(pointsTo, strategies)));
  }
  return [...problems, ...checkRefine(rule, at, texts)];
}

function checkRefine(rule: PlaybookRule, at: At, names: Names): readonly PlaybookProblem[] {
  const { refine } = rule.finding;
  if (refine === undefined) return [];
  const here = [...at, 'refine'];
  const problems: PlaybookProblem[] = [];
  if (refine.field === undefined && refine.join === undefined)
    problems.push(problem(here, 'needs field, join, or both'));
  if (refine.field !== undefined) problems.push(...checkPath(refine.field, [...here, 'field'], names));
  if (refine.join !== undefined) problems.push(...checkJoin(refine.join, [...here, 'join'], names));
  for (const [number, each] of refine.cases.entries()) {
    const place = [...here, 'cases', number];
    if (parsePattern(each.match) === undefined) problems.push(badPattern([...place, 'match']));
    const groups = groupNames(each.match);
    const known = groups.length === 0 ? names : { ...names, fixed: { ...names.fixed, match: groups } };
    problems.push(...checkTexts(each, rule, { at: place, names: known }));
  }
  return problems;
}

type Texts = Partial<
  Pick<
    PlaybookRule['finding'],
    'object' | 'title' | 'expected' | 'explanation' | 'quote' | 'disprovedBy' | 'recommendations'
  >
>;

function checkTexts(
  { object, title, expected, explanation, quote, disprovedBy, recommendations = [] }: Texts,
  rule: PlaybookRule,
  { at, names }: { readonly at: At; readonly names: Names },
): readonly PlaybookProblem[] {
  const texts = [
    object,
    title,
    expected,
    explanation,
    quote,
    disprovedBy,
    ...recommendations.flatMap((each) => [each.action, each.command]),
  ];
  const known = rule.group === undefined ? names : withGroupNames(names);
  return texts
    .filter((text) => text !== undefined)
    .flatMap(templatePaths)
    .flatMap((text) => {
      const path = parsePath(text);
      if (path === undefined) return [badPath(at, text)];
      if (firstKey(path) === 'group' && rule.group === undefined) {
        return [problem(at, `\${${text}} needs a group`, 'add group to the rule')];
      }
      return checkPath(text, at, known);
    });
}

function joinedNames(condition: NonNullable<PlaybookRule['where']>[number]): readonly string[] {
  const { existsIn, all = [], any = [] } = condition;
  return [...(existsIn?.as === undefined ? [] : [existsIn.as]), ...[...all, ...any].flatMap(joinedNames)];
}

/** Names of the groups of an expression. */
function groupNames(pattern: string): readonly string[] {
  return [...pattern.matchAll(/\(\?<([A-Za-z_]\w*)>/gu)].map((match) => match[1] ?? '');
}
