import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ask } from '../../../src/policy/ask.ts';
import { askOf } from '../../../src/policy/ask.ts';
import { decide, type Decision } from '../../../src/policy/decide.ts';
import { NOTHING_USED, type Usage } from '../../../src/policy/usage.ts';
import type { Policy, PolicyRule } from '../../../src/schema/generated.ts';
import { exampleRequest } from '../../support/example-request.ts';
import { aRule, compiled } from '../../support/policy-text.ts';
import { cpuTimeMs } from '../../support/cpu-time.ts';

/** A Friday, 15:30 in Oslo. */
const NOW = new Date('2026-11-20T14:30:00Z');

const ASK: Ask = {
  principal: 'alice@example.com',
  cluster: 'hub-1',
  namespaces: [],
  strategy: 'etcd-latency',
  engine: 'auto',
  mode: 'read',
  timeoutSeconds: 900,
};

function decided(policy: Partial<Policy>, ask: Partial<Ask> = {}, usage: Partial<Usage> = {}): Decision {
  const facts = { usage: { ...NOTHING_USED, ...usage }, now: NOW, isCounted: false };
  return decide(compiled(policy), { ...ASK, ...ask }, facts);
}

function byRule(rule: Partial<PolicyRule>, ask: Partial<Ask> = {}): string {
  const decision = decided({ timeZone: 'Europe/Oslo', rules: [aRule(rule)] }, ask);
  return decision.kind === 'denied' ? decision.reason.code : decision.kind;
}

describe('a rule', () => {
  it.each<[string, Partial<PolicyRule>, Partial<Ask>, string]>([
    ['what it names', {}, {}, 'allowed'],
    ['another person', {}, { principal: 'bob@example.com' }, 'not-permitted'],
    ['the same name in other letters', {}, { principal: 'Alice@example.com' }, 'not-permitted'],
    ['a longer name', {}, { principal: 'alice@example.com.evil' }, 'not-permitted'],
    ['a cluster that matches', { clusters: ['hub-*'] }, {}, 'allowed'],
    ['another cluster', { clusters: ['hub-2'] }, {}, 'not-permitted'],
    ['another strategy', { strategies: ['general', 'node-*'] }, {}, 'not-permitted'],
    ['a namespace', { namespaces: ['shop-*'] }, { namespaces: ['shop-web'] }, 'allowed'],
    ['no namespace where it wants one', { namespaces: ['*'] }, {}, 'not-permitted'],
    ['a second namespace', { namespaces: ['shop-*'] }, { namespaces: ['shop-web', 'kube-system'] }, 'not-permitted'],
    ['any namespace where it wants none', {}, { namespaces: ['kube-system'] }, 'allowed'],
    ['auto with checks alone', { engines: ['diagnostics'] }, {}, 'allowed'],
    ['a model that it does not have', { engines: ['diagnostics'] }, { engine: 'claude' }, 'not-permitted'],
    ['tools that it has', { tools: ['kubectl', 'grep'] }, { tools: ['grep'] }, 'allowed'],
    ['a tool that it has not', { tools: ['kubectl'] }, { tools: ['kubectl', 'docker'] }, 'not-permitted'],
    ['any mode but read, when it names none', {}, { mode: 'propose' }, 'mode-not-permitted'],
    ['a mode that it names', { modes: ['propose'] }, { mode: 'propose' }, 'allowed'],
    ['the longest timeout', { maxTimeout: 900 }, {}, 'allowed'],
    ['a longer one', { maxTimeout: 899 }, {}, 'timeout-too-long'],
    ['its hours', { hours: { days: ['fri'], from: '15:00', to: '16:00' } }, {}, 'allowed'],
    ['other hours', { hours: { days: ['fri'], from: '16:00', to: '17:00' } }, {}, 'outside-hours'],
    ['two misfits', { maxTimeout: 60, modes: ['apply'] }, {}, 'not-permitted'],
  ])('decides about %s', (_, rule, ask, expected) => {
    expect(byRule(rule, ask)).toBe(expected);
  });

  it('limits what the run gets, by the tools that were asked for or its own', () => {
    const rules = [aRule({ engines: ['diagnostics'], tools: ['kubectl', 'grep'], maxUsd: 2 })];
    expect(decided({ rules })).toEqual({
      kind: 'allowed',
      rule: 'all',
      limits: { engines: ['diagnostics'], tools: ['kubectl', 'grep'], maxUsd: 2 },
    });
    expect(decided({ rules }, { tools: ['grep'] })).toMatchObject({ limits: { tools: ['grep'] } });
  });
});

