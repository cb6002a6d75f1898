import type { Environment } from '../../config/environment.ts';
import type { ProcessorSettings } from '../../config/processor-settings.ts';
import type { ProcessorEvent } from '../../domain/events.ts';

/** The processor of a demo, in this process but with nothing shared. */
export interface DemoProcessor {
  /** Engines that it has; rejects when it does not start. */
  readonly engines: Promise<readonly string[]>;
  /** Aborted, with the error as its reason, when it ends by itself. */
  readonly failed: AbortSignal;
  /** Lets it finish and waits for that. */
  stop(): Promise<void>;
  /** Lets it hand back what it does, and waits for that. */
  abort(): Promise<void>;
}

export async function startDemoProcessor(options: {
  readonly settings: ProcessorSettings;
  readonly env: Environment;
  readonly onEvent: (event: ProcessorEvent) => void;
}): Promise<DemoProcessor> {
  const { runProcessor } = await import('../../composition-processor.ts');
  const stop = new AbortController();
  const abort = new AbortController();
  const failed = new AbortController();
  let tellStarted: (engines: readonly string[]) => void = () => undefined;
  const started = new Promise<readonly string[]>((resolve) => {
    tellStarted = resolve;
  });
  const ended = runProcessor({
    settings: options.settings,
    env: options.env,
    once: false,
    stop: stop.signal,
    abort: abort.signal,
    emit: (event) => {
      if (event.type === 'started') tellStarted(event.engines);
      options.onEvent(event);
    },
  }).catch((error: unknown) => {
    failed.abort(error);
  });
  const hasFailed = new Promise<never>((_, reject) => {
    failed.signal.addEventListener('abort', () => {
      reject(reasonOf(failed.signal));
    });
  });
  // Nobody may be waiting any more when it fails.
  hasFailed.catch(() => undefined);
  return {
    engines: Promise.race([started, hasFailed]),
    failed: failed.signal,
    stop: async () => {
      stop.abort();
      await ended;
    },
    abort: async () => {
      stop.abort();
      abort.abort();
      await ended;
    },
  };
}

/** The error that a signal was aborted with. */
export function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new Error(String(reason));
}
