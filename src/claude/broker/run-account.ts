import type { ModelRefusal } from '../model-access.ts';
import type { SpendEntry } from './spend.ts';
import { addTokens, NO_TOKENS, type TokenUsage } from './token-usage.ts';

/** What one run has used of the model API so far. */
export interface RunUsage {
  readonly requests: number;
  readonly tokens: TokenUsage;
  readonly usd: number;
}

export interface AccountOptions {
  readonly runId: string;
  readonly requester: string;
  /** The first call after this much is spent is refused; a running call is not cut off. */
  readonly budgetUsd: number;
  readonly onSpend?: (entry: SpendEntry) => void;
  /** Asked before each call: why it may not be made now, in words. */
  readonly obstacle?: () => Promise<string | undefined>;
  /** Calls that may be under way at the same time; as many as there are when absent. */
  readonly maxCalls?: number;
  /** A refused credential does not end it: it lives for hours, and somebody may put in another key meanwhile. */
  readonly isLasting?: boolean;
  /** Called once, when no further call of this run is forwarded; `status` is what the upstream answered. */
  readonly onRefusal?: (refusal: ModelRefusal, status?: number) => void;
}

/** The account of one run: its token opens it, its budget closes it. */
export class RunAccount {
  readonly #options: AccountOptions;
  readonly #calls = new Set<AbortController>();
  #usage: RunUsage = { requests: 0, tokens: NO_TOKENS, usd: 0 };
  #refusal: ModelRefusal | undefined;
  #isClosed = false;

  constructor(options: AccountOptions) {
    this.#options = options;
  }

  get usage(): RunUsage {
    return this.#usage;
  }

  /** Why the next call is refused; undefined when it is forwarded. */
  get refusal(): ModelRefusal | undefined {
    if (this.#refusal === undefined && this.#usage.usd >= this.#options.budgetUsd) this.refuse('budget');
    return this.#refusal;
  }

  refuse(refusal: ModelRefusal, status?: number): void {
    if (this.#refusal !== undefined) return;
    if (refusal === 'credential' && this.#options.isLasting === true) return;
    this.#refusal = refusal;
    this.#options.onRefusal?.(refusal, status);
  }

  async obstacle(): Promise<string | undefined> {
    return await this.#options.obstacle?.();
  }

  /** Whether one more call may be under way. */
  get hasRoom(): boolean {
    return this.#calls.size < (this.#options.maxCalls ?? Infinity);
  }

  /** Begins a call; its signal is aborted when the run is closed. */
  begin(): AbortController {
    const call = new AbortController();
    if (this.#isClosed) call.abort();
    this.#calls.add(call);
    return call;
  }

  end(call: AbortController): void {
    this.#calls.delete(call);
  }

  countRequest(): void {
    this.#usage = { ...this.#usage, requests: this.#usage.requests + 1 };
  }

  countTokens(spend: {
    readonly model: string;
    readonly tokens: TokenUsage;
    readonly usd: number;
    readonly at: Date;
  }): void {
    const { model, tokens, usd, at } = spend;
    this.#usage = { ...this.#usage, tokens: addTokens(this.#usage.tokens, tokens), usd: this.#usage.usd + usd };
    const { runId, requester } = this.#options;
    this.#options.onSpend?.({ runId, requester, day: at.toISOString().slice(0, 10), model, tokens, usd });
  }

  close(): void {
    this.#isClosed = true;
    for (const call of this.#calls) call.abort();
  }
}
