import type { Playbook } from '../schema/generated.ts';
import { checkPlaybook } from './check-playbook.ts';
import { includeRules, type Included } from './include-rules.ts';
import type { PlaybookProblem } from './playbook-problem.ts';

/** A playbook with the rules that it includes, and everything that is wrong with it. */
export function completePlaybook(
  own: Playbook,
  known: { readonly byId: ReadonlyMap<string, Playbook>; readonly strategies: ReadonlySet<string> },
): Included {
  const { playbook, problems } = includeRules(own, known.byId);
  const found = checkPlaybook(playbook, known.strategies).map((each) => atInclude(each, { own, playbook }));
  return { playbook, problems: [...problems, ...found] };
}

/** A rule of another file has no place in this one: the problem is that it was included. */
function atInclude(
  found: PlaybookProblem,
  { own, playbook }: { readonly own: Playbook; readonly playbook: Playbook },
): PlaybookProblem {
  const [, list, index] = found.path;
  if (list !== 'rules' || typeof index !== 'number' || index < own.spec.rules.length) return found;
  const id = playbook.spec.rules[index]?.id ?? '';
  return { ...found, path: ['spec', 'include'], message: `included rule "${id}": ${found.message}` };
}
