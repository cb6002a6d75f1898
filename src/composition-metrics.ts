import { readVersion } from './config/package-version.ts';
import type { ProcessorSettings } from './config/processor-settings.ts';
import type { ProcessorEvent } from './domain/events.ts';
import { systemClock } from './lib/clock.ts';

/** The part of composition that watches a processor by what it tells. */

type Emit = (event: ProcessorEvent) => void;

/** Runs `work` with metrics beside it, from before anything is opened until everything is closed. */
export async function withMetrics<Result>(
  settings: ProcessorSettings,
  emit: Emit,
  work: (emit: Emit) => Promise<Result>,
): Promise<Result> {
  if (settings.metrics === undefined) return await work(emit);
  const [{ openProcessorMetrics }, { DEFAULT_USD_PER_DAY }] = await Promise.all([
    import('./metrics/open-metrics.ts'),
    import('./claude/model-defaults.ts'),
  ]);
  const metrics = await openProcessorMetrics({
    listen: settings.metrics.listen,
    stateDir: settings.stateDir,
    version: await readVersion(),
    dailyLimitUsd: settings.engine === 'diagnostics' ? 0 : (settings.claude.usdPerDay ?? DEFAULT_USD_PER_DAY),
    canaryEverySeconds: (settings.canary?.everyMinutes ?? 0) * 60,
    clock: systemClock,
  });
  emit({ type: 'metrics-served', host: settings.metrics.listen.host, port: metrics.port });
  try {
    return await work((event) => {
      metrics.observe(event);
      emit(event);
    });
  } finally {
    await metrics.close();
  }
}
