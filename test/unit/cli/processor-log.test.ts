import { describe, expect, it } from 'vitest';
import { PLAIN_STYLE } from '../../../src/cli/io.ts';
import { formatLogLine, renderLogLine } from '../../../src/cli/render/processor-log.ts';
import type { ProcessorEvent } from '../../../src/domain/events.ts';
import { API_TIMEOUT } from '../../support/war-room-content.ts';

const AT = new Date('2026-11-20T14:30:12.345Z');
const id = API_TIMEOUT;

const CLUSTER_REQUEST = {
  type: 'cluster-request',
  run: 'run-1',
  method: 'GET',
  path: '/api/v1/pods',
  bytes: 0,
  ms: 3,
} as const;

const CASES: readonly (readonly [ProcessorEvent, string, string | undefined])[] = [
  [
    {
      type: 'started',
      cluster: 'production-hub',
      holder: 'processor-0',
      incarnation: 'a1',
      repository: '/srv/warroom.git',
      engines: ['diagnostics', 'claude'],
      trust: 'open',
      key: 'SHA256:abc',
    },
    'info',
    'production-hub/processor-0 serves /srv/warroom.git · engines diagnostics, claude · trust open · signs with SHA256:abc',
  ],
  [{ type: 'metrics-served', host: '127.0.0.1', port: 9464 }, 'info', 'metrics and health on 127.0.0.1 port 9464'],
  [{ type: 'synced', tip: 'c0ffee', pending: 2, queue: { length: 2 } }, 'debug', undefined],
  [
    { type: 'sync-failed', code: 'offline', message: 'cannot reach the war room', retryMs: 4100 },
    'warn',
    'cannot reach the war room (offline); next look in 4 s',
  ],
  [{ type: 'paused', by: 'repository', message: 'freeze' }, 'warn', 'paused by the repository: freeze'],
  [{ type: 'resumed', by: 'zone', who: 'root@node' }, 'info', 'no longer paused by the zone, lifted by root@node'],
  [{ type: 'engine-found', engine: 'claude', version: '2.1.329' }, 'info', 'the engine claude 2.1.329 can be used now'],
  [{ type: 'disk-full', message: 'the state folder has 3 MiB left' }, 'warn', 'the state folder has 3 MiB left'],
  [{ type: 'room-found', megabytes: 512 }, 'info', 'the state folder has 512 MiB left again'],
  [{ type: 'policy-in-force', sha256: '0123456789abcdef', rules: 1 }, 'info', 'policy 0123456789 is in force: 1 rule'],
  [{ type: 'ignored', path: 'requests/x', reason: 'wrong path' }, 'warn', 'ignored requests/x: wrong path'],
  [
    { type: 'admitted', id, requester: 'alice@example.com', strategy: 'general' },
    'info',
    `${id}  admitted, asked by alice@example.com, strategy general`,
  ],
  [{ type: 'rejected', id, code: 'expired', message: 'too late' }, 'warn', `${id}  rejected: too late (expired)`],
  [{ type: 'phase-ended', id, phase: 'collecting', ms: 4100 }, 'debug', undefined],
  [{ type: 'consulted', id, result: 'answered', usd: 0.5, turns: 3 }, 'debug', undefined],
  [{ type: 'reported', id, engine: 'claude', outcome: 'root-cause', redactions: {} }, 'debug', undefined],
  [{ type: 'canary', result: 'answered', id, ms: 9000 }, 'debug', undefined],
  [
    { type: 'canary', result: 'failed', code: 'late', message: 'no answer within 900 s' },
    'warn',
    'the canary did not come back: no answer within 900 s (late)',
  ],
  [{ type: 'pushed', isRetry: true, outcome: 'landed' }, 'debug', undefined],
  [{ type: 'claimed', id, attempt: 2, isTakeOver: true }, 'info', `${id}  claimed, attempt 2, taken over`],
  [{ type: 'claim-lost', id }, 'info', `${id}  claimed by another processor`],
  [
    { type: 'progress', id, phase: 'collecting', message: 'free space', done: 3, total: 14 },
    'info',
    `${id}  collecting 3/14  free space`,
  ],
  [{ type: 'progress', id, phase: 'publishing', message: 'redacting' }, 'info', `${id}  publishing  redacting`],
  [
    { type: 'published', id, phase: 'succeeded', outcome: 'root-cause', commit: '0123456789abcdef' },
    'info',
    `${id}  published succeeded · root cause (0123456789)`,
  ],
  [{ type: 'published', id, phase: 'failed', commit: '0123456789ab' }, 'info', `${id}  published failed (0123456789)`],
  [{ type: 'fenced', id }, 'warn', `${id}  another processor took over; this result is dropped`],
  [{ type: 'handed-back', id }, 'info', `${id}  handed back: another processor, or the next start, takes it`],
  [{ ...CLUSTER_REQUEST, decision: 'forwarded', status: 200 }, 'debug', undefined],
  [
    { ...CLUSTER_REQUEST, decision: 'refused', status: 403, reason: 'no secrets' },
    'warn',
    'run-1  refused by the cluster broker: GET /api/v1/pods (403): no secrets',
  ],
  [{ type: 'warning', code: 'conflict', message: 'busy' }, 'warn', 'busy (conflict)'],
  [{ type: 'stopping', running: 0 }, 'info', 'stopping'],
  [{ type: 'stopping', running: 2 }, 'info', 'stopping: 2 still running; once more hands them back'],
  [{ type: 'stopped' }, 'info', 'stopped'],
];

describe('processor log', () => {
  it.each(CASES)('says %o in words', (event, _, text) => {
    const line = renderLogLine(event, AT, PLAIN_STYLE)?.replaceAll(/ {2,}/gu, ' ');
    expect(line).toBe(text === undefined ? undefined : `14:30:12 ${text.replaceAll(/ {2,}/gu, ' ')}`);
  });

  it.each(CASES)('says %o as JSON', (event, level) => {
    const { type, ...fields } = event;
    const line = formatLogLine(event, AT);
    expect(line).not.toContain('\n');
    expect(JSON.parse(line)).toEqual({ time: AT.toISOString(), level, event: type, ...fields });
  });

  it('lets no event steer the terminal or forge a line', () => {
    const event: ProcessorEvent = { type: 'warning', code: 'x', message: 'a\u001b[2Jb\n14:30:13  published' };
    expect(renderLogLine(event, AT, PLAIN_STYLE)).not.toMatch(/[\u001b\n]/u);
  });
});
