import type { Clock } from '../../src/lib/clock.ts';

/** A clock that moves only when somebody sleeps; sleeping takes no time. */
export class FakeClock implements Clock {
  /** What was slept, in milliseconds. */
  readonly sleeps: number[] = [];
  readonly #start: number;
  #elapsedMs = 0;

  constructor(start: Date) {
    this.#start = start.getTime();
  }

  now(): Date {
    return new Date(this.#start + this.#elapsedMs);
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.sleeps.push(ms);
    this.#elapsedMs += ms;
    await Promise.resolve();
  }
}
