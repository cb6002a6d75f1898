import type { Recommendation } from '../schema/generated.ts';

/** What can be done at once; the rest is for later. */
const MAX_NOW = 3;

/** Words that keep somebody from doing harm count before anything is done. */
const WARNING = /^(?:do not|don't|never)\b/iu;

export interface SplitSteps {
  readonly now: readonly Recommendation[];
  readonly later: readonly Recommendation[];
}

/** Parts the steps of a report into the first few, with every warning, and those for later; their order stays. */
export function splitSteps(recommendations: readonly Recommendation[]): SplitSteps {
  const isNow = recommendations.map(({ action }, index) => index < MAX_NOW || WARNING.test(action));
  return {
    now: recommendations.filter((_, index) => isNow[index] === true),
    later: recommendations.filter((_, index) => isNow[index] !== true),
  };
}
