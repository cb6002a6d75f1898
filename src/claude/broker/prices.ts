/** US dollars per million tokens. */
export interface TokenPrices {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  /** Writing to the cache that lives for five minutes, or for an hour. */
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
}

/**
 * Source: what Claude Code 2.1.329 itself counts (`total_cost_usd`) for a million tokens of each kind, measured on
 * 2026-11-20 against a scripted API. Where a model costs more for long contexts this is the higher price.
 */
const PRICES: ReadonlyMap<string, TokenPrices> = new Map([
  ['claude-fable-5', prices(10, 50, 1)],
  ['claude-fable-5-1', prices(10, 50, 0.25)],
  ['claude-fable-5-2', prices(8, 40, 0.2)],
  ['claude-opus-5-5', prices(4, 20, 0.2)],
  ['claude-opus-5', prices(5, 25, 0.5)],
  ['claude-opus-4-8', prices(5, 25, 0.5)],
  ['claude-opus-4-7', prices(5, 25, 0.5)],
  ['claude-opus-4-6', prices(5, 25, 0.5)],
  ['claude-opus-4-5', prices(5, 25, 0.5)],
  ['claude-sonnet-5-5', prices(2, 10, 0.1)],
  ['claude-sonnet-5', prices(2, 10, 0.2)],
  ['claude-sonnet-4-6', prices(3, 15, 0.3)],
  ['claude-sonnet-4-5', prices(3, 15, 0.3)],
  ['claude-sonnet-4-0', prices(3, 15, 0.3)],
  ['claude-haiku-5-5', prices(0.5, 2.5, 0.05)],
  ['claude-haiku-4-5', prices(1, 5, 0.1)],
]);

/** A model that we do not know costs as much as the dearest one that we know: a budget must hold for it too. */
const DEAREST = prices(10, 50, 1);

/** Prices of a model by its full id, also with a date, a version, a provider's prefix or `[1m]`. */
export function pricesOf(model: string): TokenPrices {
  return PRICES.get(plainModelId(model)) ?? DEAREST;
}

export function isKnownModel(model: string): boolean {
  return PRICES.has(plainModelId(model));
}

function plainModelId(model: string): string {
  const pattern = /^(?:.*[./])?(claude-[a-z]+-\d+(?:-\d{1,2})?)(?:[-@]\d{8})?(?:-v\d+(?::\d+)?)?(?:\[1m\])?$/u;
  return pattern.exec(model)?.[1] ?? '';
}

function prices(input: number, output: number, cacheRead: number): TokenPrices {
  return { input, output, cacheRead, cacheWrite5m: input * 1.25, cacheWrite1h: input * 2 };
}
