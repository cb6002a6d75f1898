import type { Playbook, PlaybookOutput, PlaybookStep } from '../schema/generated.ts';
import { checkConditions, checkIterate, type Names } from './check-conditions.ts';
import { parseDurationMs } from './duration.ts';
import { placeholderNames } from './expand.ts';
import { parsePattern } from './pattern.ts';
import { badPath, badPattern, problem, unknownName, type At, type PlaybookProblem } from './playbook-problem.ts';
import { parsePrunePath } from './prune.ts';
import { stepsOfRule } from './rule-steps.ts';
import { templatePaths } from './template.ts';
import { parsePath } from './path.ts';

/** Checks what the steps say about inputs, other steps and rules. */
export function checkSteps({ spec }: Playbook): readonly PlaybookProblem[] {
  return spec.steps.flatMap((step, index) => checkStep(step, { index, spec, at: ['spec', 'steps', index] }));
}

interface StepContext {
  readonly index: number;
  readonly spec: Playbook['spec'];
  readonly at: At;
}

function checkStep(step: PlaybookStep, context: StepContext): readonly PlaybookProblem[] {
  const { at } = context;
  const problems: PlaybookProblem[] = [];
  const kinds = [step.argv, step.collector, step.promql].filter((each) => each !== undefined);
  if (kinds.length !== 1) {
    problems.push(problem(at, 'a step has either argv, collector or promql', 'give exactly one of them'));
  }
  const bound = Object.keys(step.forEach?.bind ?? {});
  problems.push(...checkOrder(step, context));
  problems.push(...checkArgv(step.argv ?? [], [...at, 'argv'], { context, bound }));
  problems.push(...checkArgv([step.promql?.query ?? ''], [...at, 'promql', 'query'], { context, bound, isText: true }));
  problems.push(...checkRange(step, at));
  problems.push(...checkExec(step, context));
  problems.push(...checkRbac(step, context));
  problems.push(...checkOutput(step.output, [...at, 'output']));
  for (const [number, fallback] of (step.fallback ?? []).entries()) {
    const here = [...at, 'fallback', number];
    problems.push(...checkArgv(fallback.argv, [...here, 'argv'], { context, bound }));
    if (fallback.output !== undefined) problems.push(...checkOutput(fallback.output, [...here, 'output']));
  }
  return problems;
}

const MAX_RANGE_MS = 7 * 86_400_000;
/** The limit of Prometheus itself. */
const MAX_POINTS = 11_000;

/** The cluster broker forwards no more, and more than that no Prometheus gives. */
function checkRange({ promql }: PlaybookStep, at: At): readonly PlaybookProblem[] {
  const rangeMs = parseDurationMs(promql?.range ?? '');
  const stepMs = parseDurationMs(promql?.step ?? '');
  if (rangeMs === undefined) {
    return stepMs === undefined ? [] : [problem([...at, 'promql', 'step'], 'means something only with range')];
  }
  if (rangeMs > MAX_RANGE_MS) return [problem([...at, 'promql', 'range'], 'is longer than 7 days')];
  if (stepMs === undefined || rangeMs / stepMs <= MAX_POINTS) return [];
  return [problem([...at, 'promql', 'step'], `makes more than ${MAX_POINTS} points of the range`, 'use a larger one')];
}

/** Steps and rules that must be known before this step can start. */
function checkOrder(step: PlaybookStep, { index, spec, at }: StepContext): readonly PlaybookProblem[] {
  const { when, forEach, after = [] } = step;
  const earlier = spec.steps.slice(0, index).map(({ id }) => id);
  const inputs = Object.keys(spec.inputs ?? {});
  const problems: PlaybookProblem[] = [];
  const needStep = (id: string | undefined, place: At): void => {
    if (id === undefined || earlier.includes(id)) return;
    problems.push(unknownName(place, id, { what: 'earlier step', known: earlier }));
  };
  const needRule = (id: string | undefined, place: At): void => {
    if (id === undefined) return;
    const rule = spec.rules.find((each) => each.id === id);
    if (rule === undefined) {
      problems.push(unknownName(place, id, { what: 'rule', known: spec.rules.map((each) => each.id) }));
      return;
    }
    const late = stepsOfRule(rule).filter((needed) => !earlier.includes(needed));
    if (late.length > 0)
      problems.push(problem(place, `rule "${id}" looks at ${late.join(', ')}, which is no earlier step`));
  };
  needStep(when?.step, [...at, 'when', 'step']);
  needRule(when?.rule, [...at, 'when', 'rule']);
  if (when?.input !== undefined && !inputs.includes(when.input)) {
    problems.push(unknownName([...at, 'when', 'input'], when.input, { what: 'input of this playbook', known: inputs }));
  }
  if (when?.where !== undefined && when.step === undefined)
    problems.push(problem([...at, 'when', 'where'], 'where needs a step'));
  needStep(forEach?.step, [...at, 'forEach', 'step']);
  needRule(forEach?.rule, [...at, 'forEach', 'rule']);
  for (const [number, id] of after.entries()) needStep(id, [...at, 'after', number]);

  const names: Names = { items: [], fixed: { input: inputs }, steps: [] };
  if (when?.iterate !== undefined && parsePath(when.iterate) === undefined) {
    problems.push(badPath([...at, 'when', 'iterate'], when.iterate));
  }
  problems.push(...checkConditions(when?.where ?? [], [...at, 'when', 'where'], names));
  if (forEach !== undefined) problems.push(...checkForEach(forEach, { inputs, at: [...at, 'forEach'] }));
  return problems;
}

