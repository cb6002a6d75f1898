import { numberField, recordField, type JsonRecord } from '../../schema/json-fields.ts';
import { isKnownModel, pricesOf } from './prices.ts';

/** Tokens by what they cost. */
export interface TokenUsage {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
}

export const NO_TOKENS: TokenUsage = { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };

/** Tokens of a `usage` object of the Messages API; zero where it says nothing. */
export function readTokenUsage(usage: JsonRecord | undefined): TokenUsage {
  const written = numberField(usage, 'cache_creation_input_tokens') ?? 0;
  const hour = numberField(recordField(usage, 'cache_creation'), 'ephemeral_1h_input_tokens') ?? 0;
  return {
    input: numberField(usage, 'input_tokens') ?? 0,
    output: numberField(usage, 'output_tokens') ?? 0,
    cacheRead: numberField(usage, 'cache_read_input_tokens') ?? 0,
    cacheWrite5m: Math.max(0, written - hour),
    cacheWrite1h: hour,
  };
}

export function addTokens(left: TokenUsage, right: TokenUsage): TokenUsage {
  return combine(left, right, (one, other) => one + other);
}

/** The later numbers of a stream repeat or raise the earlier ones. */
export function raiseTokens(left: TokenUsage, right: TokenUsage): TokenUsage {
  return combine(left, right, Math.max);
}

/** US dollars for `usage`. The answer may name another model than the request; a known one of the two decides. */
export function priceTokens(usage: TokenUsage, models: { readonly asked: string; readonly answered: string }): number {
  const prices = pricesOf(isKnownModel(models.answered) ? models.answered : models.asked);
  const micro =
    usage.input * prices.input +
    usage.output * prices.output +
    usage.cacheRead * prices.cacheRead +
    usage.cacheWrite5m * prices.cacheWrite5m +
    usage.cacheWrite1h * prices.cacheWrite1h;
  return micro / 1_000_000;
}

function combine(left: TokenUsage, right: TokenUsage, how: (one: number, other: number) => number): TokenUsage {
  return {
    input: how(left.input, right.input),
    output: how(left.output, right.output),
    cacheRead: how(left.cacheRead, right.cacheRead),
    cacheWrite5m: how(left.cacheWrite5m, right.cacheWrite5m),
    cacheWrite1h: how(left.cacheWrite1h, right.cacheWrite1h),
  };
}
