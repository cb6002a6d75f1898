import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlaybookOutput } from '../../../src/schema/generated.ts';
import { drawMap } from '../../../src/synthesis/dependencies/draw-map.ts';
import { objectFinder } from '../../../src/synthesis/dependencies/find-object.ts';
import {
  createGraph,
  isStrong,
  keyOf,
  reach,
  type Dependency,
  type Graph,
} from '../../../src/synthesis/dependencies/graph.ts';
import { hostDependencies } from '../../../src/synthesis/dependencies/host-dependencies.ts';
import { kubernetesDependencies } from '../../../src/synthesis/dependencies/kubernetes-dependencies.ts';
import { relateFindings } from '../../../src/synthesis/dependencies/relate-findings.ts';
import { findingOf } from './sample-judgement.ts';
import { objectOf, outputOf, ownedBy } from './sample-outputs.ts';

function shown({ from, to, why, confidence }: Dependency): string {
  const text = ({ kind, namespace, name }: Dependency['from']): string =>
    [kind, namespace, name].filter((part) => part !== undefined).join('/');
  return `${text(from)} ${why} ${text(to)} ${confidence}`;
}

async function ofObjects(...objects: readonly unknown[]): Promise<readonly string[]> {
  return kubernetesDependencies([await outputOf({ items: objects })]).dependencies.map(shown);
}

async function ofTable(text: string, pattern: string): Promise<readonly string[]> {
  const output: PlaybookOutput = { format: 'table', pattern };
  return hostDependencies([await outputOf(text, { output })]).dependencies.map(shown);
}

