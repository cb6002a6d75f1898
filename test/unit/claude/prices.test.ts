import { describe, expect, it } from 'vitest';
import { isKnownModel, pricesOf } from '../../../src/claude/broker/prices.ts';
import { judgeRequesterBudget } from '../../../src/claude/broker/spend.ts';
import { NO_TOKENS, priceTokens, readTokenUsage } from '../../../src/claude/broker/token-usage.ts';
import { DEFAULT_MODEL, FALLBACK_MODEL } from '../../../src/claude/model-defaults.ts';

describe('the price of a model', () => {
  it.each([
    ['claude-opus-5-5', 4],
    ['claude-opus-5-5[1m]', 4],
    ['claude-haiku-4-5-20251001', 1],
    ['eu.anthropic.claude-sonnet-4-5-20250929-v1:0', 3],
    ['claude-sonnet-4-5@20250929', 3],
    ['anthropic/claude-opus-4-8', 5],
    ['claude-opus-5-6', 10],
    ['claude-opus-5-5-turbo', 10],
    ['our-own-model', 10],
    ['', 10],
  ])('of %s is $%s per million input tokens', (model, input) => {
    expect(pricesOf(model).input).toBe(input);
  });

  it('is known for the models that we ask for by default', () => {
    expect([DEFAULT_MODEL, FALLBACK_MODEL].every(isKnownModel)).toBe(true);
  });

  it('is that of the model that answered, unless only the one asked for is known', () => {
    const usage = { ...NO_TOKENS, output: 1_000_000 };
    expect(priceTokens(usage, { asked: 'claude-opus-5-5', answered: 'claude-sonnet-5-5' })).toBe(10);
    expect(priceTokens(usage, { asked: 'claude-opus-5-5', answered: 'gateway-model' })).toBe(20);
    expect(priceTokens(usage, { asked: 'x', answered: '' })).toBe(50);
  });

  it('tells the two kinds of cache apart', () => {
    const usage = { cache_creation_input_tokens: 30, cache_creation: { ephemeral_1h_input_tokens: 10 } };
    expect(readTokenUsage(usage)).toEqual({ ...NO_TOKENS, cacheWrite5m: 20, cacheWrite1h: 10 });
    expect(readTokenUsage(undefined)).toEqual(NO_TOKENS);
  });
});

describe('the daily budget of a requester', () => {
  const now = new Date('2026-12-31T13:00:00Z');

  it('says what is left', () => {
    expect(judgeRequesterBudget({ limitUsd: 10, spentUsd: 7.5, now })).toEqual({ kind: 'left', usd: 2.5 });
  });

  it('says when to try again when nothing is left', () => {
    const tryAgainAt = new Date('2027-01-01T00:00:00Z');
    expect(judgeRequesterBudget({ limitUsd: 10, spentUsd: 10, now })).toEqual({ kind: 'used-up', tryAgainAt });
  });
});
