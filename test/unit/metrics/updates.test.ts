import { describe, expect, it } from 'vitest';
import type { ProcessorEvent } from '../../../src/domain/events.ts';
import type { RequestId } from '../../../src/domain/request-id.ts';
import { METRICS } from '../../../src/metrics/definitions.ts';
import { updatesOf, type MetricUpdate } from '../../../src/metrics/updates.ts';

const id = '2026-11-20-1430-api-timeout-k7m2' as RequestId;
const at = new Date('2026-11-20T14:31:00Z');

type Line = readonly [metric: string, value: number, labels?: Readonly<Record<string, string>>];

const CASES: readonly (readonly [event: ProcessorEvent, lines: readonly Line[]])[] = [
  [
    { type: 'synced', tip: 'c0ffee', pending: 3, queue: { length: 2, since: new Date('2026-11-20T14:30:00Z') } },
    [
      ['syncs_total', 1],
      ['last_sync_timestamp_seconds', at.getTime() / 1000],
      ['queue_requests', 2],
      ['queue_oldest_request_timestamp_seconds', at.getTime() / 1000 - 60],
    ],
  ],
  [
    { type: 'synced', tip: 'c0ffee', pending: 0, queue: { length: 0 } },
    [
      ['syncs_total', 1],
      ['last_sync_timestamp_seconds', at.getTime() / 1000],
      ['queue_requests', 0],
      ['queue_oldest_request_timestamp_seconds', 0],
    ],
  ],
  [
    { type: 'sync-failed', code: 'offline', message: 'https://secret.example.com', retryMs: 5 },
    [['sync_failures_total', 1, { code: 'offline' }]],
  ],
  [{ type: 'paused', by: 'zone', message: 'freeze' }, [['paused', 1, { by: 'zone' }]]],
  [
    { type: 'paused', by: 'history', message: 'rewritten' },
    [
      ['paused', 1, { by: 'history' }],
      ['history_rewrites_total', 1],
    ],
  ],
  [{ type: 'resumed', by: 'zone' }, [['paused', 0, { by: 'zone' }]]],
  [{ type: 'ignored', path: 'requests/x', reason: 'hostile' }, [['ignored_total', 1]]],
  [
    { type: 'claimed', id, attempt: 1, isTakeOver: false, waitedMs: 1500 },
    [
      ['claims_total', 1, { result: 'won' }],
      ['queue_wait_seconds', 1.5],
    ],
  ],
  [{ type: 'claimed', id, attempt: 2, isTakeOver: true }, [['claims_total', 1, { result: 'taken-over' }]]],
  [{ type: 'claim-lost', id }, [['claims_total', 1, { result: 'lost' }]]],
  [{ type: 'fenced', id }, [['claims_total', 1, { result: 'fenced' }]]],
  [{ type: 'handed-back', id }, [['claims_total', 1, { result: 'handed-back' }]]],
  [
    { type: 'phase-ended', id, phase: 'collecting', ms: 2500 },
    [['phase_duration_seconds', 2.5, { phase: 'collecting' }]],
  ],
  [
    { type: 'consulted', id, result: 'answered', usd: 0.25, turns: 7 },
    [
      ['model_consultations_total', 1, { result: 'answered' }],
      ['model_spend_usd_total', 0.25, { use: 'investigation' }],
      ['model_turns_total', 7],
    ],
  ],
  [{ type: 'session-spent', id, usd: 0.5 }, [['model_spend_usd_total', 0.5, { use: 'session' }]]],
  [{ type: 'session', id, what: 'accepted', message: 'x' }, [['sessions_total', 1, { result: 'accepted' }]]],
  [{ type: 'session', id, what: 'ended', message: 'x' }, [['sessions_total', 1, { result: 'ended' }]]],
  [{ type: 'session', id, what: 'extended', message: 'x' }, []],
  [
    { type: 'reported', id, engine: 'claude', outcome: 'root-cause', redactions: { jwt: 2, assignment: 1 } },
    [
      ['reports_total', 1, { engine: 'claude', outcome: 'root-cause' }],
      ['redactions_total', 2, { rule: 'jwt' }],
      ['redactions_total', 1, { rule: 'assignment' }],
    ],
  ],
  [{ type: 'pushed', isRetry: false, outcome: 'moved' }, [['pushes_total', 1, { outcome: 'moved' }]]],
  [
    { type: 'pushed', isRetry: true, outcome: 'landed' },
    [
      ['pushes_total', 1, { outcome: 'landed' }],
      ['push_retries_total', 1],
    ],
  ],
  [
    { type: 'published', id, phase: 'succeeded', outcome: 'root-cause', commit: 'c0ffee' },
    [['requests_total', 1, { phase: 'succeeded', outcome: 'root-cause' }]],
  ],
  [
    { type: 'published', id, phase: 'rejected', commit: 'c0ffee' },
    [['requests_total', 1, { phase: 'rejected', outcome: 'none' }]],
  ],
  [
    {
      type: 'cluster-request',
      run: 'x',
      method: 'GET',
      path: '/api/v1/secrets',
      status: 403,
      bytes: 1,
      ms: 1,
      decision: 'refused',
    },
    [['cluster_requests_total', 1, { decision: 'refused' }]],
  ],
  [
    { type: 'canary', result: 'answered', id, ms: 12_000 },
    [
      ['canary_runs_total', 1, { result: 'answered' }],
      ['canary_duration_seconds', 12],
      ['canary_last_success_timestamp_seconds', at.getTime() / 1000],
    ],
  ],
  [
    { type: 'canary', result: 'failed', code: 'offline', message: 'x' },
    [['canary_runs_total', 1, { result: 'failed' }]],
  ],
  [{ type: 'warning', code: 'trust', message: 'x' }, [['warnings_total', 1]]],
  [
    { type: 'warning', code: 'redaction', message: 'x' },
    [
      ['warnings_total', 1],
      ['redaction_failures_total', 1],
    ],
  ],
  [{ type: 'admitted', id, requester: 'alice@example.com', strategy: 'general' }, []],
  [{ type: 'rejected', id, code: 'expired', message: 'hostile' }, []],
  [{ type: 'stopped' }, []],
];

describe('what an event means for the metrics', () => {
  it.each(CASES)('%j', (event, lines) => {
    expect(updatesOf(event, at).map(lineOf)).toEqual(lines);
  });

  it('uses metrics in the way of their type, with the labels and values that are defined', () => {
    const action = { counter: 'add', gauge: 'set', histogram: 'observe' };
    for (const update of CASES.flatMap(([event]) => updatesOf(event, at))) {
      const { type, labels = {} } = METRICS[update.metric];
      expect(update.action, update.metric).toBe(action[type]);
      expect(Object.keys(update.labels ?? {}), update.metric).toEqual(Object.keys(labels));
      for (const [name, value] of Object.entries(update.labels ?? {})) expect(labels[name]).toContain(value);
    }
  });
});

function lineOf({ metric, value, labels }: MetricUpdate): Line {
  const name = metric.replace('claude_warroom_', '');
  return labels === undefined ? [name, value] : [name, value, labels];
}