describe('dependencies of Kubernetes objects', () => {
  it.each<[string, readonly unknown[], readonly string[]]>([
    [
      'owners',
      [objectOf('ReplicaSet/shop/api-1', { metadata: ownedBy('Deployment', 'api') })],
      ['deployment/shop/api owns replicaset/shop/api-1 0.95'],
    ],
    [
      'Deployments that only the label of a pod names',
      [
        objectOf('Pod/shop/api-5d8-x', {
          metadata: { ...ownedBy('ReplicaSet', 'api-5d8'), labels: { 'pod-template-hash': '5d8' } },
        }),
        objectOf('Pod/shop/web-x', {
          metadata: { ...ownedBy('ReplicaSet', 'web'), labels: { 'pod-template-hash': '5d8' } },
        }),
      ],
      [
        'deployment/shop/api owns replicaset/shop/api-5d8 0.8',
        'replicaset/shop/api-5d8 owns pod/shop/api-5d8-x 0.95',
        'replicaset/shop/web owns pod/shop/web-x 0.95',
      ],
    ],
    [
      'components of a control plane and their pods',
      [
        objectOf('ControlPlaneComponent/clusters-a/etcd', {}),
        objectOf('Pod/clusters-a/etcd-0', { metadata: { labels: { app: 'etcd' } } }),
        objectOf('Pod/clusters-b/etcd-0', { metadata: { labels: { app: 'etcd' } } }),
      ],
      ['controlplanecomponent/clusters-a/etcd runs as pod/clusters-a/etcd-0 0.8'],
    ],
    ['mirror pods of a node', [objectOf('Pod/kube-system/etcd', { metadata: ownedBy('Node', 'n1') })], []],
    [
      'selectors',
      [
        objectOf('Service/shop/api', { spec: { selector: { app: 'api' } } }),
        objectOf('Service/shop/all', { spec: { selector: {} } }),
        objectOf('Pod/shop/api-1', { metadata: { labels: { app: 'api', tier: 'web' } } }),
        objectOf('Pod/shop/web-1', { metadata: { labels: { app: 'web' } } }),
        objectOf('Pod/other/api-1', { metadata: { labels: { app: 'api' } } }),
      ],
      ['service/shop/api routes to pod/shop/api-1 0.95'],
    ],
    [
      'policies',
      [
        objectOf('NetworkPolicy/shop/all', { spec: { podSelector: {} } }),
        objectOf('NetworkPolicy/shop/web', { spec: { podSelector: { matchLabels: { app: 'web' } } } }),
        objectOf('NetworkPolicy/other/all', { spec: { podSelector: {} } }),
        objectOf('Pod/shop/api-1', { metadata: { labels: { app: 'api' } } }),
      ],
      ['pod/shop/api-1 is limited by networkpolicy/shop/all 0.95'],
    ],
    [
      'endpoint slices',
      [
        objectOf('EndpointSlice/shop/api-x', {
          metadata: { labels: { 'kubernetes.io/service-name': 'api' } },
          endpoints: [{ targetRef: { kind: 'Pod', name: 'api-1' } }, { targetRef: { kind: 'Node', name: 'n1' } }, {}],
        }),
      ],
      ['service/shop/api routes to pod/shop/api-1 0.95'],
    ],
    [
      'routes and ingresses',
      [
        objectOf('Route/shop/www', { spec: { to: { kind: 'Service', name: 'api' } } }),
        objectOf('Ingress/shop/www', {
          spec: { rules: [{ http: { paths: [{ backend: { service: { name: 'web' } } }] } }] },
        }),
      ],
      ['route/shop/www routes to service/shop/api 0.95', 'ingress/shop/www routes to service/shop/web 0.95'],
    ],
    [
      'volumes',
      [
        objectOf('PersistentVolumeClaim/shop/data', { spec: { volumeName: 'pv-1', storageClassName: 'fast' } }),
        objectOf('PersistentVolume/pv-1', {}),
        objectOf('VolumeAttachment/csi-1', { spec: { source: { persistentVolumeName: 'pv-1' } } }),
      ],
      [
        'persistentvolumeclaim/shop/data is bound to persistentvolume/pv-1 0.95',
        'persistentvolumeclaim/shop/data is of class storageclass/fast 0.95',
        'persistentvolume/pv-1 is attached by volumeattachment/csi-1 0.95',
      ],
    ],
    [
      'what pods run on and read',
      [
        objectOf('Pod/shop/api-1', {
          spec: {
            nodeName: 'n1',
            serviceAccountName: 'default',
            volumes: [{ persistentVolumeClaim: { claimName: 'data' } }, { secret: { secretName: 'tls' } }],
            containers: [{ envFrom: [{ configMapRef: { name: 'settings' } }] }],
          },
        }),
      ],
      [
        'pod/shop/api-1 runs on node/n1 0.95',
        'pod/shop/api-1 mounts persistentvolumeclaim/shop/data 0.95',
        'pod/shop/api-1 mounts secret/shop/tls 0.95',
        'pod/shop/api-1 reads configmap/shop/settings 0.95',
      ],
    ],
    [
      'services that arguments name, when they exist',
      [
        objectOf('Service/shop/postgres'),
        objectOf('Service/cache/redis'),
        objectOf('Pod/shop/api-1', {
          spec: {
            containers: [
              {
                command: ['api', '--db=postgres://u@postgres:5432/shop', '--also=mysql:3306'],
                args: ['--cache', 'redis.cache.svc.cluster.local:6379', '--not=xpostgres:1', 7],
              },
            ],
          },
        }),
      ],
      [
        'pod/shop/api-1 names in its arguments service/shop/postgres 0.6',
        'pod/shop/api-1 names in its arguments service/cache/redis 0.6',
      ],
    ],
    [
      'components of a control plane',
      [
        objectOf('ControlPlaneComponent/cp/oauth', {
          status: {
            conditions: [
              {
                type: 'RolloutComplete',
                status: 'False',
                reason: 'WaitingForDependencies',
                message: 'Waiting for Dependencies: kube-apiserver',
              },
            ],
          },
        }),
        objectOf('ControlPlaneComponent/cp/kube-apiserver'),
        objectOf('ControlPlaneComponent/cp/etcd'),
        objectOf('StatefulSet/cp/etcd'),
      ],
      [
        'controlplanecomponent/cp/oauth waits for controlplanecomponent/cp/kube-apiserver 0.95',
        'controlplanecomponent/cp/kube-apiserver needs controlplanecomponent/cp/etcd 0.8',
        'controlplanecomponent/cp/etcd runs as statefulset/cp/etcd 0.8',
      ],
    ],
    [
      'webhooks and aggregated APIs',
      [
        objectOf('ValidatingWebhookConfiguration/policy', {
          webhooks: [{ name: 'check.policy.io', clientConfig: { service: { namespace: 'policy', name: 'hook' } } }],
        }),
        objectOf('APIService/v1.metrics', { spec: { service: { namespace: 'monitoring', name: 'adapter' } } }),
      ],
      [
        'webhook/check.policy.io calls service/policy/hook 0.95',
        'apiservice/v1.metrics is served by service/monitoring/adapter 0.95',
      ],
    ],
    ['half objects', [{}, { kind: 'Pod' }, null, { kind: 'Service', metadata: { name: 'x' }, spec: 7 }], []],
  ])('are read from %s', async (_what, objects, expected) => {
    expect(await ofObjects(...objects)).toEqual(expected);
  });

  it('keep two clusters apart', async () => {
    const owned = { items: [objectOf('Pod/a/x', { metadata: ownedBy('Job', 'j') })] };
    const sides = [await outputOf(owned, { side: 'hub' }), await outputOf(owned, { side: 'hosted' })];
    expect(kubernetesDependencies(sides).dependencies.map(({ from }) => from.side)).toEqual(['hub', 'hosted']);
  });
});

