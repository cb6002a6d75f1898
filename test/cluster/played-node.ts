import type { KubernetesClient } from '../../src/kubernetes/client.ts';
import { PODS, type ApiObject } from '../../src/kubernetes/resource.ts';
import { recordField, recordsField, type JsonRecord } from '../../src/schema/json-fields.ts';
import type { ClusterApi } from './cluster-api.ts';
import { startKubelet } from './kubelet.ts';

/** A pod of an agent as its node sees it. */
export interface PlayedPod {
  /** As it was when it was bound. */
  readonly pod: ApiObject;
  readonly requestId: string;
  /** Aborted when the API server wants it to go, or the node ends. */
  readonly going: AbortSignal;
  readonly setStatus: (status: Readonly<Record<string, unknown>>) => Promise<void>;
  /** What `kubectl logs` gives from now on. */
  readonly setLog: (text: string) => void;
}

export interface PlayedNode {
  close(): Promise<void>;
}

const LABEL = 'app.kubernetes.io/name=claude-warroom-agent';

/**
 * Plays scheduler and kubelet for the pods of agents, which the real controller makes: binds each to a node, hands it to
 * `run`, and lets it go when the API server says so and `run` is done.
 */
export async function playNode(options: {
  readonly api: ClusterApi;
  /** Of an administrator, in the namespace of the agents. */
  readonly client: KubernetesClient;
  readonly name: string;
  readonly run: (pod: PlayedPod) => Promise<void>;
}): Promise<PlayedNode> {
  const { api, client, name } = options;
  const pods = `/api/v1/namespaces/${client.namespace}/pods`;
  const logs: Record<string, string> = {};
  const kubelet = await startKubelet(logs);
  await api.apply({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    status: {
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: kubelet.port } },
    },
  });
  const end = new AbortController();
  const served = new Map<string, { readonly going: AbortController; readonly done: Promise<void> }>();

  async function serve(pod: ApiObject, going: AbortSignal): Promise<void> {
    const { name: podName, uid, labels = {} } = pod.metadata;
    const target = { apiVersion: 'v1', kind: 'Node', name };
    const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name: podName }, target };
    await api.send('POST', `${pods}/${podName}/binding`, { body });
    await options.run({
      pod,
      requestId: labels['warroom.intility.io/request'] ?? '',
      going,
      setStatus: async (status) => {
        const patch = { body: { status }, contentType: 'application/merge-patch+json' };
        const { status: code, text } = await api.send('PATCH', `${pods}/${podName}/status`, patch);
        if (code !== 200 && code !== 404) throw new Error(`the status of ${podName} was refused: ${text}`);
      },
      setLog: (text) => {
        logs[`${client.namespace}/${podName}/agent`] = text;
      },
    });
    if (!going.aborted) {
      await new Promise((resolve) => {
        going.addEventListener('abort', resolve, { once: true });
      });
    }
    await client.remove(PODS, podName, { uid, graceSeconds: 0 });
  }

  async function watch(): Promise<void> {
    for await (const change of client.watch(PODS, { labelSelector: LABEL, signal: end.signal })) {
      const objects = change.kind === 'listed' ? change.items : [change.object];
      for (const pod of objects) {
        const uid = pod.metadata.uid ?? '';
        if (!served.has(uid) && change.kind !== 'removed') {
          const going = new AbortController();
          served.set(uid, { going, done: serve(pod, going.signal) });
        }
        if (change.kind === 'removed' || pod.metadata['deletionTimestamp'] !== undefined) {
          served.get(uid)?.going.abort();
        }
      }
    }
  }

  const watching = watch();
  watching.catch(() => undefined);
  return {
    async close() {
      end.abort();
      await watching;
      for (const { going } of served.values()) going.abort();
      await Promise.all([...served.values()].map(({ done }) => done));
      await api.send('DELETE', `/api/v1/nodes/${name}`);
      await kubelet.close();
    },
  };
}

/** Status of a pod with its one container in this state. */
export function podStatus(phase: string, state: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const container = { name: 'agent', image: 'x', imageID: 'x', ready: phase === 'Running', restartCount: 0, state };
  return { phase, containerStatuses: [container] };
}

/** The only container of a pod. */
export function containerOf(pod: ApiObject): JsonRecord {
  const [container] = recordsField(recordField(pod, 'spec'), 'containers');
  if (container === undefined) throw new Error('the pod has no container');
  return container;
}
