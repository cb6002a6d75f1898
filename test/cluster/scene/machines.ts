import type { ApiObject } from '../cluster-api.ts';
import { condition, object, type SceneTimes } from './objects.ts';

/**
 * Nodes of a hub: two that work, one whose kubelet fell silent, one without memory. A certificate that waits, a volume
 * that does not come, a machine configuration that does not arrive.
 */
export function machineObjects(
  { ago }: SceneTimes,
  facts: { readonly kubeletPort: number; readonly nodeRequest: string },
): readonly ApiObject[] {
  const ready = condition('Ready=True:KubeletReady', ago(600), 'kubelet is posting ready status');
  const capacity = { cpu: '4', memory: '10Gi', pods: '250' };
  const node = (name: string, conditions: readonly object[]): ApiObject =>
    object('v1', 'Node', name, {
      status: {
        capacity,
        allocatable: capacity,
        conditions,
        addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
        daemonEndpoints: { kubeletEndpoint: { Port: facts.kubeletPort } },
      },
    });
  const silent = condition('Ready=Unknown:NodeStatusUnknown', ago(60), 'Kubelet stopped posting node status.');
  const full = condition(
    'MemoryPressure=True:KubeletHasInsufficientMemory',
    ago(60),
    'kubelet has insufficient memory',
  );
  const stuck = condition('Degraded=True:NodeDegraded', ago(90), 'Node hub-2 is reporting: unexpected on-disk state');
  return [
    node('hub-1', [ready]),
    node('hub-2', [ready]),
    node('hub-silent', [silent]),
    node('hub-full', [ready, full]),
    object('coordination.k8s.io/v1', 'Lease', 'kube-node-lease/hub-silent', {
      spec: { holderIdentity: 'hub-silent', renewTime: ago(60).replace('Z', '.000000Z'), leaseDurationSeconds: 40 },
    }),
    object('metrics.k8s.io/v1beta1', 'NodeMetrics', 'hub-full', {
      timestamp: ago(0),
      window: '30s',
      usage: { cpu: '1', memory: '9990Mi' },
    }),
    object('machineconfiguration.openshift.io/v1', 'MachineConfigPool', 'worker', {
      spec: {},
      status: { conditions: [stuck] },
    }),
    object('certificates.k8s.io/v1', 'CertificateSigningRequest', 'csr-hub-silent', {
      spec: {
        request: Buffer.from(facts.nodeRequest).toString('base64'),
        signerName: 'kubernetes.io/kubelet-serving',
        usages: ['digital signature', 'server auth'],
      },
    }),
    object('storage.k8s.io/v1', 'CSINode', 'hub-silent', { spec: { drivers: [] } }),
    object('v1', 'PersistentVolume', 'pv-orders', {
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'standard',
        csi: { driver: 'disk.example.com', volumeHandle: 'vol-1' },
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'data-orders' },
      },
    }),
    object('storage.k8s.io/v1', 'VolumeAttachment', 'va-orders', {
      spec: {
        attacher: 'disk.example.com',
        nodeName: 'hub-silent',
        source: { persistentVolumeName: 'pv-orders' },
      },
      status: { attached: false, attachError: { time: ago(10), message: 'the disk is still attached to hub-9' } },
    }),
  ];
}
