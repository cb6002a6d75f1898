import { describe, expect, it } from 'vitest';
import { backendsClosedToRouter, podsWithoutDns } from '../../../src/playbook/detectors/closed-by-policies.ts';
import {
  isAdmitted,
  policiesOf,
  type Direction,
  type Peer,
  type TrafficPort,
} from '../../../src/playbook/detectors/network-policy.ts';
import type { StepData } from '../../../src/playbook/parse-output.ts';
import { isRecord } from '../../../src/playbook/path.ts';

type Fields = Readonly<Record<string, unknown>>;

function listOf(...items: readonly unknown[]): StepData {
  return { root: { items }, lines: [], spanOf: () => undefined, isPartial: false };
}

function cut(data: StepData): StepData {
  return { ...data, isPartial: true };
}

function policy(name: string, spec: Fields, namespace = 'shop'): Fields {
  return {
    metadata: { name, namespace, creationTimestamp: '2026-11-20T11:00:00Z' },
    spec: { podSelector: {}, ...spec },
  };
}

function pod(name: string, labels: Fields, more: { readonly spec?: Fields; readonly status?: Fields } = {}): Fields {
  const [namespace, own] = name.split('/');
  return { metadata: { name: own, namespace, labels }, spec: {}, status: { phase: 'Running' }, ...more };
}

const WEB = pod('shop/web-1', { app: 'web' });
const DNS = pod(
  'openshift-dns/dns-1',
  { dns: 'default' },
  {
    spec: { containers: [{ ports: [{ name: 'dns', containerPort: 5353, protocol: 'UDP' }] }] },
  },
);
const DNS_NAMESPACE = { metadata: { name: 'openshift-dns', labels: { purpose: 'names' } } };

describe('policiesOf', () => {
  it.each<[string, Fields, Direction, boolean]>([
    ['without types it is about what comes in', {}, 'Ingress', true],
    ['without types and rules it is not about what goes out', {}, 'Egress', false],
    ['without types, rules for what goes out make it about that', { egress: [] }, 'Egress', true],
    ['types decide', { policyTypes: ['Egress'] }, 'Ingress', false],
    ['of other pods', { podSelector: { matchLabels: { app: 'db' } } }, 'Ingress', false],
  ])('%s', (_what, spec, direction, isAbout) => {
    expect(policiesOf(WEB, [policy('p', spec)], direction)).toHaveLength(isAbout ? 1 : 0);
  });

  it('leaves out those of another namespace', () => {
    expect(policiesOf(WEB, [policy('p', {}, 'other')], 'Ingress')).toEqual([]);
  });
});

describe('isAdmitted', () => {
  const peers: readonly Peer[] = [{ pod: DNS, namespace: DNS_NAMESPACE }];
  const ports: readonly TrafficPort[] = [{ protocol: 'UDP', number: 5353, name: 'dns' }];
  const admits = (...egress: readonly Fields[]): boolean =>
    isAdmitted({ direction: 'Egress', peers, ports }, [policy('p', { egress })]);

  it.each<[string, Fields, boolean]>([
    ['a rule without anything is open for all', {}, true],
    ['the namespace by its label', { to: [{ namespaceSelector: { matchLabels: { purpose: 'names' } } }] }, true],
    [
      'the label of its name, which every namespace has',
      { to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'openshift-dns' } } }] },
      true,
    ],
    ['every namespace', { to: [{ namespaceSelector: {} }] }, true],
    ['another namespace', { to: [{ namespaceSelector: { matchLabels: { purpose: 'shop' } } }] }, false],
    [
      'both selectors of one peer must fit',
      { to: [{ namespaceSelector: {}, podSelector: { matchLabels: { dns: 'other' } } }] },
      false,
    ],
    ['pods of the own namespace', { to: [{ podSelector: {} }] }, false],
    ['addresses are given the benefit of the doubt', { to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }, true],
    ['the port by number', { ports: [{ protocol: 'UDP', port: 5353 }] }, true],
    ['the port by name', { ports: [{ protocol: 'UDP', port: 'dns' }] }, true],
    ['a range of ports', { ports: [{ protocol: 'UDP', port: 5000, endPort: 6000 }] }, true],
    ['a range that ends before', { ports: [{ protocol: 'UDP', port: 5000, endPort: 5100 }] }, false],
    ['every port of a protocol', { ports: [{ protocol: 'UDP' }] }, true],
    ['TCP where none is named', { ports: [{ port: 5353 }] }, false],
    ['another port', { ports: [{ protocol: 'UDP', port: 53 }] }, false],
  ])('%s', (_what, rule, expected) => {
    expect(admits(rule)).toBe(expected);
  });

  it('needs one rule of one policy', () => {
    expect(admits()).toBe(false);
    expect(admits({ ports: [{ port: 443 }] }, {})).toBe(true);
  });
});

