import type { ProcessorSettings } from '../config/processor-settings.ts';

/** Longest pause after repeated failures. */
const MAX_FAILURE_PAUSE_MS = 5 * 60_000;

/**
 * The same while somebody is at it: they make the war room that is not there yet, correct what was configured, or free a
 * disk, and look at the log. With what is added at random it stays below half a minute.
 */
const WATCHED_FAILURE_PAUSE_MS = 25_000;

/**
 * How long to wait until the next look: `minSeconds` after activity, then 1.5 times longer each time up to
 * `maxSeconds`; twice as long after each failure. Always ±20 %, so that many processors do not march in step.
 */
export class Pace {
  readonly #polling: ProcessorSettings['polling'];
  readonly #random: () => number;
  #pauseMs: number;
  #failures = 0;
  #hasSynced = false;

  constructor(polling: ProcessorSettings['polling'], random: () => number) {
    this.#polling = polling;
    this.#random = random;
    this.#pauseMs = polling.minSeconds * 1000;
  }

  afterActivity(): number {
    this.#noteSynced();
    this.#pauseMs = this.#polling.minSeconds * 1000;
    return this.#jittered(this.#pauseMs);
  }

  afterIdle(): number {
    this.#noteSynced();
    const pauseMs = this.#pauseMs;
    this.#pauseMs = Math.min(this.#polling.maxSeconds * 1000, this.#pauseMs * 1.5);
    return this.#jittered(pauseMs);
  }

  /**
   * At most half a minute as long as nothing was ever synced, or for a failure `ofThisMachine`, which costs a server
   * nothing; else up to five minutes. Never more often than `minSeconds`.
   */
  afterFailure({ ofThisMachine = false }: { readonly ofThisMachine?: boolean } = {}): number {
    this.#failures++;
    const base = this.#polling.minSeconds * 1000;
    const isWatched = ofThisMachine || !this.#hasSynced;
    const longest = Math.max(base, isWatched ? WATCHED_FAILURE_PAUSE_MS : MAX_FAILURE_PAUSE_MS);
    return this.#jittered(Math.min(longest, base * 2 ** this.#failures));
  }

  #noteSynced(): void {
    this.#failures = 0;
    this.#hasSynced = true;
  }

  #jittered(ms: number): number {
    return ms * (0.8 + 0.4 * this.#random());
  }
}
