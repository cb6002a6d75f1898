import { nearestName } from '../lib/nearest-name.ts';
import type { Playbook, PresenceStrategy, RequestTarget } from '../schema/generated.ts';

type TargetType = RequestTarget['type'];

export type StrategyChoice =
  | {
      readonly kind: 'chosen';
      readonly playbook: Playbook;
      readonly strategy: string;
      readonly chosenBy: 'request' | 'auto';
      /** Why auto chose it. */
      readonly why?: string;
    }
  | { readonly kind: 'unknown'; readonly nearest?: string; readonly known: readonly string[] };

export interface StrategyRequest {
  /** A strategy name, or `auto`. */
  readonly strategy: string;
  /** Title, description and prompt, for `auto`. */
  readonly text: string;
  readonly targetType: TargetType;
}

const FALLBACK = 'general';

/** The playbook for a request; `auto` takes the one whose words occur most in the text, else `general`. */
export function chooseStrategy(request: StrategyRequest, playbooks: readonly Playbook[]): StrategyChoice {
  const fitting = playbooks.filter((playbook) => playbook.spec.targets.includes(request.targetType));
  if (request.strategy === 'auto') return chooseByWords(request.text, fitting);
  const playbook = withStrategy(fitting, request.strategy);
  if (playbook !== undefined) return { kind: 'chosen', playbook, strategy: request.strategy, chosenBy: 'request' };
  return unknownStrategy(request.strategy, fitting);
}

/** What can be asked of a target, for menus; a playbook with several strategies gives a line for each. */
export function advertise(playbooks: readonly Playbook[], targetType: TargetType): readonly PresenceStrategy[] {
  return playbooks
    .filter((playbook) => playbook.spec.targets.includes(targetType))
    .flatMap(({ metadata, spec }) =>
      spec.strategies.map((id) => ({
        id,
        title: metadata.title,
        steps: spec.steps.length,
        seconds: spec.budget.seconds,
        checks: spec.steps.map((step) => step.title),
      })),
    );
}

function chooseByWords(text: string, playbooks: readonly Playbook[]): StrategyChoice {
  let best:
    | {
        readonly playbook: Playbook;
        readonly strategy: string;
        readonly hits: readonly string[];
        readonly score: number;
      }
    | undefined;
  for (const playbook of playbooks) {
    const strategy = playbook.spec.strategies[0];
    if (strategy === undefined || playbook.spec.strategies.includes(FALLBACK)) continue;
    const hits = hitsIn(text, playbook.spec.words ?? []);
    // A phrase says more than a word.
    const score = hits.map((hit) => hit.split(' ').length).reduce((sum, words) => sum + words, 0);
    if (score > (best?.score ?? 0)) best = { playbook, strategy, hits, score };
  }
  if (best !== undefined) {
    const why = `the question speaks of ${best.hits.map((hit) => `"${hit}"`).join(', ')}`;
    return { kind: 'chosen', playbook: best.playbook, strategy: best.strategy, chosenBy: 'auto', why };
  }
  const fallback = withStrategy(playbooks, FALLBACK);
  if (fallback === undefined) return unknownStrategy('auto', playbooks);
  const why = 'no other strategy fits the words';
  return { kind: 'chosen', playbook: fallback, strategy: FALLBACK, chosenBy: 'auto', why };
}

/** Words and phrases that stand in the text on their own, in the order of the playbook. */
function hitsIn(text: string, words: readonly string[]): readonly string[] {
  const plain = ` ${plainWords(text)} `;
  return words.filter((word) => plain.includes(` ${plainWords(word)} `));
}

function plainWords(text: string): string {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .join(' ');
}

function withStrategy(playbooks: readonly Playbook[], strategy: string): Playbook | undefined {
  return playbooks.find((playbook) => playbook.spec.strategies.includes(strategy));
}

function unknownStrategy(strategy: string, playbooks: readonly Playbook[]): StrategyChoice {
  const known = playbooks.flatMap((playbook) => playbook.spec.strategies);
  const nearest = nearestName(strategy, known);
  return { kind: 'unknown', ...(nearest === undefined ? {} : { nearest }), known };
}