describe('dependencies of a machine', () => {
  it('are read from units, without the plumbing of the boot', async () => {
    const text =
      'Id=web.service\nRequires=system.slice db.service sysinit.target\nBindsTo=-.mount\nWants=network-online.target cache.service\n';
    const found = hostDependencies([await outputOf(text, { output: { format: 'kv', separator: '=' } })]);
    expect(found.dependencies.map(shown)).toEqual([
      'unit/web.service requires unit/db.service 0.95',
      'unit/web.service wants unit/cache.service 0.6',
    ]);
  });

  it('are read from labels of Compose, within one project', async () => {
    const text =
      'shop-web-1|shop|web|db:service_healthy:false,cache:service_started:true\nshop-db-1|shop|db|\nother-db-1|other|db|\n';
    expect(await ofTable(text, '^(?<name>[^|]+)\\|(?<project>.*)\\|(?<service>.*)\\|(?<needs>.*)$')).toEqual([
      'container/shop-web-1 depends on container/shop-db-1 0.95',
    ]);
  });

  it('are read from sockets: programs inside, addresses outside', async () => {
    const text = [
      '127.0.0.1:41000 127.0.0.1:5432 users:(("api",pid=7,fd=3))',
      '127.0.0.1:5432 127.0.0.1:41000 users:(("postgres",pid=9,fd=8))',
      '10.0.0.5:41001 10.0.0.9:6379 users:(("api",pid=7,fd=4))',
      '10.0.0.5:22 10.0.0.7:50000 users:(("sshd",pid=1,fd=4))',
      '10.0.0.5:41002 10.0.0.9:443',
    ].join('\n');
    expect(await ofTable(text, '^(?<local>\\S+) (?<peer>\\S+)(?: users:(?<users>.*))?$')).toEqual([
      'process/api is connected to port 5432 of process/postgres 0.8',
      'process/api is connected to address/10.0.0.9:6379 0.8',
    ]);
  });
});

const named = (name: string): Dependency['from'] => ({ kind: 'pod', namespace: 'a', name, side: 'target' });
const edge = (from: string, to: string, confidence = 0.95): Dependency => ({
  from: named(from),
  to: named(to),
  why: 'needs',
  confidence,
});
const find = (graph: Graph): { graph: Graph; find: ReturnType<typeof objectFinder> } => ({
  graph,
  find: objectFinder(graph),
});

describe('a graph', () => {
  it('ends in circles, and never reaches where it began', () => {
    const pairs = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('a', 'b', 'c', 'd')), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(pairs, (edges) => {
        const graph = createGraph(edges.map(([from, to]) => edge(from, to)));
        for (const key of graph.nodes.keys()) {
          const reached = reach(graph, key, { direction: 'dependencies', follows: isStrong });
          expect(reached.has(key)).toBe(false);
          for (const before of reached.values()) expect(before === key || reached.has(before)).toBe(true);
        }
      }),
    );
  });

  it('keeps the surest of two dependencies, and none of a thing on itself', () => {
    const graph = createGraph([edge('a', 'b', 0.6), edge('a', 'b', 0.95), edge('a', 'a')]);
    expect(graph.edges.map(shown)).toEqual(['pod/a/a needs pod/a/b 0.95']);
  });

  it.each([
    ['pod/a/x', 'x'],
    ['Pod/a/x', 'x'],
    ['pod/a/x/part', 'x'],
    ['pod/x', 'x'],
    ['x', undefined],
    ['pod/b/x', undefined],
    ['', undefined],
  ])('finds the object %j', (text, name) => {
    expect(objectFinder(createGraph([], [named('x')]))(text)?.name).toBe(name);
  });

  it('finds nothing where two objects have the name', () => {
    const twice = [named('x'), { ...named('x'), side: 'hosted' }];
    expect(objectFinder(createGraph([], twice))('pod/a/x')).toBeUndefined();
  });
});

