/**
 * Every metric of a processor. Names follow the practice of Prometheus: base units, `_total` for what only grows.
 * A label has the values that are listed here and no other, so that no request, person or text of a cluster ever becomes
 * a series; what is not listed counts as `other`.
 */

export type MetricDefinition =
  | { readonly type: 'counter' | 'gauge'; readonly help: string; readonly labels?: Labels }
  | {
      readonly type: 'histogram';
      readonly help: string;
      readonly labels?: Labels;
      readonly buckets: readonly number[];
    };

type Labels = Readonly<Record<string, readonly string[]>>;

/** What stands for a value that no list names. */
export const OTHER = 'other';

const PHASES = ['succeeded', 'failed', 'timed-out', 'cancelled', 'rejected', 'expired'] as const;
const OUTCOMES = ['root-cause', 'no-problem', 'inconclusive'] as const;
const SYNC_FAILURES = [
  'offline',
  'timeout',
  'authentication',
  'repository-missing',
  'branch-missing',
  'protected',
  'conflict',
  'malformed',
  'corrupt',
  'disk-full',
  OTHER,
] as const;
/** Rules of src/redaction; tokens that are named for their issuer, and the known values, are `other`. */
const REDACTION_RULES = [
  'assignment',
  'authorization',
  'docker-auth',
  'encoded-secret',
  'http-header',
  'jwt',
  'kubernetes-secret',
  'password-place',
  'prefixed-value',
  'private-key',
  'random-value',
  'url-password',
  'user-flag',
  OTHER,
] as const;

/** Seconds, from a look at a machine to the longest time that a request may take. */
const WORK_SECONDS = [0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200];
const WAIT_SECONDS = [1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 14_400, 86_400];

const DEFINITIONS = {
  claude_warroom_build_info: {
    type: 'gauge',
    help: '1; the version of the program is the label',
  },
  claude_warroom_syncs_total: { type: 'counter', help: 'Looks at the war room that succeeded' },
  claude_warroom_sync_failures_total: {
    type: 'counter',
    help: 'Looks at the war room that failed, by error code',
    labels: { code: SYNC_FAILURES },
  },
  claude_warroom_last_sync_timestamp_seconds: {
    type: 'gauge',
    help: 'Time of the last look at the war room that succeeded; 0 before the first',
  },
  claude_warroom_queue_requests: { type: 'gauge', help: 'Requests that were not begun at the last look' },
  claude_warroom_queue_oldest_request_timestamp_seconds: {
    type: 'gauge',
    help: 'Minute in which the oldest request that was not begun was written; 0 when there is none',
  },
  claude_warroom_queue_wait_seconds: {
    type: 'histogram',
    help: 'Time from writing a request to its claim, by the clocks of both',
    buckets: WAIT_SECONDS,
  },
  claude_warroom_claims_total: {
    type: 'counter',
    help: 'Claims, by what became of them; fenced ones were lost after work had begun',
    labels: { result: ['won', 'taken-over', 'lost', 'fenced', 'handed-back'] },
  },
  claude_warroom_phase_duration_seconds: {
    type: 'histogram',
    help: 'Time in the phases of an investigation',
    labels: { phase: ['collecting', 'investigating', 'publishing'] },
    buckets: WORK_SECONDS,
  },
  claude_warroom_requests_total: {
    type: 'counter',
    help: 'Published terminal records, by phase and outcome; outcome is none for a record without a report',
    labels: { phase: PHASES, outcome: [...OUTCOMES, 'none'] },
  },
  claude_warroom_reports_total: {
    type: 'counter',
    help: 'Reports that were written, by the engine that judged and by outcome',
    labels: { engine: ['diagnostics', 'claude'], outcome: OUTCOMES },
  },
  claude_warroom_ignored_total: { type: 'counter', help: 'Files and requests that were left alone with a reason' },
  claude_warroom_pushes_total: {
    type: 'counter',
    help: 'Tries to push a commit, by outcome; moved ones are tried again',
    labels: { outcome: ['landed', 'moved', 'fenced', 'exists', 'failed'] },
  },
  claude_warroom_push_retries_total: { type: 'counter', help: 'Tries to push a commit after the first' },
  claude_warroom_redactions_total: {
    type: 'counter',
    help: 'What was removed from reports, by rule',
    labels: { rule: REDACTION_RULES },
  },
  claude_warroom_redaction_failures_total: {
    type: 'counter',
    help: 'Results that could not be made safe to publish; nothing of them left',
  },
  claude_warroom_cluster_requests_total: {
    type: 'counter',
    help: 'Requests at the cluster broker, by decision',
    labels: { decision: ['forwarded', 'refused', 'failed'] },
  },
  claude_warroom_model_consultations_total: {
    type: 'counter',
    help: 'Investigations in which a model was asked, by whether it answered',
    labels: { result: ['answered', 'failed'] },
  },
  claude_warroom_model_spend_usd_total: {
    type: 'counter',
    help: 'US dollars spent on the model since the start, by what asked it; sessions with a gateway of their own are not seen',
    labels: { use: ['investigation', 'session'] },
  },
  claude_warroom_model_turns_total: { type: 'counter', help: 'Turns of the model since the start' },
  claude_warroom_model_spend_today_usd: {
    type: 'gauge',
    help: 'US dollars spent on the model today (UTC), sessions included, as it stands in the book of spend',
  },
  claude_warroom_model_session_spend_today_usd: {
    type: 'gauge',
    help: 'The part of the spend of today that sessions made',
  },
  claude_warroom_model_daily_limit_usd: {
    type: 'gauge',
    help: 'US dollars that all requesters may spend in a day; 0 when no model is configured',
  },
  claude_warroom_sessions_total: {
    type: 'counter',
    help: 'Requests for sessions, by what became of them; an accepted one ends later',
    labels: { result: ['accepted', 'refused', 'ended'] },
  },
  claude_warroom_paused: {
    type: 'gauge',
    help: '1 while nothing runs, by who or what set the brake',
    labels: { by: ['zone', 'repository', 'environment', 'history'] },
  },
  claude_warroom_history_rewrites_total: {
    type: 'counter',
    help: 'Times that the branch no longer contained what was accepted before',
  },
  claude_warroom_canary_runs_total: {
    type: 'counter',
    help: 'Requests of the processor to itself through the whole loop, by whether the answer came back in time',
    labels: { result: ['answered', 'failed'] },
  },
  claude_warroom_canary_duration_seconds: {
    type: 'histogram',
    help: 'Time from writing a canary to reading its verified answer',
    buckets: WORK_SECONDS,
  },
  claude_warroom_canary_last_success_timestamp_seconds: {
    type: 'gauge',
    help: 'Time of the last canary that was answered; 0 before the first',
  },
  claude_warroom_canary_interval_seconds: {
    type: 'gauge',
    help: 'Time between two canaries; 0 when none is configured',
  },
  claude_warroom_warnings_total: { type: 'counter', help: 'Warnings in the log' },
  claude_warroom_held_results: { type: 'gauge', help: 'Results that wait for an administrator' },
  claude_warroom_outbox_results: { type: 'gauge', help: 'Results that are not published yet, held ones included' },
  claude_warroom_ledger_size_bytes: { type: 'gauge', help: 'Size of the ledger' },
  claude_warroom_state_free_bytes: { type: 'gauge', help: 'Space left for this user where the state lies' },
  claude_warroom_state_size_bytes: { type: 'gauge', help: 'Size of the file system where the state lies' },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricName = keyof typeof DEFINITIONS;

/** By name, in the order in which they are shown. */
export const METRICS: Readonly<Record<MetricName, MetricDefinition>> = DEFINITIONS;
