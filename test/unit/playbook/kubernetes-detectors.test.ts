import { describe, expect, it } from 'vitest';
import { backendReferences } from '../../../src/playbook/detectors/backend-references.ts';
import { brokenBackends } from '../../../src/playbook/detectors/broken-backends.ts';
import { claimsWithoutClass } from '../../../src/playbook/detectors/claims-without-class.ts';
import { selectorFits } from '../../../src/playbook/detectors/label-selector.ts';
import { podsHeldByBudgets } from '../../../src/playbook/detectors/pods-held-by-budgets.ts';
import type { StepData } from '../../../src/playbook/parse-output.ts';
import { isRecord } from '../../../src/playbook/path.ts';

function dataOf(root: unknown, isPartial = false): StepData {
  return { root, lines: [], spanOf: () => undefined, isPartial };
}

function listOf(...items: readonly unknown[]): StepData {
  return dataOf({ items });
}

function field(name: string): (candidate: { readonly item: unknown }) => unknown {
  return ({ item }) => (isRecord(item) ? item[name] : undefined);
}

describe('selectorFits', () => {
  const labels = { app: 'db', tier: 'back' };

  it.each<[string, unknown, boolean]>([
    ['no demand', {}, true],
    ['equal labels', { matchLabels: { app: 'db' } }, true],
    ['another value', { matchLabels: { app: 'web' } }, false],
    ['a label that is not there', { matchLabels: { zone: 'a' } }, false],
    ['In', { matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'db'] }] }, true],
    ['NotIn', { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['db'] }] }, false],
    ['NotIn without the label', { matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['a'] }] }, true],
    ['Exists', { matchExpressions: [{ key: 'tier', operator: 'Exists' }] }, true],
    ['DoesNotExist', { matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }, false],
    ['an operator of the future', { matchExpressions: [{ key: 'tier', operator: 'Near' }] }, false],
    [
      'both parts',
      { matchLabels: { app: 'db' }, matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] },
      false,
    ],
  ])('judges %s', (_what, selector, expected) => {
    expect(selectorFits(selector, labels)).toBe(expected);
  });

  it('fits nothing but the empty demand when there are no labels', () => {
    expect(selectorFits({}, undefined)).toBe(true);
    expect(selectorFits({ matchLabels: { app: 'db' } }, undefined)).toBe(false);
  });
});

describe('claims-without-class', () => {
  const claim = (name: string, spec: object, phase = 'Pending'): unknown => ({
    metadata: { name, namespace: 'shop' },
    spec,
    status: { phase },
  });
  const claims = listOf(
    claim('none', {}),
    claim('empty', { storageClassName: '' }),
    claim('named', { storageClassName: 'fast' }),
    claim('by-hand', { volumeName: 'pv-1' }),
    claim('bound', {}, 'Bound'),
  );
  const marked = (mark: string, value: string): StepData =>
    listOf({ metadata: { name: 'fast', annotations: { [mark]: value } } });

  it('picks pending claims that leave the choice to the cluster, when it has made none', () => {
    const found = claimsWithoutClass(claims, () => listOf({ metadata: { name: 'fast' } }));
    expect(found?.map(field('name'))).toEqual(['none']);
  });

  it.each(['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'])(
    'finds nothing when a class has %s',
    (mark) => {
      expect(claimsWithoutClass(claims, () => marked(mark, 'true'))).toEqual([]);
      expect(claimsWithoutClass(claims, () => marked(mark, 'false'))).toHaveLength(1);
    },
  );

  it('says nothing while the classes are not known as a whole', () => {
    expect(claimsWithoutClass(claims, () => undefined)).toBeUndefined();
    expect(claimsWithoutClass(claims, () => dataOf({ items: [] }, true))).toBeUndefined();
  });
});

describe('backendReferences', () => {
  it('reads a route with its alternatives, and leaves out those without weight', () => {
    const route = {
      kind: 'Route',
      spec: {
        to: { kind: 'Service', name: 'a', weight: 10 },
        alternateBackends: [
          { kind: 'Service', name: 'b', weight: 5 },
          { kind: 'Service', name: 'c', weight: 0 },
        ],
        port: { targetPort: 'http' },
      },
    };
    expect(backendReferences(route).map(({ service, port }) => [service, port])).toEqual([
      ['a', 'http'],
      ['b', 'http'],
    ]);
  });

  it('reads the default and all paths of an ingress, each once', () => {
    const path = (name: string, port: object): unknown => ({ backend: { service: { name, port } } });
    const ingress = {
      kind: 'Ingress',
      spec: {
        defaultBackend: { service: { name: 'd', port: { number: 80 } } },
        rules: [{ http: { paths: [path('a', { name: 'http' }), path('a', { name: 'http' })] } }, { host: 'x' }],
        // A bucket or the like is no service.
        tls: [],
      },
    };
    expect(backendReferences(ingress).map(({ service, port }) => [service, port])).toEqual([
      ['d', '80'],
      ['a', 'http'],
    ]);
  });
});

