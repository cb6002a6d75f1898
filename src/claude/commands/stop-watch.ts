import type { RunningPipeline } from './run-pipeline.ts';

export type StopReason = 'timeout' | 'aborted';

/** Stops what runs when time is over or a signal says so: politely, then for good, then without waiting any longer. */
export interface StopWatch {
  /** What to stop from now on; the pipeline before it has ended. */
  watch(pipeline: RunningPipeline): void;
  /** Why it was stopped; undefined as long as it was not. */
  reason(): StopReason | undefined;
  end(): void;
}

/** Time that a killed process has to disappear. */
const UNKILLABLE_MS = 500;

export function startStopWatch(options: {
  readonly timeoutMs: number;
  readonly graceMs: number;
  readonly signal: AbortSignal | undefined;
}): StopWatch {
  const { timeoutMs, graceMs, signal } = options;
  const timers = new Set<NodeJS.Timeout>();
  let running: RunningPipeline | undefined;
  let reason: StopReason | undefined;

  function stop(why: StopReason): void {
    if (reason !== undefined) return;
    reason = why;
    running?.signal('SIGTERM');
    timers.add(setTimeout(kill, graceMs));
  }

  function kill(): void {
    running?.signal('SIGKILL');
    // A process that waits for a dead disk or file server cannot be killed; nobody waits for it either.
    timers.add(setTimeout(() => running?.giveUp(), UNKILLABLE_MS));
  }

  function onAbort(): void {
    stop('aborted');
  }

  timers.add(
    setTimeout(() => {
      stop('timeout');
    }, timeoutMs),
  );
  if (signal?.aborted === true) stop('aborted');
  signal?.addEventListener('abort', onAbort, { once: true });

  return {
    watch(pipeline) {
      running = pipeline;
    },
    reason: () => reason,
    end() {
      for (const timer of timers) clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    },
  };
}
