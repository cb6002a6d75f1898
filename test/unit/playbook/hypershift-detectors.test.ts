import { describe, expect, it } from 'vitest';
import { controlPlaneComponentRoots } from '../../../src/playbook/detectors/control-plane-components.ts';
import type { Candidate, Detector } from '../../../src/playbook/detectors/detector.ts';
import { hypershiftAvailability } from '../../../src/playbook/detectors/hypershift-availability.ts';
import { hypershiftExpectedConditions } from '../../../src/playbook/detectors/hypershift-expected-conditions.ts';
import { valueAt } from '../../../src/playbook/detectors/kube-objects.ts';

const SINCE = '2026-11-20T11:00:00Z';
const around = { now: new Date('2026-11-20T12:00:00Z'), inputs: {}, settings: {} };

interface Said {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

function objectOf(
  kind: string,
  conditions: readonly Said[],
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  const status = { conditions: conditions.map((each) => ({ lastTransitionTime: SINCE, ...each })) };
  return { kind, metadata: { name: 'demo', namespace: 'clusters', creationTimestamp: SINCE }, status, ...more };
}

function detect(detector: Detector, root: unknown): readonly Candidate[] | undefined {
  return detector({ root, lines: [], spanOf: () => undefined, isPartial: false }, () => undefined, around);
}

function pick(found: readonly Candidate[] | undefined, ...keys: readonly string[]): unknown {
  return found?.map(({ item }) => keys.map((key) => valueAt(item, key)).join(' '));
}

const GOOD_CLUSTER: readonly Said[] = [
  'ValidConfiguration',
  'InfrastructureReady',
  'EtcdAvailable',
  'KubeAPIServerAvailable',
  'Available',
  'ReconciliationActive',
].map((type) => ({ type, status: 'True' }));

describe('hypershift-expected-conditions', () => {
  const differences = (said: readonly Said[], spec: Record<string, unknown> = {}): unknown => {
    const types = new Set(said.map(({ type }) => type));
    const conditions = [...GOOD_CLUSTER.filter(({ type }) => !types.has(type)), ...said];
    const found = detect(hypershiftExpectedConditions, objectOf('HostedCluster', conditions, { spec }));
    return pick(found, 'type', 'status', 'class');
  };
  const aws = (more: Record<string, unknown> = {}) => ({ platform: { type: 'AWS', aws: more } });

  it.each<[string, readonly Said[], Record<string, unknown>]>([
    ['nothing but the conditions that are always there', [], {}],
    ['conditions that should be False', [{ type: 'Degraded', status: 'False' }], {}],
    ['a condition that the table does not know', [{ type: 'ClusterVersionUpgradeable', status: 'False' }], {}],
    ['the tunnel of a cluster without nodes', [{ type: 'DataPlaneConnectionAvailable', status: 'Unknown' }], {}],
    ['external DNS without an external name', [{ type: 'ExternalDNSReachable', status: 'Unknown' }], {}],
    ['an AWS condition on another platform', [{ type: 'ValidOIDCConfiguration', status: 'Unknown' }], {}],
    ['KMS that is not configured', [{ type: 'ValidAWSKMSConfig', status: 'Unknown' }], aws()],
    ['an endpoint of a public cluster', [{ type: 'AWSEndpointAvailable', status: 'False' }], aws()],
  ])('has nothing to say about %s', (_what, said, spec) => {
    expect(differences(said, spec)).toEqual([]);
  });

  const dns = [{ service: 'APIServer', servicePublishingStrategy: { loadBalancer: { hostname: 'api.example.com' } } }];
  it.each<[string, Said, Record<string, unknown>]>([
    ['input', { type: 'ValidConfiguration', status: 'False' }, {}],
    ['input', { type: 'ValidAWSKMSConfig', status: 'Unknown' }, { ...aws(), secretEncryption: { type: 'kms' } }],
    ['infrastructure', { type: 'InfrastructureReady', status: 'Unknown' }, {}],
    ['infrastructure', { type: 'ExternalDNSReachable', status: 'Unknown' }, { services: dns }],
    ['infrastructure', { type: 'AWSEndpointAvailable', status: 'False' }, aws({ endpointAccess: 'Private' })],
    ['core', { type: 'Degraded', status: 'True' }, {}],
    ['core', { type: 'UnmanagedEtcdAvailable', status: 'False' }, { etcd: { managementType: 'Unmanaged' } }],
    ['tunnel', { type: 'DataPlaneConnectionAvailable', status: 'False' }, {}],
    ['version', { type: 'ClusterVersionSucceeding', status: 'Unknown' }, {}],
    ['rollout', { type: 'ClusterVersionProgressing', status: 'True' }, {}],
    ['lifecycle', { type: 'ReconciliationActive', status: 'False' }, {}],
  ])('finds what belongs to %s: %o', (kind, said, spec) => {
    expect(differences([said], spec)).toEqual([`${said.type} ${said.status} ${kind}`]);
  });

  it('finds what every version sets and is not there', () => {
    const found = detect(hypershiftExpectedConditions, { items: [objectOf('HostedCluster', GOOD_CLUSTER.slice(1))] });
    expect(pick(found, 'type', 'status', 'since')).toEqual([`ValidConfiguration absent ${SINCE}`]);
  });

  it('expects of a NodePool what its specification says', () => {
    const conditions = [
      { type: 'ValidReleaseImage', status: 'True' },
      { type: 'AutoscalingEnabled', status: 'False' },
      { type: 'AutorepairEnabled', status: 'False' },
      { type: 'AllMachinesReady', status: 'False' },
      { type: 'UpdatingVersion', status: 'True' },
    ];
    const of = (spec: Record<string, unknown>): unknown =>
      pick(detect(hypershiftExpectedConditions, objectOf('NodePool', conditions, { spec })), 'type');
    expect(of({ replicas: 2 })).toEqual(['AllMachinesReady', 'UpdatingVersion']);
    expect(of({ replicas: 0 })).toEqual(['UpdatingVersion']);
    expect(of({ autoScaling: { min: 1 }, management: { autoRepair: true } })).toEqual([
      'AllMachinesReady',
      'AutoscalingEnabled',
      'AutorepairEnabled',
      'UpdatingVersion',
    ]);
  });

  it('does not know an output that holds no objects', () => {
    expect(detect(hypershiftExpectedConditions, { message: 'no' })).toBeUndefined();
    expect(detect(hypershiftExpectedConditions, { items: [] })).toEqual([]);
  });
});

describe('hypershift-availability', () => {
  const good = ['InfrastructureReady', 'EtcdAvailable', 'KubeAPIServerAvailable'];
  const stageOf = (bad: readonly Said[], { kubeconfig = true, present = good } = {}): unknown => {
    const types = new Set(bad.map(({ type }) => type));
    const rest = present.filter((type) => !types.has(type)).map((type) => ({ type, status: 'True' }));
    const object = objectOf('HostedControlPlane', [...rest, ...bad]);
    const status = {
      conditions: valueAt(object, 'status', 'conditions'),
      ...(kubeconfig ? { kubeConfig: { name: 'x' } } : {}),
    };
    return pick(detect(hypershiftAvailability, { items: [{ ...object, status }] }), 'stage', 'reason');
  };
  const unavailable = (reason: string): Said => ({ type: 'Available', status: 'False', reason });

  it.each<[string, readonly Said[], string]>([
    ['infrastructure', [{ type: 'InfrastructureReady', status: 'False', reason: 'Waiting' }], 'infrastructure Waiting'],
    ['etcd', [{ type: 'EtcdAvailable', status: 'False', reason: 'EtcdWaitingForQuorum' }], 'etcd EtcdWaitingForQuorum'],
    ['the API server', [{ type: 'KubeAPIServerAvailable', status: 'False', reason: 'No' }], 'kube-apiserver No'],
    ['the load balancer', [unavailable('KASLoadBalancerNotReachable')], 'load-balancer KASLoadBalancerNotReachable'],
    ['components', [unavailable('ComponentsNotAvailable')], 'components ComponentsNotAvailable'],
    ['something newer', [unavailable('Whatever')], 'other Whatever'],
    [
      'the first of several',
      [
        { type: 'KubeAPIServerAvailable', status: 'False', reason: 'No' },
        { type: 'EtcdAvailable', status: 'False', reason: 'EtcdPVCPending' },
        unavailable('ComponentsNotAvailable'),
      ],
      'etcd EtcdPVCPending',
    ],
  ])('names %s', (_what, bad, expected) => {
    expect(stageOf(bad)).toEqual([expected]);
  });

  it('names a kubeconfig that was not published before it looks at etcd', () => {
    const bad = [{ type: 'EtcdAvailable', status: 'False' }, unavailable('KubeconfigWaitingForCreate')];
    expect(stageOf(bad, { kubeconfig: false })).toEqual(['kubeconfig KubeconfigWaitingForCreate']);
  });

  it('names an operator that has not said anything yet', () => {
    expect(stageOf([], { present: [] })).toEqual(['not-reconciled ']);
    expect(stageOf([unavailable('StatusUnknown')], { present: [] })).toEqual(['not-reconciled StatusUnknown']);
  });

  it('has nothing to say about what is available', () => {
    expect(stageOf([{ type: 'Available', status: 'True' }])).toEqual([]);
    // Of conditions that are not there the operator assumes the best.
    expect(stageOf([], { present: ['InfrastructureReady'] })).toEqual([]);
  });
});

describe('control-plane-component-roots', () => {
  const component = (name: string, ...said: readonly Said[]) => ({
    ...objectOf('ControlPlaneComponent', said),
    metadata: { name, namespace: 'clusters-demo' },
  });
  const down = (reason = 'NotReady', message = ''): Said => ({ type: 'Available', status: 'False', reason, message });
  const waiting = (names: string): Said => ({
    type: 'RolloutComplete',
    status: 'False',
    reason: 'WaitingForDependencies',
    message: `Waiting for Dependencies: ${names}`,
  });
  const roots = (...items: readonly unknown[]): unknown =>
    pick(detect(controlPlaneComponentRoots, { items }), 'name', 'dependants');

  it('names the one that waits for nobody, and what waits for it', () => {
    expect(
      roots(
        component('etcd', down()),
        component('kube-apiserver', down()),
        component('kube-scheduler', waiting('kube-apiserver')),
        component('oauth-openshift', down(), waiting('openshift-apiserver, kube-apiserver')),
        component('router', { type: 'Available', status: 'True' }),
      ),
    ).toEqual(['etcd kube-apiserver, kube-scheduler, oauth-openshift']);
  });

  it('names a component whose dependency is fine', () => {
    expect(roots(component('packageserver', down(), waiting('catalog-operator')))).toEqual([
      'packageserver nothing else',
    ]);
  });

  it('names several that do not depend on each other', () => {
    expect(roots(component('etcd', down()), component('router', down()))).toEqual([
      'etcd nothing else',
      'router nothing else',
    ]);
  });

  it('names all of a circle', () => {
    expect(roots(component('router', waiting('etcd')), component('etcd', waiting('router')))).toEqual([
      'router etcd',
      'etcd router',
    ]);
  });

  it('has nothing to say about components that are fine, and does not know other outputs', () => {
    expect(roots(component('etcd', { type: 'Available', status: 'True' }))).toEqual([]);
    expect(detect(controlPlaneComponentRoots, 'text')).toBeUndefined();
  });
});