function checkForEach(
  forEach: NonNullable<PlaybookStep['forEach']>,
  { inputs, at }: { readonly inputs: readonly string[]; readonly at: At },
): readonly PlaybookProblem[] {
  const iterate = checkIterate(forEach.iterate, [...at, 'iterate']);
  const names: Names = { items: iterate.items, fixed: { input: inputs }, steps: [] };
  const problems = [...iterate.problems, ...checkConditions(forEach.where ?? [], [...at, 'where'], names)];
  if (forEach.rule !== undefined && (forEach.iterate !== undefined || forEach.where !== undefined)) {
    problems.push(problem(at, 'a rule picks its items itself', 'remove iterate and where'));
  }
  for (const [name, bind] of Object.entries(forEach.bind)) {
    if (inputs.includes(name)) problems.push(problem([...at, 'bind', name], `"${name}" is already an input`));
    if (typeof bind !== 'string' && (bind.type === 'path') !== (bind.allow !== undefined)) {
      const message =
        bind.type === 'path' ? 'a path needs the folders that are allowed' : 'only a path lies in folders';
      problems.push(problem([...at, 'bind', name], message, 'set allow for type: path, and for no other'));
    }
    for (const path of templatePaths(typeof bind === 'string' ? bind : bind.value)) {
      if (parsePath(path) === undefined) problems.push(badPath([...at, 'bind', name], path));
    }
  }
  return problems;
}

function checkArgv(
  argv: readonly string[],
  at: At,
  facts: { readonly context: StepContext; readonly bound: readonly string[]; readonly isText?: boolean },
): readonly PlaybookProblem[] {
  const known = [...Object.keys(facts.context.spec.inputs ?? {}), ...facts.bound];
  return argv.flatMap((element, index) => {
    const here = facts.isText === true ? at : [...at, index];
    const missing = placeholderNames(element)
      .filter((name) => !known.includes(name))
      .map((name) => unknownName(here, name, { what: 'input of this playbook', known }));
    // `{{` belongs to the output templates of container tools.
    const opened = element.split('${').length - 1;
    if (opened === placeholderNames(element).length) return missing;
    return [...missing, problem(here, 'only an input can stand in ${}', 'write it like ${name}')];
  });
}

/** What starts a program inside a container is no mere read, whatever the step says. */
function checkExec(step: PlaybookStep, { at }: StepContext): readonly PlaybookProblem[] {
  if (step.access === 'exec-read') return [];
  const commands = [step.argv ?? [], ...(step.fallback ?? []).map(({ argv }) => argv)];
  return commands.some(startsInside)
    ? [problem([...at, 'access'], 'a command that starts a program inside a container needs access exec-read')]
    : [];
}

const CONTAINER_TOOLS = ['kubectl', 'oc', 'docker', 'podman', 'crictl', 'nerdctl'];

function startsInside([program = '', ...words]: readonly string[]): boolean {
  const name = program.slice(program.lastIndexOf('/') + 1);
  return CONTAINER_TOOLS.includes(name) && words.some((word) => ['exec', 'rsh', 'attach'].includes(word));
}

function checkRbac(step: PlaybookStep, { spec, at }: StepContext): readonly PlaybookProblem[] {
  const inputs = Object.keys(spec.inputs ?? {});
  return (step.rbac ?? []).flatMap(({ scope = '', verbs, resource }, index) => {
    const here = [...at, 'rbac', index];
    const problems = placeholderNames(scope)
      .filter((name) => !inputs.includes(name))
      .map((name) => unknownName([...here, 'scope'], name, { what: 'input of this playbook', known: inputs }));
    if (verbs.includes('create') && (step.access !== 'exec-read' || resource !== 'pods/exec')) {
      problems.push(problem([...here, 'verbs'], 'create is only for pods/exec of an exec-read step'));
    }
    return problems;
  });
}

function checkOutput(output: PlaybookOutput, at: At): readonly PlaybookProblem[] {
  const problems: PlaybookProblem[] = [];
  if (output.pattern !== undefined && output.format !== 'table') {
    problems.push(problem([...at, 'pattern'], 'only a table has a pattern'));
  } else if (output.pattern !== undefined && parsePattern(output.pattern) === undefined) {
    problems.push(badPattern([...at, 'pattern']));
  }
  for (const key of ['drop', 'keep'] as const) {
    const paths = output[key] ?? [];
    if (paths.length > 0 && output.format !== 'json' && output.format !== 'jsonl') {
      problems.push(problem([...at, key], `only json and jsonl have ${key}`));
    }
    for (const [index, text] of paths.entries()) {
      if (parsePrunePath(text) === undefined) {
        problems.push(problem([...at, key, index], `"${text}" is not a path`, 'write it like **.env[*].value'));
      }
    }
  }
  if (output.cut === 'start' && !['text', 'table', 'jsonl'].includes(output.format)) {
    problems.push(problem([...at, 'cut'], 'only text, table and jsonl can lose their start'));
  }
  if (output.allowEmpty === true && output.format !== 'json')
    problems.push(problem([...at, 'allowEmpty'], 'only json can be empty'));
  return problems;
}
