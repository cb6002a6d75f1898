import type { RegisteredStrategy } from '../schema/generated.ts';

export interface LikelyStrategy {
  readonly strategy: RegisteredStrategy;
  /** Words of the issue that speak for it; empty when it is taken because nothing else fits. */
  readonly words: readonly string[];
}

const FALLBACK = 'general';

/** Says nothing about a problem, in any of them. */
const NOISE = new Set(['the', 'and', 'for', 'with', 'from', 'after', 'not', 'are', 'was', 'has', 'all', 'its', 'that']);

/**
 * What `auto` will probably mean for an issue. The processor decides; this is for people who want to know before they
 * send. The strategy with the most words in common wins, `general` when none has any.
 */
export function likelyStrategy(issue: string, strategies: readonly RegisteredStrategy[]): LikelyStrategy | undefined {
  const issueWords = wordsOf(issue);
  let best: LikelyStrategy | undefined;
  for (const strategy of strategies) {
    // It looks at a little of everything, so some word of it always fits; a processor never takes it for its words.
    if (strategy.id === FALLBACK) continue;
    const about = new Set(wordsOf([strategy.id, strategy.title, ...(strategy.checks ?? [])].join(' ')));
    const words = [...new Set(issueWords.filter((word) => about.has(word)))];
    if (words.length > (best?.words.length ?? 0)) best = { strategy, words };
  }
  if (best !== undefined) return best;
  const fallback = strategies.find(({ id }) => id === FALLBACK) ?? strategies.at(0);
  return fallback === undefined ? undefined : { strategy: fallback, words: [] };
}

function wordsOf(text: string): readonly string[] {
  const words = text.toLowerCase().split(/[^a-z0-9]+/u);
  return words.filter((word) => word.length >= 3 && !NOISE.has(word)).map((word) => word.replace(/s$/u, ''));
}
