import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { METRICS, OTHER, type MetricDefinition, type MetricName } from './definitions.ts';
import type { MetricUpdate } from './updates.ts';

export interface MetricRegistry {
  readonly contentType: string;
  apply(updates: readonly MetricUpdate[]): void;
  /** In the text format of Prometheus. */
  render(): Promise<string>;
  close(): void;
}

type Labels = Readonly<Record<string, string>>;
type Change = (update: Pick<MetricUpdate, 'action' | 'value'>, labels: Labels) => void;

/**
 * All metrics, each series that can ever be at 0 from the start: a rate over a counter that appears with its first event
 * would miss that event. Beside them stand those of the process itself.
 */
export function createMetricRegistry(about: { readonly version: string }): MetricRegistry {
  const registry = new Registry();
  const changes = new Map<MetricName, Change>();
  for (const [name, definition] of Object.entries(METRICS) as [MetricName, MetricDefinition][]) {
    if (name === 'claude_warroom_build_info') continue;
    changes.set(name, createMetric(registry, name, definition));
  }
  const build = 'claude_warroom_build_info';
  new Gauge({ name: build, help: METRICS[build].help, labelNames: ['version'], registers: [registry] }).set(about, 1);
  collectDefaultMetrics({ register: registry });
  return {
    contentType: registry.contentType,
    apply(updates) {
      for (const update of updates) {
        if (!isPossible(update)) continue;
        changes.get(update.metric)?.(update, boundedLabels(METRICS[update.metric], update.labels ?? {}));
      }
    },
    render: async () => await registry.metrics(),
    close() {
      registry.clear();
    },
  };
}

/** A number that makes no sense is left out: watching must never stop what is watched. */
function isPossible({ action, value }: MetricUpdate): boolean {
  return Number.isFinite(value) && (action !== 'add' || value >= 0);
}

/** Only values of the definition, whatever an event says. */
function boundedLabels({ labels = {} }: MetricDefinition, given: Labels): Labels {
  return Object.fromEntries(
    Object.entries(labels).map(([name, allowed]) => {
      const value = given[name];
      return [name, value !== undefined && allowed.includes(value) ? value : OTHER];
    }),
  );
}

function createMetric(registry: Registry, name: MetricName, definition: MetricDefinition): Change {
  const { help, labels = {} } = definition;
  const options = { name, help, labelNames: Object.keys(labels), registers: [registry] };
  const series = everySeries(labels);
  switch (definition.type) {
    case 'counter': {
      const counter = new Counter(options);
      for (const each of series) counter.inc(each, 0);
      return ({ value }, at) => {
        counter.inc(at, value);
      };
    }
    case 'gauge': {
      const gauge = new Gauge(options);
      for (const each of series) gauge.set(each, 0);
      return ({ value }, at) => {
        gauge.set(at, value);
      };
    }
    case 'histogram': {
      const histogram = new Histogram({ ...options, buckets: [...definition.buckets] });
      for (const each of series) histogram.zero(each);
      return ({ value }, at) => {
        histogram.observe(at, value);
      };
    }
  }
}

function everySeries(labels: Readonly<Record<string, readonly string[]>>): readonly Labels[] {
  let series: readonly Labels[] = [{}];
  for (const [name, values] of Object.entries(labels)) {
    series = series.flatMap((each) => values.map((value) => ({ ...each, [name]: value })));
  }
  return series;
}
