import { describe, expect, it } from 'vitest';
import type { Admission } from '../../../src/cluster-broker/call.ts';
import { admitEngineCall } from '../../../src/cluster-broker/engine-call.ts';
import { admitPrometheusCall } from '../../../src/cluster-broker/prometheus-call.ts';

function told(admission: Admission): string {
  return admission.kind === 'admitted'
    ? admission.call.target
    : `${admission.refusal.reason}: ${admission.refusal.message}`;
}

function asked(target: string): { readonly path: string; readonly query: string; readonly accept: string } {
  const [path = '', query = ''] = target.split('?');
  return { path, query, accept: '' };
}

describe('questions to Prometheus', () => {
  const start = 'start=1700000000&end=1700003600';
  it.each([
    ['/prometheus/api/v1/query?query=up', '/api/v1/query?timeout=20s&query=up'],
    [
      '/prometheus/api/v1/query?query=up%7Ba%3D%22b%22%7D&time=1700000000',
      '/api/v1/query?timeout=20s&query=up%7Ba%3D%22b%22%7D&time=1700000000',
    ],
    [
      `/prometheus/api/v1/query_range?query=up&${start}&step=30s`,
      `/api/v1/query_range?timeout=20s&query=up&${start}&step=30s`,
    ],
    [`/prometheus/api/v1/series?match[]=up&${start}`, `/api/v1/series?limit=1000&match%5B%5D=up&${start}`],
    ['/prometheus/api/v1/labels', '/api/v1/labels?limit=1000'],
    ['/prometheus/api/v1/label/job/values?limit=5', '/api/v1/label/job/values?limit=5'],
  ])('forwards %s', (target, expected) => {
    expect(told(admitPrometheusCall(asked(target)))).toBe(expected);
  });

  it.each([
    ['/prometheus/api/v1/admin/tsdb/delete_series', 'Forbidden: the cluster broker forwards'],
    ['/prometheus/api/v1/status/config', 'Forbidden'],
    ['/prometheus/api/v1/targets', 'Forbidden'],
    ['/prometheus/api/v1/query/../admin', 'Forbidden'],
    ['/prometheus/federate', 'Forbidden'],
    ['/prometheus/api/v1/query', 'BadRequest: query is missing'],
    ['/prometheus/api/v1/query?query=', 'BadRequest: query must be an expression'],
    ['/prometheus/api/v1/query?query=up&timeout=1h', 'BadRequest: the parameter "timeout"'],
    [`/prometheus/api/v1/query_range?query=up&${start}`, 'BadRequest: step is missing'],
    [`/prometheus/api/v1/query_range?query=up&${start}&step=0`, 'BadRequest: the range has more than 11000 points'],
    [`/prometheus/api/v1/query_range?query=up&${start}&step=1ms`, 'BadRequest: the range has more than 11000 points'],
    [
      '/prometheus/api/v1/query_range?query=up&start=0&end=1700000000&step=1d',
      'BadRequest: the range from start to end',
    ],
    ['/prometheus/api/v1/query_range?query=up&start=2&end=1&step=1', 'BadRequest: the range from start to end'],
    ['/prometheus/api/v1/series?match[]=up', 'BadRequest: start is missing'],
    ['/prometheus/api/v1/series?match[]=up&match[]=down', 'BadRequest: the parameter match[] is given twice'],
  ])('refuses %s', (target, words) => {
    expect(told(admitPrometheusCall(asked(target)))).toContain(words);
  });
});

describe('reads of a container engine', () => {
  it.each([
    ['/_ping', '/_ping'],
    ['/v1.43/version', '/v1.43/version'],
    ['/info', '/info'],
    ['/v1.50/containers/json?all=1', '/v1.50/containers/json?all=1'],
    ['/containers/web-1/json', '/containers/web-1/json'],
    ['/containers/web-1/logs?stdout=1&stderr=1&tail=20', '/containers/web-1/logs?tail=20&follow=0&stdout=1&stderr=1'],
    ['/containers/web-1/logs?stdout=1', '/containers/web-1/logs?tail=1000&follow=0&stdout=1'],
    ['/containers/web-1/stats', '/containers/web-1/stats?stream=false'],
    ['/containers/web-1/stats?stream=0&one-shot=1', '/containers/web-1/stats?stream=0&one-shot=1'],
    ['/containers/web-1/top', '/containers/web-1/top'],
    ['/images/json', '/images/json'],
    ['/images/registry.example.com/team/web:1/json', '/images/registry.example.com/team/web:1/json'],
  ])('forwards %s', (target, expected) => {
    expect(told(admitEngineCall(asked(target)))).toBe(expected);
  });

  it.each([
    ['/containers/web-1/exec', 'Forbidden: the cluster broker does not forward this to the container engine'],
    ['/containers/web-1/archive?path=/etc/shadow', 'Forbidden'],
    ['/containers/web-1/export', 'Forbidden'],
    ['/containers/web-1/attach/ws', 'Forbidden'],
    ['/containers/../images/json', 'Forbidden'],
    ['/containers/web%2f1/json', 'Forbidden'],
    ['/v1.43/v1.43/info', 'Forbidden'],
    ['//info', 'Forbidden'],
    ['/secrets', 'Forbidden'],
    ['/configs', 'Forbidden'],
    ['/swarm/unlockkey', 'Forbidden'],
    ['/events', 'Forbidden'],
    ['/build', 'Forbidden'],
    ['/containers/web-1/logs?follow=1', 'BadRequest: follow must be one of 0, false'],
    ['/containers/web-1/logs?tail=all', 'BadRequest: tail must be a whole number'],
    ['/containers/web-1/stats?stream=true', 'BadRequest: stream must be one of 0, false'],
    ['/containers/web-1/top?ps_args=-o%20args', 'BadRequest: the parameter "ps_args"'],
  ])('refuses %s', (target, words) => {
    expect(told(admitEngineCall(asked(target)))).toContain(words);
  });

  it('strips environments, addresses of proxies and options of log drivers', () => {
    const admission = admitEngineCall(asked('/containers/web-1/json'));
    if (admission.kind !== 'admitted' || admission.call.body.kind !== 'json') throw new Error('not admitted');
    const value = {
      Name: '/web-1',
      Config: { Env: ['PASSWORD=hunter22', 'PATH=/bin'], Image: 'web' },
      HostConfig: { LogConfig: { Type: 'splunk', Config: { 'splunk-token': 'hunter22' } } },
      HttpProxy: 'http://a:hunter22@proxy',
    };
    expect(admission.call.body.strip(value)).toEqual({
      Name: '/web-1',
      Config: { Env: ['PASSWORD', 'PATH'], Image: 'web' },
      HostConfig: {},
    });
  });
});
