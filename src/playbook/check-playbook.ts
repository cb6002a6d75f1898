import type { Playbook, PlaybookInput } from '../schema/generated.ts';
import { checkRule } from './check-rules.ts';
import { checkSteps } from './check-steps.ts';
import { placeholderNames } from './expand.ts';
import { problemOf } from './input-types.ts';
import { parsePath } from './path.ts';
import { parsePattern } from './pattern.ts';
import { badPath, badPattern, problem, unknownName, type PlaybookProblem } from './playbook-problem.ts';

/**
 * What is wrong with what a playbook says about itself: names, templates, paths, patterns. Empty when all is well. Rules
 * that it includes are checked in their own file.
 */
export function checkPlaybook(playbook: Playbook, strategies: ReadonlySet<string>): readonly PlaybookProblem[] {
  const context = { playbook, strategies };
  const { steps, rules } = playbook.spec;
  return [
    ...duplicates(steps, 'steps'),
    ...duplicates(rules, 'rules'),
    ...checkInputs(playbook),
    ...checkClock(playbook),
    ...checkSteps(playbook),
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

function checkInputs({ spec }: Playbook): readonly PlaybookProblem[] {
  const declared = Object.entries(spec.inputs ?? {});
  return declared.flatMap(([name, input], index) => {
    const earlier = declared.slice(0, index).map(([other]) => other);
    return checkInput(input, ['spec', 'inputs', name], earlier);
  });
}

const RESERVED = ['step', 'bind', 'match', 'group', 'input'];

function checkInput(
  input: PlaybookInput,
  at: readonly string[],
  earlier: readonly string[],
): readonly PlaybookProblem[] {
  const { type, allow, pattern, default: text } = input;
  const problems: PlaybookProblem[] = [];
  const name = at.at(-1) ?? '';
  if (RESERVED.includes(name)) problems.push(problem(at, `"${name}" has a meaning of its own`, 'choose another name'));
  const needsList = type === 'path' || type === 'host' || type === 'enum';
  if (needsList && allow === undefined && (text === undefined || type === 'enum')) {
    problems.push(
      problem(at, 'nothing can be given for this input', type === 'enum' ? 'add allow' : 'add allow, or a default'),
    );
  }
  if (pattern !== undefined && type !== 'string')
    problems.push(problem([...at, 'pattern'], 'only a string has a pattern'));
  if (pattern !== undefined && parsePattern(`^(?:${pattern})$`) === undefined)
    problems.push(badPattern([...at, 'pattern']));
  if (text === undefined) return problems;
  const used = placeholderNames(String(text));
  for (const other of used) {
    if (!earlier.includes(other))
      problems.push(unknownName([...at, 'default'], other, { what: 'earlier input', known: earlier }));
  }
  const isFree = type === 'path' || type === 'host';
  const wrong = used.length > 0 || isFree ? undefined : problemOf(input, String(text));
  return wrong === undefined ? problems : [...problems, problem([...at, 'default'], wrong)];
}

function checkClock({ spec: { clock, steps } }: Playbook): readonly PlaybookProblem[] {
  if (clock === undefined) return [];
  const ids = steps.map(({ id }) => id);
  const problems: PlaybookProblem[] = [];
  if (!ids.includes(clock.step))
    problems.push(unknownName(['spec', 'clock', 'step'], clock.step, { what: 'step', known: ids }));
  if (parsePath(clock.path) === undefined) problems.push(badPath(['spec', 'clock', 'path'], clock.path));
  return problems;
}
