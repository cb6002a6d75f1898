import type { ApiObject } from '../cluster-api.ts';
import { condition, container, object, pod, type SceneTimes } from './objects.ts';

const HYPERSHIFT = 'hypershift.openshift.io/v1beta1';
const CAPI = 'cluster.x-k8s.io/v1beta1';
const CONFIG = 'config.openshift.io/v1';

/** A hosted cluster `blue` whose etcd has no volume, whose upgrade stands still and whose machines do not come. */
export function controlPlaneObjects(times: SceneTimes): readonly ApiObject[] {
  return [...hostedCluster(times), ...etcd(times), ...machines(times), ...hostedOperators(times)];
}

function hostedCluster({ ago }: SceneTimes): readonly ApiObject[] {
  const noEtcd = condition('EtcdAvailable=False:StatefulSetNotAvailable', ago(40), 'etcd has 0 of 3 members');
  const unavailable = condition('Available=False:StatefulSetNotAvailable', ago(40), 'etcd has 0 of 3 members');
  const fine = ['ValidConfiguration=True', 'InfrastructureReady=True', 'ReconciliationActive=True'];
  const component = (name: string, conditions: readonly object[]): ApiObject =>
    object(HYPERSHIFT, 'ControlPlaneComponent', `clusters-blue/${name}`, { spec: {}, status: { conditions } });
  const waits = 'Waiting for Dependencies: etcd';
  return [
    object(HYPERSHIFT, 'HostedCluster', 'clusters/blue', {
      spec: { platform: { type: 'KubeVirt' } },
      status: {
        conditions: [
          ...fine.map((text) => condition(text, ago(6000))),
          noEtcd,
          condition('KubeAPIServerAvailable=False:NotFound', ago(40), 'kube-apiserver deployment not found'),
          unavailable,
          condition('Degraded=True:EtcdDegraded', ago(40), 'etcd: 3 unavailable replicas'),
          condition('ExternalDNSReachable=False:RecordNotFound', ago(40), 'api.blue.example.com has no record'),
        ],
      },
    }),
    object(HYPERSHIFT, 'HostedControlPlane', 'clusters-blue/blue', {
      spec: {},
      status: {
        kubeConfig: { name: 'admin-kubeconfig', key: 'kubeconfig' },
        conditions: [condition('InfrastructureReady=True', ago(6000)), noEtcd, unavailable],
      },
    }),
    component('etcd', [
      condition('Available=False:NotAvailable', ago(45), 'etcd StatefulSet has 0 of 3 ready replicas'),
      condition('RolloutComplete=False:NotComplete', ago(45), 'waiting for 3 replicas'),
    ]),
    component('kube-apiserver', [
      condition('Available=False:WaitingForDependencies', ago(44), waits),
      condition('RolloutComplete=False:WaitingForDependencies', ago(44), waits),
    ]),
    object('v1', 'Service', 'clusters-blue/kube-apiserver', {
      spec: { type: 'LoadBalancer', selector: { app: 'kube-apiserver' }, ports: [{ name: 'client', port: 6443 }] },
    }),
  ];
}

