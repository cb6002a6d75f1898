import { nearestName } from '../lib/nearest-name.ts';
import type { Playbook, PlaybookCondition, PlaybookOutput, PlaybookRule, PlaybookStep } from '../schema/generated.ts';
import { DETECTORS } from './detectors/all-detectors.ts';
import { parseDurationMs } from './duration.ts';
import { placeholderName } from './expand.ts';
import { parsePath } from './path.ts';
import { parsePattern } from './pattern.ts';
import { templatePaths } from './template.ts';

/** Something that the schema cannot see; `path` leads to the value. */
export interface PlaybookProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly hint?: string;
}

interface CheckContext {
  readonly playbook: Playbook;
  /** Strategies of all loaded playbooks; pointing anywhere else leads nowhere. */
  readonly strategies: ReadonlySet<string>;
}

/** Lints what a playbook says about itself: names, templates, paths, patterns. Empty when all is well. */
export function checkPlaybook(playbook: Playbook, strategies: ReadonlySet<string>): readonly PlaybookProblem[] {
  const context = { playbook, strategies };
  const { steps, rules, inputs = {} } = playbook.spec;
  return [
    ...duplicates(steps, 'steps'),
    ...duplicates(rules, 'rules'),
    ...Object.entries(inputs)
      .filter(([, input]) => input.type === 'path' || input.type === 'host')
      .filter(([, input]) => input.allow === undefined && input.default === undefined)
      .map(([name]) =>
        problem(['spec', 'inputs', name], 'nothing can be given for this input', 'add allow, or a default'),
      ),
    ...steps.flatMap((step, index) => checkStep(step, index, context)),
    ...rules.flatMap((rule, index) => checkRule(rule, index, context)),
  ];
}

function duplicates(entries: readonly { readonly id: string }[], list: string): readonly PlaybookProblem[] {
  const seen = new Set<string>();
  return entries.flatMap(({ id }, index) => {
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    return [problem(['spec', list, index, 'id'], `"${id}" is used twice`)];
  });
}

function checkStep(step: PlaybookStep, index: number, context: CheckContext): readonly PlaybookProblem[] {
  const at = ['spec', 'steps', index];
  const problems: PlaybookProblem[] = [];
  if ((step.argv === undefined) === (step.collector === undefined)) {
    problems.push(problem(at, 'a step has either argv or collector', 'give exactly one of them'));
  }
  const earlier = context.playbook.spec.steps.slice(0, index).map(({ id }) => id);
  if (step.when !== undefined && !earlier.includes(step.when.step)) {
    const message = `"${step.when.step}" is no earlier step`;
    problems.push(problem([...at, 'when', 'step'], message, didYouMean(step.when.step, earlier)));
  }
  problems.push(...checkConditions(step.when?.where ?? [], [...at, 'when', 'where']));
  problems.push(...checkArgv(step.argv ?? [], [...at, 'argv'], context));
  problems.push(...checkOutput(step.output, [...at, 'output']));
  for (const [number, fallback] of (step.fallback ?? []).entries()) {
    const here = [...at, 'fallback', number];
    problems.push(...checkArgv(fallback.argv, [...here, 'argv'], context));
    if (fallback.output !== undefined) problems.push(...checkOutput(fallback.output, [...here, 'output']));
  }
  return problems;
}

function checkArgv(
  argv: readonly string[],
  at: readonly (string | number)[],
  { playbook }: CheckContext,
): readonly PlaybookProblem[] {
  const inputs = playbook.spec.inputs ?? {};
  return argv.flatMap((element, index) => {
    const name = placeholderName(element);
    if (name === undefined) {
      // `{{` belongs to the output templates of container tools.
      return element.includes('${')
        ? [problem([...at, index], 'an input must be the whole argument', 'write ${name} as an element of its own')]
        : [];
    }
    return Object.hasOwn(inputs, name)
      ? []
      : [problem([...at, index], `"${name}" is no input of this playbook`, didYouMean(name, Object.keys(inputs)))];
  });
}

function checkOutput(output: PlaybookOutput, at: readonly (string | number)[]): readonly PlaybookProblem[] {
  if (output.pattern === undefined) return [];
  if (output.format !== 'table') return [problem([...at, 'pattern'], 'only a table has a pattern')];
  return parsePattern(output.pattern) === undefined ? [badPattern([...at, 'pattern'])] : [];
}

