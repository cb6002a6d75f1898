import type { Clock } from '../lib/clock.ts';

/** An observer waits this much longer than the lease before it takes over. */
const TAKE_OVER_FACTOR = 1.25;

/**
 * Times how long a claim has not changed, on this machine's own monotonic clock: no clock is ever compared with
 * another machine's. A restart of the observer restarts the timer, which is safe and only slower.
 */
export class LeaseObserver {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #seen = new Map<string, { commit: string; sinceMs: number; isFirst: boolean }>();

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
  }

  /** Records what is there now; refs that are gone are forgotten. */
  observe(refs: ReadonlyMap<string, string>): void {
    for (const ref of this.#seen.keys()) {
      if (!refs.has(ref)) this.#seen.delete(ref);
    }
    for (const [ref, commit] of refs) {
      const seen = this.#seen.get(ref);
      if (seen?.commit === commit) continue;
      this.#seen.set(ref, { commit, sinceMs: this.#clock.monotonicMs(), isFirst: seen === undefined });
    }
  }

  /** Whether somebody has moved it since this process saw it first: its holder is alive. */
  hasChanged(ref: string): boolean {
    return this.#seen.get(ref)?.isFirst === false;
  }

  /** Whether the holder had its chance to renew and did not. */
  isDead(ref: string, leaseSeconds: number): boolean {
    const seen = this.#seen.get(ref);
    return seen !== undefined && this.#clock.monotonicMs() - seen.sinceMs > leaseSeconds * 1000 * TAKE_OVER_FACTOR;
  }
}
