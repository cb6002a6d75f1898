import { describe, expect, it } from 'vitest';
import { crashReasons } from '../../../src/playbook/detectors/crash-reasons.ts';
import { failedJobs } from '../../../src/playbook/detectors/failed-jobs.ts';
import type { StepData } from '../../../src/playbook/parse-output.ts';

function dataOf(root: unknown): StepData {
  return { root, lines: [], spanOf: () => undefined, isPartial: false };
}

function reasonsOf(...lines: readonly string[]): readonly unknown[] | undefined {
  const rows = lines.map((message) => ({ time: '2026-11-20T11:57:00Z', message }));
  return crashReasons(dataOf({ rows }))?.map(({ item }) => item);
}

describe('crash-reasons', () => {
  it.each([
    ['exec /app/server: exec format error', 'program', ''],
    ['java.lang.OutOfMemoryError: Java heap space', 'memory', ''],
    ['FATAL: could not write lock file: No space left on device', 'space', ''],
    ['Error: listen EADDRINUSE: address already in use :::8080', 'address', ''],
    [
      'pods is forbidden: User "system:serviceaccount:a:b" cannot list resource "pods"',
      'right',
      'system:serviceaccount:a:b',
    ],
    ['the server has asked for the client to provide credentials', 'token', ''],
    ['failed to renew lease shop/cart: timed out', 'leader', 'shop/cart'],
    ['FATAL: password authentication failed for user "shop"', 'login', 'shop'],
    ['x509: certificate signed by unknown authority', 'trust', ''],
    ['dial tcp: lookup postgres.shop.svc on 172.31.0.10:53: no such host', 'name', 'postgres.shop.svc'],
    ['Caused by: java.net.UnknownHostException: kafka.svc: Name or service not known', 'name', 'kafka.svc'],
    ['Error: connect ECONNREFUSED 172.31.8.8:6379', 'peer', '172.31.8.8:6379'],
    ['initdb: error: could not change permissions of directory: Operation not permitted', 'file', ''],
    ['nginx: [emerg] unknown directive "proxy_pas"', 'configuration', ''],
    ['open /etc/app/config.yaml: no such file or directory', 'configuration', '/etc/app/config.yaml'],
  ])('reads %j', (message, reason, subject) => {
    expect(reasonsOf('starting', message)).toMatchObject([{ reason, subject, message }]);
  });

  it('takes the last words that name a cause, and none when no words do', () => {
    expect(reasonsOf('password authentication failed', 'leader election lost', 'goodbye')).toMatchObject([
      { reason: 'leader' },
    ]);
    expect(reasonsOf('starting', 'goodbye')).toEqual([]);
    expect(crashReasons(dataOf('text'))).toBeUndefined();
  });
});

describe('failed-jobs', () => {
  const job = (name: string, created: string, type: string, owner = 'cron') => ({
    kind: 'Job',
    metadata: { name, namespace: 'shop', creationTimestamp: created, ownerReferences: [{ uid: owner }] },
    status: { conditions: [{ type, status: 'True', reason: 'BackoffLimitExceeded' }] },
  });
  const failed = job('a', '2026-11-20T09:00:00Z', 'Failed');

  it.each([
    ['alone', [failed], ['a']],
    ['before a later run that is complete', [failed, job('b', '2026-11-20T10:00:00Z', 'Complete')], []],
    ['after an earlier run that is complete', [failed, job('b', '2026-11-20T08:00:00Z', 'Complete')], ['a']],
    ['beside a job of another owner', [failed, job('b', '2026-11-20T10:00:00Z', 'Complete', 'other')], ['a']],
  ])('judges a job that failed %s', (_what, items, names) => {
    const found = failedJobs(dataOf({ items }));
    expect(found?.map(({ item }) => item)).toMatchObject(names.map((name) => ({ name })));
  });
});