function checkRule(rule: PlaybookRule, index: number, context: CheckContext): readonly PlaybookProblem[] {
  const at = ['spec', 'rules', index];
  const { steps, rules } = context.playbook.spec;
  const problems: PlaybookProblem[] = [];
  const stepIds = steps.map(({ id }) => id);
  if (!stepIds.includes(rule.from)) {
    problems.push(problem([...at, 'from'], `"${rule.from}" is no step`, didYouMean(rule.from, stepIds)));
  }
  if (rule.detector !== undefined && !DETECTORS.has(rule.detector)) {
    const hint = didYouMean(rule.detector, DETECTORS.keys());
    problems.push(problem([...at, 'detector'], `there is no detector "${rule.detector}"`, hint));
  }
  if (rule.detector !== undefined && rule.iterate !== undefined) {
    problems.push(problem([...at, 'iterate'], 'a detector picks its items itself', 'remove iterate'));
  }
  for (const [key, path] of [
    ['iterate', rule.iterate],
    ['group', rule.group?.by],
  ] as const) {
    if (path !== undefined && parsePath(path) === undefined) problems.push(badPath([...at, key], path));
  }
  problems.push(...checkConditions(rule.where ?? [], [...at, 'where']));
  const ruleIds = rules.map(({ id }) => id);
  for (const key of ['raise', 'lower'] as const) {
    for (const [number, change] of (rule.finding[key] ?? []).entries()) {
      if (ruleIds.includes(change.if)) continue;
      problems.push(
        problem([...at, 'finding', key, number, 'if'], `"${change.if}" is no rule`, didYouMean(change.if, ruleIds)),
      );
    }
  }
  return [...problems, ...checkFinding(rule, [...at, 'finding'], context)];
}

function checkFinding(
  rule: PlaybookRule,
  at: readonly (string | number)[],
  { strategies }: CheckContext,
): readonly PlaybookProblem[] {
  const { finding } = rule;
  const problems: PlaybookProblem[] = [];
  const texts = [finding.object, finding.title, finding.explanation, finding.quote ?? '', finding.disprovedBy ?? ''];
  for (const each of finding.recommendations ?? []) texts.push(each.action, each.command ?? '');
  for (const path of texts.flatMap(templatePaths)) {
    if (path.startsWith('group.') && rule.group === undefined) {
      problems.push(problem(at, `\${${path}} needs a group`, 'add group to the rule'));
    } else if (parsePath(path) === undefined) problems.push(badPath(at, path));
  }
  if (finding.pointsTo !== undefined && !strategies.has(finding.pointsTo)) {
    const message = `no playbook has the strategy "${finding.pointsTo}"`;
    problems.push(problem([...at, 'pointsTo'], message, didYouMean(finding.pointsTo, strategies)));
  }
  return problems;
}

function checkConditions(
  conditions: readonly PlaybookCondition[],
  at: readonly (string | number)[],
): readonly PlaybookProblem[] {
  return conditions.flatMap((condition, index) => checkCondition(condition, [...at, index]));
}

function checkCondition(condition: PlaybookCondition, at: readonly (string | number)[]): readonly PlaybookProblem[] {
  const { path, op, value, valueFrom } = condition;
  const problems: PlaybookProblem[] = [];
  if ((path === undefined) !== (op === undefined)) problems.push(problem(at, 'path and op belong together'));
  if (Object.keys(condition).length === 0) problems.push(problem(at, 'the condition says nothing'));
  if (path !== undefined && parsePath(path) === undefined) problems.push(badPath([...at, 'path'], path));
  if (valueFrom !== undefined && parsePath(valueFrom) === undefined)
    problems.push(badPath([...at, 'valueFrom'], valueFrom));
  if (op !== undefined) {
    const needsValue = op !== 'exists' && op !== 'absent';
    if (needsValue !== (value !== undefined || valueFrom !== undefined)) {
      problems.push(problem(at, needsValue ? `${op} needs a value` : `${op} takes no value`));
    }
    const isPattern = op === 'matches' || op === 'notMatches';
    if (isPattern && (typeof value !== 'string' || parsePattern(value) === undefined))
      problems.push(badPattern([...at, 'value']));
    const isAge = op === 'newerThan' || op === 'olderThan';
    if (isAge && valueFrom === undefined && parseDurationMs(String(value)) === undefined) {
      problems.push(problem([...at, 'value'], `${JSON.stringify(value)} is not a duration`, 'write it like 30m'));
    }
  }
  problems.push(...checkConditions(condition.all ?? [], [...at, 'all']));
  problems.push(...checkConditions(condition.any ?? [], [...at, 'any']));
  if (condition.not !== undefined) problems.push(...checkCondition(condition.not, [...at, 'not']));
  return problems;
}

function badPath(path: readonly (string | number)[], text: string): PlaybookProblem {
  return problem(path, `"${text}" is not a path`, 'write it like a.b[*].c or a[type=Ready].b');
}

function badPattern(path: readonly (string | number)[]): PlaybookProblem {
  return problem(
    path,
    'not a usable regular expression',
    'it must be valid, at most 500 characters, and repeat no repetition',
  );
}

function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  const nearest = nearestName(name, candidates);
  return nearest === undefined ? undefined : `did you mean "${nearest}"?`;
}

function problem(path: readonly (string | number)[], message: string, hint?: string): PlaybookProblem {
  return { path, message, ...(hint === undefined ? {} : { hint }) };
}