describe('a refusal', () => {
  const zone = { timeZone: 'Europe/Oslo' };
  it.each<[string, Partial<Policy>, Partial<Ask>, object]>([
    [
      'tells strangers nothing about the rules',
      { rules: [aRule({ who: ['bob@example.com'] })] },
      {},
      { reason: { code: 'not-permitted', message: 'no rule of the policy names alice@example.com' } },
    ],
    [
      'names the nearest rule and its fields',
      {
        rules: [
          aRule({ name: 'far', clusters: ['a'], strategies: ['b'] }),
          aRule({ name: 'near', clusters: ['c', 'd-*'] }),
        ],
      },
      {},
      {
        reason: {
          code: 'not-permitted',
          message: 'no rule of the policy allows this; nearest is near: clusters: hub-1 is not among c, d-*',
        },
      },
    ],
    [
      'says when hours begin, in UTC and local',
      {
        ...zone,
        rules: [
          aRule({ name: 'late', hours: { days: ['sat'], from: '09:00', to: '10:00' } }),
          aRule({ name: 'soon', hours: { days: ['fri'], from: '17:00', to: '18:00' } }),
        ],
      },
      {},
      {
        reason: {
          code: 'outside-hours',
          message: 'outside the hours of rule late, soon',
          hint: 'ask again at 2026-11-20 16:00 UTC (17:00 in Europe/Oslo)',
        },
        retryAt: new Date('2026-11-20T16:00:00Z'),
      },
    ],
    [
      'says the longest timeout of all rules',
      { rules: [aRule({ name: 'a', maxTimeout: 300 }), aRule({ name: 'b', maxTimeout: 600 })] },
      {},
      {
        reason: {
          code: 'timeout-too-long',
          message: '900 s is more than the policy allows (600 s)',
          hint: 'ask again with  --timeout 600',
        },
      },
    ],
    [
      'says which modes there are',
      {},
      { mode: 'apply' },
      {
        reason: {
          code: 'mode-not-permitted',
          message: 'mode apply is not allowed by the policy',
          hint: 'allowed: read',
        },
      },
    ],
  ])('%s', (_, policy, ask, expected) => {
    expect(decided(policy, ask)).toMatchObject({ kind: 'denied', ...expected });
  });

  it('fits a status, whatever a policy and a request say', () => {
    const strategies = Array.from({ length: 100 }, (_, index) => `${String(index).padStart(3, '0')}${'x'.repeat(60)}`);
    const rules = [aRule({ strategies, clusters: strategies, namespaces: strategies })];
    const decision = decided({ rules });
    expect(decision.kind === 'denied' && decision.reason.message.length).toBeLessThanOrEqual(1000);
  });
});