function etcd({ ago }: SceneTimes): readonly ApiObject[] {
  const unscheduled = condition(
    'PodScheduled=False:Unschedulable',
    ago(45),
    '0/4 nodes are available: pod has unbound immediate PersistentVolumeClaims.',
  );
  const member = (name: string, node: string, isReady: boolean): ApiObject =>
    pod(`clusters-blue/${name}`, {
      node,
      labels: { app: 'etcd' },
      containers: ['etcd'],
      status: {
        phase: 'Running',
        startTime: ago(600),
        conditions: [condition(`Ready=${isReady ? 'True' : 'False:ContainersNotReady'}`, ago(45))],
        containerStatuses: [container('etcd', { ready: isReady, state: { running: { startedAt: ago(600) } } })],
      },
    });
  return [
    object('v1', 'PersistentVolumeClaim', 'clusters-blue/data-etcd-2', {
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'standard',
        resources: { requests: { storage: '8Gi' } },
      },
    }),
    member('etcd-0', 'hub-1', true),
    object('metrics.k8s.io/v1beta1', 'PodMetrics', 'clusters-blue/etcd-0', {
      metadata: { labels: { app: 'etcd' } },
      containers: [{ name: 'etcd', usage: { cpu: '300m', memory: '900Mi' } }],
    }),
    member('etcd-1', 'hub-1', false),
    object('v1', 'Pod', 'clusters-blue/etcd-2', {
      metadata: { labels: { app: 'etcd' } },
      spec: { containers: [{ name: 'etcd', image: 'registry.example.com/etcd:1' }] },
      status: { phase: 'Pending', conditions: [unscheduled] },
    }),
  ];
}

function machines({ ago }: SceneTimes): readonly ApiObject[] {
  const labels = { 'cluster.x-k8s.io/cluster-name': 'blue' };
  return [
    object(HYPERSHIFT, 'NodePool', 'clusters/blue-a', {
      spec: { clusterName: 'blue', replicas: 2, platform: { type: 'KubeVirt' } },
      status: {
        replicas: 0,
        conditions: [
          condition('ValidReleaseImage=False:ValidationFailed', ago(50), 'the image cannot be looked up'),
          condition('UpdatingVersion=True:AsExpected', ago(200), 'updating to 4.19.3'),
          condition('ClusterNetworkCIDRConflict=True:InvalidConfiguration', ago(50), '10.0.0.9 lies in 10.0.0.0/14'),
        ],
      },
    }),
    object(CAPI, 'MachineDeployment', 'clusters-blue/blue-a', {
      metadata: { labels },
      spec: { clusterName: 'blue', replicas: 2 },
      status: { replicas: 2, phase: 'ScalingUp' },
    }),
    object(CAPI, 'Machine', 'clusters-blue/blue-a-1', {
      metadata: { labels },
      spec: { clusterName: 'blue' },
      status: {
        phase: 'Failed',
        failureReason: 'CreateError',
        failureMessage: 'no capacity in zone a',
        conditions: [condition('Ready=False:InstanceProvisionFailed', ago(50), 'no capacity in zone a')],
      },
    }),
    object('route.openshift.io/v1', 'Route', 'clusters-blue/ignition-server', {
      spec: { host: 'ignition.example.com', to: { kind: 'Service', name: 'ignition-server' } },
      status: {
        ingress: [
          { routerName: 'default', conditions: [condition('Admitted=False:HostAlreadyClaimed', ago(50), 'taken')] },
        ],
      },
    }),
  ];
}

function hostedOperators({ ago }: SceneTimes): readonly ApiObject[] {
  const expired = 'Get "https://10.0.0.1": x509: certificate has expired or is not yet valid';
  return [
    object(CONFIG, 'Infrastructure', 'cluster', { spec: {}, status: { infrastructureName: 'hub-x7k2p' } }),
    object(CONFIG, 'ClusterVersion', 'version', {
      spec: { clusterID: '6f1f5f3a-1111-4222-8333-444455556666' },
      status: {
        desired: { version: '4.19.3' },
        history: [{ state: 'Partial', version: '4.19.3', startedTime: ago(200), image: 'registry.example.com/r:1' }],
        conditions: [condition('Failing=True:ClusterOperatorDegraded', ago(60), 'operator ingress is degraded')],
      },
    }),
    object(CONFIG, 'ClusterOperator', 'ingress', {
      spec: {},
      status: { conditions: [condition('Degraded=True:IngressDegraded', ago(60), 'the default router is not ready')] },
    }),
    object(CONFIG, 'ClusterOperator', 'console', {
      spec: {},
      status: { conditions: [condition('Degraded=True:RouteHealthDegraded', ago(60), expired)] },
    }),
  ];
}
