import { createTempFolder } from '../../support/temp-folder.ts';
import { createNodeRequest } from '../certificates.ts';
import type { ClusterApi } from '../cluster-api.ts';
import { startKubelet, type Kubelet } from '../kubelet.ts';
import { controlPlaneObjects } from './control-plane.ts';
import { machineObjects } from './machines.ts';
import { applyDeployment, condition, sceneTimes, uidOf, warning, type SceneTimes } from './objects.ts';
import { CRASHING, crashingStatus, shopObjects } from './shop.ts';

/** A cluster in which many things are wrong, each written the way that the parts of a cluster write it. */
export interface FaultyCluster {
  readonly kubelet: Kubelet;
  /** Name of the pod of the Deployment `web` of `shop`. */
  readonly crashingPod: string;
  close(): Promise<void>;
}

export async function createFaultyCluster(api: ClusterApi, now: Date): Promise<FaultyCluster> {
  const times = sceneTimes(now);
  const logs: Record<string, string> = {};
  const kubelet = await startKubelet(logs);
  try {
    await api.applyAll(machineObjects(times, { kubeletPort: kubelet.port, nodeRequest: await nodeRequest(api) }));
    await api.applyAll([...controlPlaneObjects(times), ...shopObjects(times)]);
    const operatorPod = await applyDeployment(api, 'clusters-blue/control-plane-operator', {
      container: { name: 'control-plane-operator' },
      status: { phase: 'Running', startTime: times.ago(600), conditions: [condition('Ready=True', times.ago(600))] },
    });
    const crashingPod = await applyDeployment(api, 'shop/web', {
      container: CRASHING,
      status: crashingStatus(times),
    });
    logs[`clusters-blue/${operatorPod}/control-plane-operator`] = operatorLog(times);
    logs[`shop/${crashingPod}/web?previous`] = webLog(times);
    for (const name of ['etcd-0', 'etcd-1']) logs[`clusters-blue/${name}/etcd`] = etcdLog(times);
    const claim = await api.read('/api/v1/namespaces/shop/persistentvolumeclaims/cache');
    await api.apply(
      warning(
        { kind: 'PersistentVolumeClaim', place: 'shop/cache', uid: uidOf(claim) },
        { reason: 'ProvisioningFailed', message: 'rpc error: the quota of disks is used up', at: times.ago(0) },
      ),
    );
    return { kubelet, crashingPod, close: kubelet.close };
  } catch (error) {
    await kubelet.close();
    throw error;
  }
}

/** A request cannot be changed: whoever makes the scene again takes the one that is there. */
async function nodeRequest(api: ClusterApi): Promise<string> {
  const { status, text } = await api.send(
    'GET',
    '/apis/certificates.k8s.io/v1/certificatesigningrequests/csr-hub-silent',
  );
  if (status === 200) {
    const { spec } = JSON.parse(text) as { readonly spec: { readonly request: string } };
    return Buffer.from(spec.request, 'base64').toString('utf8');
  }
  const folder = await createTempFolder('warroom-scene');
  return await createNodeRequest(folder.path, 'hub-silent').finally(() => folder.close());
}

function operatorLog({ ago }: SceneTimes): string {
  return `${stamp(ago(2))} {"level":"error","msg":"Reconciler error","error":"etcd is not available"}\n`;
}

function etcdLog({ ago }: SceneTimes): string {
  return `${stamp(ago(2))} {"level":"info","msg":"finished scheduled compaction"}\n`;
}

function webLog({ ago }: SceneTimes): string {
  return `${stamp(ago(1))} fatal: cannot connect to db:5432: connection refused\n`;
}

/** A kubelet writes nanoseconds. */
function stamp(time: string): string {
  return time.replace('Z', '.000000001Z');
}
