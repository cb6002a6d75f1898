import type { ProcessorEvent } from '../domain/events.ts';
import { unreachable } from '../lib/unreachable.ts';
import type { MetricName } from './definitions.ts';

/** One change of one metric. `add` is for counters, `set` for gauges, `observe` for histograms. */
export interface MetricUpdate {
  readonly metric: MetricName;
  readonly action: 'add' | 'set' | 'observe';
  readonly value: number;
  readonly labels?: Readonly<Record<string, string>>;
}

type UpdateLabels = Readonly<Record<string, string>>;

/** What an event means for the metrics. Pure: the time of the event comes in, and nothing is remembered. */
export function updatesOf(event: ProcessorEvent, at: Date): readonly MetricUpdate[] {
  switch (event.type) {
    case 'synced':
      return [
        add('claude_warroom_syncs_total'),
        set('claude_warroom_last_sync_timestamp_seconds', seconds(at.getTime())),
        set('claude_warroom_queue_requests', event.queue.length),
        set('claude_warroom_queue_oldest_request_timestamp_seconds', seconds(event.queue.since?.getTime() ?? 0)),
      ];
    case 'sync-failed':
      return [add('claude_warroom_sync_failures_total', 1, { code: event.code })];
    case 'paused':
      return [
        set('claude_warroom_paused', 1, { by: event.by }),
        ...(event.by === 'history' ? [add('claude_warroom_history_rewrites_total')] : []),
      ];
    case 'resumed':
      return [set('claude_warroom_paused', 0, { by: event.by })];
    case 'ignored':
      return [add('claude_warroom_ignored_total')];
    case 'claimed':
      return [
        add('claude_warroom_claims_total', 1, { result: event.isTakeOver ? 'taken-over' : 'won' }),
        ...(event.waitedMs === undefined
          ? []
          : [observe('claude_warroom_queue_wait_seconds', seconds(event.waitedMs))]),
      ];
    case 'claim-lost':
      return [add('claude_warroom_claims_total', 1, { result: 'lost' })];
    case 'fenced':
    case 'handed-back':
      return [add('claude_warroom_claims_total', 1, { result: event.type })];
    case 'phase-ended':
      return [observe('claude_warroom_phase_duration_seconds', seconds(event.ms), { phase: event.phase })];
    case 'consulted':
      return [
        add('claude_warroom_model_consultations_total', 1, { result: event.result }),
        add('claude_warroom_model_spend_usd_total', event.usd, { use: 'investigation' }),
        add('claude_warroom_model_turns_total', event.turns),
      ];
    case 'reported':
      return [
        add('claude_warroom_reports_total', 1, { engine: event.engine, outcome: event.outcome }),
        ...Object.entries(event.redactions).map(([rule, count]) =>
          add('claude_warroom_redactions_total', count, { rule }),
        ),
      ];
    case 'pushed':
      return [
        add('claude_warroom_pushes_total', 1, { outcome: event.outcome }),
        ...(event.isRetry ? [add('claude_warroom_push_retries_total')] : []),
      ];
    case 'canary':
      return [
        add('claude_warroom_canary_runs_total', 1, { result: event.result }),
        ...(event.result === 'failed'
          ? []
          : [
              observe('claude_warroom_canary_duration_seconds', seconds(event.ms)),
              set('claude_warroom_canary_last_success_timestamp_seconds', seconds(at.getTime())),
            ]),
      ];
    case 'published':
      return [add('claude_warroom_requests_total', 1, { phase: event.phase, outcome: event.outcome ?? 'none' })];
    case 'cluster-request':
      return [add('claude_warroom_cluster_requests_total', 1, { decision: event.decision })];
    case 'warning':
      return [
        add('claude_warroom_warnings_total'),
        ...(event.code === 'redaction' ? [add('claude_warroom_redaction_failures_total')] : []),
      ];
    case 'disk-full':
      return [add('claude_warroom_warnings_total')];
    case 'session':
      return isCounted(event.what) ? [add('claude_warroom_sessions_total', 1, { result: event.what })] : [];
    case 'session-spent':
      return [add('claude_warroom_model_spend_usd_total', event.usd, { use: 'session' })];
    case 'aggregated':
    case 'publisher-failed':
    case 'publisher-recovered':
    case 'engine-found':
    case 'room-found':
    case 'started':
    case 'metrics-served':
    case 'history-accepted':
    case 'policy-in-force':
    case 'admitted':
    case 'rejected':
    case 'progress':
    case 'held':
    case 'released':
    case 'withheld':
    case 'stopped-by-administrator':
    case 'stopping':
    case 'stopped':
      return [];
    default:
      return unreachable(event);
  }
}

/** What becomes of a session once; an extension and an order to end it are on the way there. */
function isCounted(what: string): boolean {
  return what === 'accepted' || what === 'refused' || what === 'ended';
}

function add(metric: MetricName, value = 1, labels?: UpdateLabels): MetricUpdate {
  return update('add', metric, value, labels);
}

function set(metric: MetricName, value: number, labels?: UpdateLabels): MetricUpdate {
  return update('set', metric, value, labels);
}

function observe(metric: MetricName, value: number, labels?: UpdateLabels): MetricUpdate {
  return update('observe', metric, value, labels);
}

function update(
  action: MetricUpdate['action'],
  metric: MetricName,
  value: number,
  labels: UpdateLabels | undefined,
): MetricUpdate {
  return { metric, action, value, ...(labels === undefined ? {} : { labels }) };
}

function seconds(ms: number): number {
  return ms / 1000;
}
