import { expect, it } from 'vitest';
import { differences } from '../../../src/policy/policy-changes.ts';
import { changedDecisions, wordOf, type PastAsk } from '../../../src/policy/replay.ts';
import { aPolicy, aRule, compiled } from '../../support/policy-text.ts';

it('names what differs by the names of rules, limits and groups, and the order of rules', () => {
  const before = aPolicy({
    groups: { sre: ['b@example.com', 'a@example.com'] },
    rules: [aRule({ name: 'one' }), aRule({ name: 'two', maxTimeout: 60 })],
  });
  const after = aPolicy({
    timeZone: 'UTC',
    groups: { sre: ['a@example.com', 'b@example.com'] },
    rules: [aRule({ name: 'two', maxTimeout: 90 }), aRule({ name: 'one' })],
    limits: [{ name: 'each', per: 'person', usdPerDay: 1 }],
  });
  expect(differences(before, after)).toEqual([
    { path: 'rules.order', before: '["one","two"]', after: '["two","one"]' },
    { path: 'rules.two.maxTimeout', before: '60', after: '90' },
    { path: 'timeZone', before: undefined, after: '"UTC"' },
    { path: 'limits.each.per', before: undefined, after: '"person"' },
    { path: 'limits.each.usdPerDay', before: undefined, after: '1' },
  ]);
  expect(differences(before, before)).toEqual([]);
});

it('decides about each request at the time when it was asked, and leaves limits out', () => {
  const hours = { days: ['fri' as const], from: '08:00', to: '16:00' };
  const ask: PastAsk['ask'] = {
    principal: 'alice@example.com',
    cluster: 'hub-1',
    namespaces: [],
    strategy: 'general',
    engine: 'auto',
    mode: 'read',
    timeoutSeconds: 60,
  };
  const past = ['2026-11-20T12:00:00Z', '2026-11-20T20:00:00Z'].map((at) => ({ id: at, at: new Date(at), ask }));
  const before = compiled({ limits: [{ name: 'none', per: 'person', requestsPerDay: 0 }] });
  const changed = changedDecisions(past, { before, after: compiled({ rules: [aRule({ hours })] }) });
  expect(changed.map(({ past: { id }, before: was, after: is }) => [id, wordOf(was), wordOf(is)])).toEqual([
    ['2026-11-20T20:00:00Z', 'allowed by all', 'denied: outside-hours'],
  ]);
});