describe('relations of findings', () => {
  const at = (id: string, name: string, parts = {}): ReturnType<typeof findingOf> =>
    findingOf(id, { object: `pod/a/${name}`, severity: 'error', ...parts });

  it.each<[string, readonly Dependency[], readonly ReturnType<typeof findingOf>[], Readonly<Record<string, unknown>>]>([
    ['over others', [edge('x', 'y'), edge('y', 'z')], [at('F01', 'x'), at('F02', 'z')], { F01: ['F02'] }],
    ['not by a name alone', [edge('x', 'z', 0.6)], [at('F01', 'x'), at('F02', 'z')], {}],
    ['not in a circle', [edge('x', 'z'), edge('z', 'x')], [at('F01', 'x'), at('F02', 'z')], {}],
    [
      'from a fault to what is critical for its sake',
      [edge('x', 'z')],
      [at('F01', 'x', { severity: 'critical' }), at('F02', 'z')],
      { F01: ['F02'] },
    ],
    ['not when the cause is milder', [edge('x', 'z')], [at('F01', 'x'), at('F02', 'z', { severity: 'warning' })], {}],
    [
      'not when the cause began later',
      [edge('x', 'z')],
      [at('F01', 'x', { since: '2026-11-20T10:00:00Z' }), at('F02', 'z', { since: '2026-11-20T11:00:00Z' })],
      {},
    ],
    ['not to context', [edge('x', 'z')], [at('F01', 'x'), at('F02', 'z', { severity: 'info' })], {}],
  ])('lead from effect to cause %s', (_what, edges, findings, expected) => {
    expect(relateFindings(findings, find(createGraph(edges))).dependsOn).toEqual(expected);
  });

  it('know what is alike: the same code on objects of one owner', () => {
    const owns = (pod: string, owner: string): Dependency => ({ ...edge(owner, pod), why: 'owns' });
    const graph = createGraph([owns('x', 'set'), owns('y', 'set'), owns('z', 'other')]);
    const findings = ['x', 'y', 'z'].map((name, index) => at(`F0${index}`, name, { code: 'CRASH' }));
    const { alike } = relateFindings([...findings, at('F03', 'y', { code: 'OTHER' })], find(graph));
    expect(alike).toEqual({ F00: ['F01'], F01: ['F00'] });
  });

  it('do not blame a node for its pods, and know which node is not theirs', () => {
    const node = (name: string): Dependency['from'] => ({ kind: 'node', name, side: 'target' });
    const on = (pod: string, name: string): Dependency => ({ ...edge(pod, ''), to: node(name), why: 'runs on' });
    const findings = [at('F01', 'x'), at('F02', 'y'), at('F03', '', { object: 'node/n1' })];
    expect(relateFindings(findings, find(createGraph([on('x', 'n1'), on('y', 'n2')])))).toEqual({
      dependsOn: {},
      // Two pods of a namespace that do not need each other have nothing to do with each other either.
      apartFrom: { F01: ['F02'], F02: ['F01', 'F03'] },
      near: { F01: ['F03'], F03: ['F01'] },
      alike: {},
    });
  });
});

describe('the drawn map', () => {
  it('shows what is faulty, what lies between, and neighbours, and counts the rest', () => {
    const many = Array.from({ length: 40 }, (_, index) => edge(`user-${index}`, `hub-${index % 10}`));
    const hubs = Array.from({ length: 10 }, (_, index) => edge(`hub-${index}`, 'x'));
    const graph = createGraph([...many, ...hubs, edge('x', 'm'), edge('m', 'z')]);
    const findings = [
      ...Array.from({ length: 10 }, (_, index) => findingOf(`F0${index}`, { object: `pod/a/hub-${index}` })),
      findingOf('F20', { object: 'pod/a/z' }),
    ];
    const map = drawMap(findings, find(graph));
    const names = map?.nodes.map(({ name }) => name) ?? [];
    expect(names).toEqual(expect.arrayContaining(['hub-0', 'hub-9', 'z', 'x', 'm']));
    expect(names).toHaveLength(24);
    expect(map?.more).toBe(29);
    const ids = new Set(map?.nodes.map(({ id }) => id));
    expect(map?.edges.every(({ from, to }) => ids.has(from) && ids.has(to))).toBe(true);
  });

  it('is not there where nothing is known to depend on anything, or all is well', () => {
    const graph = createGraph([edge('x', 'y')], [named('alone')]);
    expect(drawMap([findingOf('F01', { object: 'pod/a/alone' })], find(graph))).toBeUndefined();
    expect(drawMap([findingOf('F01', { object: 'pod/a/x', severity: 'info' })], find(graph))).toBeUndefined();
    expect(keyOf(named('x'))).not.toBe(keyOf({ ...named('x'), namespace: 'b' }));
  });
});
