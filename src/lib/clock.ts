import { setTimeout as wait } from 'node:timers/promises';

/** Time as an argument, so that tests can move it. */
export interface Clock {
  /** Wall-clock time, for people and for stamps that leave this machine. */
  now(): Date;
  /** Milliseconds that never jump; the only clock for leases, deadlines and durations. */
  monotonicMs(): number;
  /** Resolves after `ms`; rejects with the reason of the signal when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: async (ms, signal) => {
    await wait(ms, undefined, signal === undefined ? {} : { signal });
  },
};