describe('pods-without-dns', () => {
  const closed = listOf(policy('old', { policyTypes: ['Egress'] }), {
    ...policy('new', { egress: [{ ports: [{ port: 443 }] }] }),
    metadata: { name: 'new', namespace: 'shop', creationTimestamp: '2026-11-20T11:30:00Z' },
  });
  const around =
    (changes: Readonly<Record<string, StepData | undefined>> = {}) =>
    (step: string): StepData | undefined =>
      ({ pods: listOf(WEB), 'dns-pods': listOf(DNS), 'dns-namespace': listOf(DNS_NAMESPACE), ...changes })[step];

  it('names the newest of the policies that shut a pod in', () => {
    expect(podsWithoutDns(closed, around())?.map(({ item }) => item)).toEqual([
      {
        ...{ pod: 'web-1', namespace: 'shop', policy: 'new', policies: 'new, old' },
        ...{ policyCreated: '2026-11-20T11:30:00Z', problem: 'no-rule', isReady: false },
      },
    ]);
  });

  it.each<[string, Fields]>([
    ['on the network of its node', { spec: { hostNetwork: true } }],
    ['with the DNS of its node', { spec: { dnsPolicy: 'Default' } }],
    ['that has ended', { status: { phase: 'Succeeded' } }],
  ])('leaves out a pod %s', (_what, more) => {
    expect(podsWithoutDns(closed, around({ pods: listOf(pod('shop/web-1', {}, more)) }))).toEqual([]);
  });

  it('does not need to know DNS where nothing is shut in', () => {
    expect(podsWithoutDns(listOf(), around({ 'dns-pods': undefined }))).toEqual([]);
  });

  it.each(['pods', 'dns-pods', 'dns-namespace'])('says nothing while %s are not known', (step) => {
    expect(podsWithoutDns(closed, around({ [step]: undefined }))).toBeUndefined();
  });

  it('says nothing of half a list, or where another program resolves names', () => {
    expect(podsWithoutDns(cut(closed), around())).toBeUndefined();
    expect(podsWithoutDns(closed, around({ pods: cut(listOf(WEB)) }))).toBeUndefined();
    expect(podsWithoutDns(closed, around({ 'dns-pods': listOf() }))).toBeUndefined();
  });
});

describe('backends-closed-to-router', () => {
  const route = {
    kind: 'Route',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { to: { kind: 'Service', name: 'web' }, port: { targetPort: 'http' } },
  };
  const service = {
    metadata: { name: 'web', namespace: 'shop' },
    spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'main' }] },
  };
  const web = pod(
    'shop/web-1',
    { app: 'web' },
    { spec: { containers: [{ ports: [{ name: 'main', containerPort: 8080 }] }] } },
  );
  const around =
    (ingress: readonly Fields[], changes: Readonly<Record<string, StepData | undefined>> = {}) =>
    (step: string): StepData | undefined =>
      ({
        services: listOf(service),
        pods: listOf(web),
        policies: listOf(policy('p', { ingress })),
        'router-pods': listOf(pod('openshift-ingress/router-1', { app: 'router' })),
        'router-namespace': listOf({ metadata: { name: 'openshift-ingress' } }),
        ...changes,
      })[step];
  const closed = (other: (step: string) => StepData | undefined): unknown =>
    backendsClosedToRouter(listOf(route), other)?.map(({ item }) => (isRecord(item) ? item['service'] : undefined));

  it('follows a named port into the pod', () => {
    expect(closed(around([{ ports: [{ port: 8080 }] }]))).toEqual([]);
    expect(closed(around([{ ports: [{ port: 'main' }] }]))).toEqual([]);
    expect(closed(around([{ ports: [{ port: 80 }] }]))).toEqual(['web']);
  });

  it('is content with one pod that is open', () => {
    const open = pod('shop/web-2', { app: 'web', open: 'yes' }, { spec: web['spec'] as Fields });
    const policies = listOf(
      policy('closed', {}),
      policy('open', { podSelector: { matchLabels: { open: 'yes' } }, ingress: [{}] }),
    );
    expect(closed(around([], { policies, pods: listOf(web, open) }))).toEqual([]);
  });

  it.each<[string, Readonly<Record<string, StepData | undefined>>]>([
    ['policies that are not known', { policies: undefined }],
    ['half of the policies', { policies: cut(listOf()) }],
    ['routers that are not known', { 'router-pods': undefined }],
    ['no router', { 'router-pods': listOf() }],
    ['their namespace', { 'router-namespace': undefined }],
    [
      'a router with the address of its node',
      { 'router-pods': listOf(pod('openshift-ingress/r', {}, { spec: { hostNetwork: true } })) },
    ],
  ])('says nothing about %s', (_what, changes) => {
    expect(closed(around([], changes))).toBeUndefined();
  });

  it('has nothing to say of a service without a selector, or of none', () => {
    const byHand = { ...service, spec: { ports: [{ port: 80 }] } };
    expect(closed(around([], { services: listOf(byHand) }))).toEqual([]);
    expect(closed(around([], { services: listOf() }))).toEqual([]);
  });
});
