import { describe, expect, it } from 'vitest';
import type { ProcessorEvent } from '../../../src/domain/events.ts';
import { describeReadiness, nextReadiness, type Readiness } from '../../../src/metrics/readiness.ts';

const started: ProcessorEvent = {
  type: 'started',
  cluster: 'this-host',
  holder: 'processor-a',
  incarnation: 'a1',
  repository: '/srv/warroom.git',
  engines: ['diagnostics'],
  trust: 'open',
  key: 'SHA256:abc',
};
const synced: ProcessorEvent = { type: 'synced', tip: 'c0ffee', pending: 0, queue: { length: 0 } };
const failed: ProcessorEvent = { type: 'sync-failed', code: 'offline', message: 'x', retryMs: 1 };

describe('readiness', () => {
  it.each<[readonly ProcessorEvent[], Readiness, string]>([
    [[], 'starting', 'trust and policy are not loaded yet'],
    [[started], 'opened', 'the war room was not seen yet'],
    [[started, failed], 'opened', 'the war room was not seen yet'],
    [[started, failed, synced], 'ready', 'ok'],
    [[started, synced, failed], 'ready', 'ok'],
    [[started, synced, { type: 'stopping', running: 1 }, synced], 'stopping', 'stopping'],
  ])('after %j is %s', (events, expected, text) => {
    let now: Readiness = 'starting';
    for (const event of events) now = nextReadiness(now, event);
    expect(now).toBe(expected);
    expect(describeReadiness(now)).toBe(text);
  });
});
