export interface Backoff {
  /** First upper bound in milliseconds. */
  readonly firstMs: number;
  /** Largest upper bound in milliseconds. */
  readonly maxMs: number;
}

/** Full-jitter exponential delay of attempt 0, 1, 2 …: uniform between 0 and the doubled bound. */
export function backoffDelayMs(backoff: Backoff, attempt: number, random: () => number): number {
  return random() * Math.min(backoff.maxMs, backoff.firstMs * 2 ** attempt);
}
