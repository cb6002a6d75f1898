import type { ProcessorSettings } from '../config/processor-settings.ts';

/** Longest pause after repeated failures. */
const MAX_FAILURE_PAUSE_MS = 5 * 60_000;

/**
 * How long to wait until the next look: `minSeconds` after activity, then 1.5 times longer each time up to
 * `maxSeconds`; twice as long after each failure. Always ±20 %, so that many processors do not march in step.
 */
export class Pace {
  readonly #polling: ProcessorSettings['polling'];
  readonly #random: () => number;
  #pauseMs: number;
  #failures = 0;

  constructor(polling: ProcessorSettings['polling'], random: () => number) {
    this.#polling = polling;
    this.#random = random;
    this.#pauseMs = polling.minSeconds * 1000;
  }

  afterActivity(): number {
    this.#failures = 0;
    this.#pauseMs = this.#polling.minSeconds * 1000;
    return this.#jittered(this.#pauseMs);
  }

  afterIdle(): number {
    this.#failures = 0;
    const pauseMs = this.#pauseMs;
    this.#pauseMs = Math.min(this.#polling.maxSeconds * 1000, this.#pauseMs * 1.5);
    return this.#jittered(pauseMs);
  }

  afterFailure(): number {
    this.#failures++;
    const base = this.#polling.minSeconds * 1000;
    return this.#jittered(Math.min(MAX_FAILURE_PAUSE_MS, base * 2 ** this.#failures));
  }

  #jittered(ms: number): number {
    return ms * (0.8 + 0.4 * this.#random());
  }
}
