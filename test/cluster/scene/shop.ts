import type { ApiObject } from '../cluster-api.ts';
import { condition, container, object, pod, type SceneTimes } from './objects.ts';

/** A namespace `shop` in which nothing works: a crash loop, an image that is not there, claims, routes, certificates. */
export function shopObjects(times: SceneTimes): readonly ApiObject[] {
  return [...workloads(times), ...limits(), ...claims(), ...entrances(times), ...certificates(times)];
}

/** A container that crashes, with a password in its environment. */
export const CRASHING = { name: 'web', env: [{ name: 'DB_PASSWORD', value: 'hunter2-of-the-shop' }] };

export function crashingStatus({ ago }: SceneTimes): Readonly<Record<string, unknown>> {
  return {
    phase: 'Running',
    startTime: ago(30),
    conditions: [condition('Ready=False:ContainersNotReady', ago(30), 'containers with unready status: [web]')],
    containerStatuses: [
      container('web', {
        restartCount: 7,
        state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' } },
        lastState: { terminated: { exitCode: 1, reason: 'Error', startedAt: ago(2), finishedAt: ago(1) } },
      }),
    ],
  };
}

function workloads({ ago }: SceneTimes): readonly ApiObject[] {
  return [
    pod('shop/pull', {
      containers: ['pull'],
      status: {
        phase: 'Pending',
        startTime: ago(30),
        conditions: [condition('Ready=False:ContainersNotReady', ago(30))],
        containerStatuses: [
          container('pull', { state: { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image' } } }),
        ],
      },
    }),
    pod('shop/greedy', {
      containers: ['greedy'],
      status: {
        phase: 'Running',
        startTime: ago(60),
        conditions: [condition('Ready=False:ContainersNotReady', ago(30))],
        containerStatuses: [
          container('greedy', {
            restartCount: 4,
            state: { running: { startedAt: ago(1) } },
            lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', startedAt: ago(9), finishedAt: ago(2) } },
          }),
        ],
      },
    }),
    object('v1', 'Service', 'shop/db', { spec: { selector: { app: 'db' }, ports: [{ name: 'sql', port: 5432 }] } }),
    object('discovery.k8s.io/v1', 'EndpointSlice', 'shop/db-1', {
      metadata: { labels: { 'kubernetes.io/service-name': 'db' } },
      addressType: 'IPv4',
      ports: [{ name: 'sql', port: 5432, protocol: 'TCP' }],
      endpoints: [{ addresses: ['10.1.0.9'], conditions: { ready: false } }],
    }),
  ];
}

/** Nothing may leave, not even to ask for a name; and what a container gets that asks for nothing. */
function limits(): readonly ApiObject[] {
  return [
    object('networking.k8s.io/v1', 'NetworkPolicy', 'shop/deny-all', {
      spec: { podSelector: {}, policyTypes: ['Egress'] },
    }),
    object('v1', 'LimitRange', 'shop/usual', {
      spec: { limits: [{ type: 'Container', default: { cpu: '4' } }] },
    }),
    pod('openshift-dns/dns-default-1', {
      labels: { 'dns.operator.openshift.io/daemonset-dns': 'default' },
      containers: ['dns'],
      status: { phase: 'Running', conditions: [] },
    }),
  ];
}

function claims(): readonly ApiObject[] {
  const claim = (name: string, storageClassName: string): ApiObject =>
    object('v1', 'PersistentVolumeClaim', `shop/${name}`, {
      spec: { accessModes: ['ReadWriteOnce'], storageClassName, resources: { requests: { storage: '1Gi' } } },
    });
  return [
    object('storage.k8s.io/v1', 'StorageClass', 'standard', {
      provisioner: 'disk.example.com',
      volumeBindingMode: 'Immediate',
    }),
    claim('data-orders', 'fast'),
    claim('cache', 'standard'),
  ];
}

function entrances({ ago }: SceneTimes): readonly ApiObject[] {
  const refused = condition(
    'Admitted=False:HostAlreadyClaimed',
    ago(50),
    'route old in namespace shop-2 has this host',
  );
  return [
    object('networking.k8s.io/v1', 'Ingress', 'shop/web', {
      spec: {
        ingressClassName: 'nginx',
        rules: [
          {
            host: 'shop.example.com',
            http: {
              paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'db', port: { number: 5432 } } } }],
            },
          },
        ],
      },
    }),
    object('route.openshift.io/v1', 'Route', 'shop/web', {
      spec: {
        host: 'shop.example.com',
        to: { kind: 'Service', name: 'db', weight: 100 },
        tls: { termination: 'edge' },
      },
      status: { ingress: [{ routerName: 'default', host: 'shop.example.com', conditions: [refused] }] },
    }),
    object('operator.openshift.io/v1', 'IngressController', 'openshift-ingress-operator/default', {
      spec: { replicas: 2 },
      status: {
        conditions: [condition('Degraded=True:DegradedConditions', ago(50), 'the load balancer is not ready')],
      },
    }),
  ];
}

function certificates({ ago }: SceneTimes): readonly ApiObject[] {
  return [
    object('cert-manager.io/v1', 'Certificate', 'shop/web', {
      spec: { secretName: 'web-tls', dnsNames: ['shop.example.com'], issuerRef: { name: 'internal', kind: 'Issuer' } },
      status: {
        notAfter: ago(30),
        renewalTime: ago(5000),
        conditions: [condition('Ready=False:Expired', ago(30), 'the certificate has expired')],
      },
    }),
    object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'orders.example.com', {
      webhooks: [
        {
          name: 'orders.example.com',
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          // Asked for nothing that exists.
          failurePolicy: 'Ignore',
          rules: [
            { apiGroups: ['orders.example.com'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['orders'] },
          ],
          clientConfig: { service: { namespace: 'shop', name: 'orders' } },
        },
      ],
    }),
    // Its server is not there: discovery of this group fails for everybody.
    object('apiregistration.k8s.io/v1', 'APIService', 'v1.packages.example.com', {
      spec: {
        group: 'packages.example.com',
        version: 'v1',
        groupPriorityMinimum: 1000,
        versionPriority: 15,
        insecureSkipTLSVerify: true,
        service: { namespace: 'shop', name: 'packages' },
      },
    }),
  ];
}
