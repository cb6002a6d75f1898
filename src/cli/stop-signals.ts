/** How often somebody has asked to stop, as signals for what runs. */
export interface StopSignals {
  /** Aborted by the first SIGINT or SIGTERM: finish in order. */
  readonly signal: AbortSignal;
  /**
   * Aborted by the second one, which ends the process at once unless somebody has asked for this signal before. Then
   * the third one does.
   */
  takeSecondSignal(): AbortSignal;
  /** To be called for every SIGINT and SIGTERM. */
  receive(): void;
  /** Stops what runs for another reason. */
  stop(): void;
}

/**
 * Under `npx` one Ctrl-C arrives twice, from the terminal and from npm that passes it on, a few milliseconds apart.
 * What comes so soon is the same wish.
 */
const ECHO_MS = 200;

export function createStopSignals(options: {
  readonly exit: () => void;
  readonly monotonicMs: () => number;
}): StopSignals {
  const first = new AbortController();
  const second = new AbortController();
  let isSecondTaken = false;
  let lastMs = -Infinity;
  return {
    signal: first.signal,
    takeSecondSignal: () => {
      isSecondTaken = true;
      return second.signal;
    },
    receive: () => {
      const nowMs = options.monotonicMs();
      if (nowMs - lastMs < ECHO_MS) return;
      lastMs = nowMs;
      if (!first.signal.aborted) {
        first.abort();
        return;
      }
      if (!isSecondTaken || second.signal.aborted) options.exit();
      second.abort();
    },
    stop: () => {
      first.abort();
    },
  };
}