describe('limits', () => {
  const minute = (text: string): number => Date.parse(`2026-11-20T${text}:00Z`);
  const team = ['alice@example.com', 'bob@example.com'];

  it.each<[string, Policy['limits'], Partial<Usage>, Partial<Ask>, object]>([
    [
      'requests of the last hour',
      [{ name: 'each', per: 'person', requestsPerHour: 2 }],
      { requestsSince: () => [minute('13:50'), minute('14:10')] },
      {},
      {
        kind: 'denied',
        reason: {
          code: 'rate-limited',
          message: 'limit each of each person is 2 requests an hour; 2 were accepted',
          hint: 'try again after 2026-11-20 14:50 UTC',
        },
        retryAt: new Date('2026-11-20T14:50:00Z'),
      },
    ],
    [
      'requests of the day',
      [{ name: 'each', per: 'person', requestsPerDay: 5 }],
      { requestsOfDay: () => 5 },
      {},
      { kind: 'denied', reason: { code: 'rate-limited' }, retryAt: new Date('2026-11-21T00:00:00Z') },
    ],
    [
      'those of the whole team',
      [{ name: 'sre', who: team, per: 'group', requestsPerHour: 3 }],
      {
        requestsSince: (name) =>
          name === 'bob@example.com' ? [minute('13:40'), minute('13:45'), minute('14:00')] : [],
      },
      {},
      { kind: 'denied', reason: { code: 'rate-limited' }, retryAt: new Date('2026-11-20T14:40:00Z') },
    ],
    [
      'not those of others, when each person has their own',
      [{ name: 'sre', who: team, per: 'person', requestsPerHour: 3 }],
      { requestsSince: (name) => (name === 'bob@example.com' ? [1, 2, 3] : []) },
      {},
      { kind: 'allowed' },
    ],
    [
      'those of everybody who has asked',
      [{ name: 'all', per: 'group', requestsPerDay: 4 }],
      { people: () => ['carol@example.com', 'dave@example.com'], requestsOfDay: () => 2 },
      {},
      { kind: 'denied', reason: { message: 'limit all of everybody is 4 requests a day; 4 were accepted' } },
    ],
    [
      'minutes, when the whole timeout does not fit',
      [{ name: 'each', per: 'person', minutesPerDay: 60 }],
      { timeOfDay: () => ({ used: 50.5, reserved: 0 }) },
      {},
      {
        kind: 'denied',
        reason: {
          code: 'budget-used-up',
          message: 'limit each of each person is 60 minutes a day; 50.5 are used and the request wants 15',
          hint: 'ask again with  --timeout 570 , or try again after 2026-11-21 00:00 UTC',
        },
      },
    ],
    [
      'minutes, when running work may leave enough',
      [{ name: 'each', per: 'person', minutesPerDay: 60 }],
      { timeOfDay: () => ({ used: 10, reserved: 45 }) },
      {},
      { kind: 'waiting', why: 'running work has set aside what limit each has left' },
    ],
    [
      'dollars, when a model is wanted',
      [{ name: 'each', per: 'person', usdPerDay: 5 }],
      { moneyOfDay: () => ({ used: 5, reserved: 0 }) },
      { engine: 'claude' },
      { kind: 'denied', reason: { code: 'budget-used-up' }, retryAt: new Date('2026-11-21T00:00:00Z') },
    ],
    [
      'no dollars, when auto can do without',
      [{ name: 'each', per: 'person', usdPerDay: 5 }],
      { moneyOfDay: () => ({ used: 5, reserved: 0 }) },
      {},
      { kind: 'allowed' },
    ],
    [
      'nothing for other people',
      [{ name: 'bob', who: ['bob@example.com'], per: 'person', requestsPerDay: 0 }],
      {},
      {},
      { kind: 'allowed' },
    ],
    [
      'the longest of several',
      [
        { name: 'hour', per: 'person', requestsPerHour: 1 },
        { name: 'day', per: 'person', requestsPerDay: 1 },
      ],
      { requestsSince: () => [minute('14:00')], requestsOfDay: () => 1 },
      {},
      { kind: 'denied', retryAt: new Date('2026-11-21T00:00:00Z') },
    ],
    [
      'everything, with a limit of none',
      [{ name: 'none', per: 'person', requestsPerDay: 0 }],
      {},
      {},
      { kind: 'denied', reason: { hint: 'ask an administrator of this cluster' } },
    ],
  ])('count %s', (_, limits, usage, ask, expected) => {
    expect(decided({ limits: limits ?? [] }, ask, usage)).toMatchObject(expected);
  });

  it('do not count a request twice that was accepted before', () => {
    const policy = compiled({ limits: [{ name: 'each', per: 'person', requestsPerDay: 1 }] });
    const usage = { ...NOTHING_USED, requestsOfDay: () => 1 };
    expect(decide(policy, ASK, { usage, now: NOW, isCounted: true }).kind).toBe('allowed');
  });
});

