import type { ProcessorEvent } from '../domain/events.ts';
import type { Clock } from '../lib/clock.ts';
import { measureState } from './measure-state.ts';
import { nextReadiness, type Readiness } from './readiness.ts';
import { createMetricRegistry } from './registry.ts';
import { serveMetrics } from './serve-metrics.ts';
import { updatesOf } from './updates.ts';

/** Watches one processor by what it tells. */
export interface ProcessorMetrics {
  readonly port: number;
  observe(event: ProcessorEvent): void;
  close(): Promise<void>;
}

export interface ProcessorMetricsOptions {
  readonly listen: { readonly host: string; readonly port: number };
  readonly stateDir: string;
  readonly version: string;
  /** 0 when no model is configured. */
  readonly dailyLimitUsd: number;
  /** 0 when no canary is configured. */
  readonly canaryEverySeconds: number;
  readonly clock: Clock;
}

export async function openProcessorMetrics(options: ProcessorMetricsOptions): Promise<ProcessorMetrics> {
  const { listen, stateDir, version, dailyLimitUsd, canaryEverySeconds, clock } = options;
  const registry = createMetricRegistry({ version });
  registry.apply([
    { metric: 'claude_warroom_model_daily_limit_usd', action: 'set', value: dailyLimitUsd },
    { metric: 'claude_warroom_canary_interval_seconds', action: 'set', value: canaryEverySeconds },
  ]);
  let readiness: Readiness = 'starting';
  const server = await serveMetrics({
    listen,
    contentType: registry.contentType,
    render: async () => {
      registry.apply(await measureState(stateDir, clock.now()));
      return await registry.render();
    },
    readiness: () => readiness,
  });
  return {
    port: server.port,
    observe(event) {
      readiness = nextReadiness(readiness, event);
      registry.apply(updatesOf(event, clock.now()));
    },
    async close() {
      await server.close();
      registry.close();
    },
  };
}
