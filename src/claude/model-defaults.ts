/**
 * The model when neither the configuration nor `ANTHROPIC_MODEL` names one; always a full id, because aliases move
 * between versions of Claude Code. It is what Claude Code 2.1.329 itself takes.
 */
export const DEFAULT_MODEL = 'claude-opus-5-5';

/** Takes over when the model is overloaded or unavailable. */
export const FALLBACK_MODEL = 'claude-sonnet-5-5';

export const DEFAULT_MAX_TURNS = 40;

export const DEFAULT_MAX_BUDGET_USD = 2;

/** US dollars in a day of UTC. */
export const DEFAULT_REQUESTER_USD_PER_DAY = 20;

export const DEFAULT_USD_PER_DAY = 100;

export const DEFAULT_KEEP_CONVERSATION_HOURS = 24;