describe('a question', () => {
  it('names every namespace that its request names', () => {
    const { spec } = exampleRequest;
    const issue = { ...spec.issue, affectedResources: ['pod/a', 'namespace/kube-system', 'ns/b', 'nginx.service'] };
    const investigation = { ...spec.investigation, namespace: 'shop-web' };
    const request = { ...exampleRequest, spec: { ...spec, issue, investigation } };
    const ask = askOf(request, { principal: 'a', cluster: 'c', strategy: 's' });
    expect(ask.namespaces).toEqual(['shop-web', 'kube-system', 'b']);
  });
});

describe('rules', () => {
  const people = ['alice@example.com', 'bob@example.com'] as const;
  const names = fc.uniqueArray(fc.constantFrom('*', 'hub-*', 'hub-1', 'h?b-2', 'web'), { minLength: 1, maxLength: 3 });
  const rule = fc.record({
    who: fc.uniqueArray(fc.constantFrom(...people), { minLength: 1 }),
    clusters: names,
    strategies: names,
    engines: fc.uniqueArray(fc.constantFrom('diagnostics' as const, 'claude' as const), { minLength: 1 }),
    maxTimeout: fc.constantFrom(60, 900),
  });
  const rules = fc.array(rule, { minLength: 1, maxLength: 5 }).map((list) => {
    return list.map((one, index): PolicyRule => ({ ...one, name: `r${index}` }));
  });
  const ask = fc.record({
    principal: fc.constantFrom(...people, 'mallory@example.com'),
    cluster: fc.constantFrom('hub-1', 'hub-2', 'web'),
    strategy: fc.constantFrom('hub-1', 'web'),
    engine: fc.constantFrom('auto' as const, 'diagnostics' as const, 'claude' as const),
    timeoutSeconds: fc.constantFrom(60, 600),
  });

  it('that are added never deny what was allowed', () => {
    fc.assert(
      fc.property(rules, rules, ask, (before, more, question) => {
        fc.pre(decided({ rules: before }, question).kind === 'allowed');
        const added = more.map((one, index) => ({ ...one, name: `added${index}` }));
        expect(decided({ rules: [...added, ...before] }, question).kind).toBe('allowed');
      }),
      { numRuns: 60 },
    );
  });

  it('allow the same in any order', () => {
    fc.assert(
      fc.property(rules, ask, (list, question) => {
        expect(decided({ rules: list.toReversed() }, question).kind).toBe(decided({ rules: list }, question).kind);
      }),
      { numRuns: 60 },
    );
  });

  it('allow nothing to whom none of them names', () => {
    fc.assert(
      fc.property(rules, ask, (list, question) => {
        const decision = decided({ rules: list }, { ...question, principal: 'mallory@example.com' });
        expect(decision.kind).toBe('denied');
      }),
      { numRuns: 30 },
    );
  });
});

it('decides about a storm of a thousand requests in no time', () => {
  const who = Array.from({ length: 100 }, (_, index) => `p${index}@example.com`);
  const policy = compiled({
    rules: Array.from({ length: 100 }, (_, index) => aRule({ name: `r${index}`, clusters: [`hub-${index}`], who })),
    limits: [{ name: 'all', per: 'group', who, requestsPerHour: 10 }],
  });
  const times = [NOW.getTime()];
  const facts = { usage: { ...NOTHING_USED, requestsSince: () => times }, now: NOW, isCounted: false };
  const ms = cpuTimeMs(() => {
    for (let count = 0; count < 1000; count++)
      decide(policy, { ...ASK, principal: 'p1@example.com', cluster: 'hub-99' }, facts);
  });
  expect(ms).toBeLessThan(10_000);
}, 30_000);
