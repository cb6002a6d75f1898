/** Why the model broker stopped to forward the calls of a run. */
export type ModelRefusal = 'credential' | 'budget';

/** How the claude of one run reaches a model. */
export type ModelAccess =
  /** Through the model broker on loopback; the token is worth nothing elsewhere and ends with the run. */
  | {
      readonly kind: 'broker';
      readonly baseUrl: string;
      readonly token: string;
      /** US dollars that this run has cost so far. */
      readonly spentUsd: () => number;
      readonly refusal: () => ModelRefusal | undefined;
    }
  /**
   * Straight to Amazon Bedrock or Google Vertex: claude signs its calls itself, so the provider's variables, and with
   * them a credential, are in its environment. No broker sees these calls: nothing but claude's own `--max-budget-usd`
   * and its own `total_cost_usd` count them, and they reach the network without us.
   */
  | { readonly kind: 'provider'; readonly environment: Readonly<Record<string, string>> };