describe('broken-backends', () => {
  const route = (spec: object): StepData =>
    listOf({ kind: 'Route', metadata: { name: 'r', namespace: 'shop' }, spec: { to: { name: 'web' }, ...spec } });
  const ready = {
    metadata: { labels: { 'kubernetes.io/service-name': 'web' } },
    endpoints: [{ addresses: ['10.0.0.1'], conditions: {} }],
  };
  const service = (spec: object): unknown => ({ metadata: { name: 'web' }, spec });
  const pod = {
    metadata: { labels: { app: 'web' } },
    spec: { containers: [{ ports: [{ name: 'main' }] }] },
    status: { phase: 'Running' },
  };
  const judge = (
    data: StepData,
    steps: { readonly services: unknown[]; readonly pods?: unknown[]; readonly slices?: unknown[] },
  ): readonly unknown[] | undefined => {
    const known: Readonly<Record<string, StepData>> = {
      services: listOf(...steps.services),
      pods: listOf(...(steps.pods ?? [pod])),
      'endpoint-slices': listOf(...(steps.slices ?? [ready])),
    };
    return brokenBackends(data, (step) => known[step])?.map(field('problem'));
  };
  const healthy = { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'main' }] };

  it.each<[string, object]>([
    ['any port', {}],
    ['the name of the port', { port: { targetPort: 'http' } }],
    ['the named target', { port: { targetPort: 'main' } }],
    ['a number that may stand behind the name', { port: { targetPort: 8080 } }],
  ])('finds nothing for a route that names %s', (_what, spec) => {
    expect(judge(route(spec), { services: [service(healthy)] })).toEqual([]);
  });

  it.each<[string, unknown[], unknown[], unknown[], object, string]>([
    ['no service', [], [pod], [ready], {}, 'service-missing'],
    ['no such port', [service(healthy)], [pod], [ready], { port: { targetPort: 'grpc' } }, 'port-missing'],
    ['no pod', [service(healthy)], [], [], {}, 'no-pods'],
    ['only pods that have ended', [service(healthy)], [{ ...pod, status: { phase: 'Succeeded' } }], [], {}, 'no-pods'],
    [
      'no container port of that name',
      [service({ ...healthy, ports: [{ port: 80, targetPort: 'other' }] })],
      [pod],
      [],
      {},
      'target-port-missing',
    ],
    [
      'nobody that is ready',
      [service(healthy)],
      [pod],
      [{ ...ready, endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: false } }] }],
      {},
      'no-ready-endpoints',
    ],
  ])('names %s', (_what, services, pods, slices, spec, problem) => {
    expect(judge(route(spec), { services, pods, slices })).toEqual([problem]);
  });

  it('leaves out services that lead out of the cluster, and trusts endpoints that are kept by hand', () => {
    expect(judge(route({}), { services: [service({ type: 'ExternalName' })], pods: [], slices: [] })).toEqual([]);
    expect(judge(route({}), { services: [service({ ports: [{ port: 80 }] })], pods: [] })).toEqual([]);
  });

  it('says nothing while a list is not known as a whole', () => {
    const cut = dataOf({ items: [] }, true);
    expect(brokenBackends(route({}), () => cut)).toBeUndefined();
    expect(brokenBackends(route({}), () => undefined)).toBeUndefined();
  });
});

describe('pods-held-by-budgets', () => {
  const budget = (disruptionsAllowed: number, namespace = 'shop'): unknown => ({
    metadata: { name: 'db', namespace },
    spec: { selector: { matchLabels: { app: 'db' } } },
    status: { disruptionsAllowed, currentHealthy: 1, desiredHealthy: 1 },
  });
  const pod = (extra: object = {}): unknown => ({
    metadata: { name: 'db-0', namespace: 'shop', labels: { app: 'db' }, ...extra },
    status: { phase: 'Running' },
  });
  const held = (pods: StepData, budgets: StepData | undefined): readonly unknown[] | undefined =>
    podsHeldByBudgets(pods, () => budgets)?.map(field('budget'));

  it('names the budget that allows nothing', () => {
    expect(held(listOf(pod()), listOf(budget(0)))).toEqual(['db']);
  });

  it.each<[string, unknown, unknown]>([
    ['a budget that allows one', pod(), budget(1)],
    ['a budget of another namespace', pod(), budget(0, 'other')],
    ['a pod of a DaemonSet', pod({ ownerReferences: [{ kind: 'DaemonSet' }] }), budget(0)],
    ['a static pod', pod({ ownerReferences: [{ kind: 'Node' }] }), budget(0)],
    ['a pod with other labels', pod({ labels: { app: 'web' } }), budget(0)],
  ])('leaves out %s', (_what, onePod, oneBudget) => {
    expect(held(listOf(onePod), listOf(oneBudget))).toEqual([]);
  });

  it('says nothing while the budgets are not known', () => {
    expect(held(listOf(pod()), undefined)).toBeUndefined();
  });
});
