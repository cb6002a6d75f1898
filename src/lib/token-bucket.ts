import type { Clock } from './clock.ts';

/** A budget that refills evenly. */
export interface TokenBucket {
  /** Takes a token when one is there. */
  tryTake(): boolean;
  /** Takes a token in any case; the debt is paid back by later refills. */
  take(): void;
}

export function createTokenBucket(options: {
  readonly capacity: number;
  readonly perMinute: number;
  readonly clock: Pick<Clock, 'monotonicMs'>;
}): TokenBucket {
  let tokens = options.capacity;
  let seenMs = options.clock.monotonicMs();
  const refill = (): void => {
    const nowMs = options.clock.monotonicMs();
    tokens = Math.min(options.capacity, tokens + ((nowMs - seenMs) / 60_000) * options.perMinute);
    seenMs = nowMs;
  };
  return {
    tryTake: () => {
      refill();
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
    take: () => {
      refill();
      tokens -= 1;
    },
  };
}
