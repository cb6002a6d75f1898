import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sessionPodName } from '../../src/domain/session-layout.ts';
import type { RequestId } from '../../src/domain/request-id.ts';
import { manifestsDir } from '../../src/install/kustomization.ts';
import { openKubernetesClient, type KubernetesClient } from '../../src/kubernetes/client.ts';
import { isRecord } from '../../src/schema/record.ts';
import { readYamlObjects } from '../../src/schema/yaml-objects.ts';
import { readFile } from 'node:fs/promises';
import { FakeClock } from '../support/fake-clock.ts';
import { createSessionRig, type SessionRig, type SessionRigOptions } from '../support/session-rig.ts';
import { createTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { serverFacts } from './broker-rig.ts';
import type { ApiObject, ClusterApi } from './cluster-api.ts';
import { startKubelet, type Kubelet } from './kubelet.ts';
import { createToken } from './service-account.ts';
import { describeOnCluster, openCluster } from './the-cluster.ts';

const NAMESPACE = 'claude-warroom-sessions';
const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;
const NODE = 'session-node';
const MINUTE = 60_000;
const ACCOUNT = `${NAMESPACE}/claude-sessions`;

describeOnCluster('sessions on a real API server', () => {
  let api: ClusterApi;
  let kubelet: Kubelet;
  let folder: TempFolder;
  let rig: SessionRig;
  const logs: Record<string, string> = {};
  const clock = new FakeClock(new Date());

  beforeAll(async () => {
    api = await openCluster();
    folder = await createTempFolder();
    for (const name of ['namespace.yaml', 'access.yaml', 'network-policy.yaml']) {
      const file = join(manifestsDir(), 'components', 'sessions', name);
      await api.applyAll(readYamlObjects(await readFile(file, 'utf8'), file) as unknown as readonly ApiObject[]);
    }
    kubelet = await startKubelet(logs);
    await api.apply({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: NODE },
      status: {
        addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
        daemonEndpoints: { kubeletEndpoint: { Port: kubelet.port } },
      },
    });
    rig = await createSessionRig({ folder: folder.path, clock, client: await openClient() });
  });

  afterAll(async () => {
    await rig.close();
    for (const path of [PODS, `/api/v1/nodes/${NODE}`]) await api.send('DELETE', path);
    await kubelet.close();
    await folder.close();
    api.close();
  });

  /** With the account of the manifests, and no more rights than it has. */
  async function openClient(): Promise<KubernetesClient> {
    const { url, ca } = await serverFacts();
    const token = await createToken(api, ACCOUNT);
    return await openKubernetesClient({
      load: () => Promise.resolve({ server: url, ca, token }),
      namespace: NAMESPACE,
      timeoutMs: 10_000,
    });
  }

  async function reopen(change: Partial<SessionRigOptions> = {}): Promise<void> {
    const { warRoom } = rig;
    await rig.close();
    rig = await createSessionRig({ folder: folder.path, clock, client: await openClient(), warRoom, ...change });
  }

  /** What a scheduler and a kubelet do, as far as a session sees it. */
  async function run(id: RequestId): Promise<void> {
    const name = sessionPodName(id);
    const target = { apiVersion: 'v1', kind: 'Node', name: NODE };
    const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target };
    expect((await api.send('POST', `${PODS}/${name}/binding`, { body })).status).toBe(201);
    await setStatus(id, { phase: 'Running', containerStatuses: [container({ running: {} })] });
  }

  async function end(id: RequestId, reason?: string): Promise<void> {
    const terminated = { exitCode: reason === undefined ? 0 : 137, finishedAt: clock.now().toISOString() };
    const phase = reason === undefined ? 'Succeeded' : 'Failed';
    const status = {
      phase,
      ...(reason === undefined ? {} : { reason }),
      containerStatuses: [container({ terminated })],
    };
    await setStatus(id, status);
  }

  async function setStatus(id: RequestId, status: object): Promise<void> {
    const options = { body: { status }, contentType: 'application/merge-patch+json' };
    const { status: code, text } = await api.send('PATCH', `${PODS}/${sessionPodName(id)}/status`, options);
    expect({ code, text: code === 200 ? '' : text }).toEqual({ code: 200, text: '' });
  }

  function container(state: object): object {
    return { name: 'session', image: 'x', imageID: 'x', ready: true, restartCount: 0, state };
  }

  async function started(by?: string): Promise<RequestId> {
    const id = rig.ask({}, by);
    await rig.look();
    await run(id);
    await rig.look();
    return id;
  }

  async function podOf(id: RequestId): Promise<Readonly<Record<string, unknown>> | undefined> {
    const { status, text } = await api.send('GET', `${PODS}/${sessionPodName(id)}`);
    const pod: unknown = JSON.parse(text);
    return status === 200 && isRecord(pod) ? pod : undefined;
  }

  it('begin in a pod that the restricted standard admits, and end by their deadline with their log', async () => {
    const id = await started();
    expect(rig.answer(id, 'session.yaml')).toContain('phase: running');
    const pod = await podOf(id);
    expect(pod?.['spec']).toMatchObject({ automountServiceAccountToken: false, activeDeadlineSeconds: 14_400 });
    expect(JSON.stringify(pod)).not.toContain('kube-api-access');
    await clock.sleep(121 * MINUTE);
    await rig.look();
    // The API server takes a shorter deadline, and would take no longer one.
    expect((await podOf(id))?.['spec']).toMatchObject({ activeDeadlineSeconds: 1 });
    const said = { warroom: 'said', kind: 'prompt', at: clock.now().toISOString(), text: 'is etcd well?' };
    logs[`${NAMESPACE}/${sessionPodName(id)}/session`] = `${JSON.stringify(said)}\n`;
    await end(id, 'DeadlineExceeded');
    await rig.look();
    expect(rig.answer(id, 'README.md')).toContain('is etcd well?');
    expect(rig.answer(id, 'session.yaml')).toContain('code: expired');
    await gone(id);
  });

  it('are extended, adopted by the next start, and stopped', async () => {
    const id = await started();
    const until = new Date(clock.now().getTime() + 180 * MINUTE).toISOString();
    rig.order(id, 'extend-1', { until });
    await rig.look();
    await rig.look();
    expect(rig.answer(id, 'session.yaml')).toContain(`expiresAt: ${until}`);
    await reopen();
    rig.order(id, 'stop', { reason: 'found it' });
    await rig.look();
    await end(id, 'DeadlineExceeded');
    await rig.look();
    expect(rig.answer(id, 'session.yaml')).toContain('alice@example.com: found it');
    await gone(id);
  });

  it('are refused in words when the quota of the namespace is used up', async () => {
    await reopen({ sessions: { maxSessions: 50 }, rule: { sessions: { maxSeconds: 14_400, maxPerPerson: 20 } } });
    const ids = Array.from({ length: 5 }, () => rig.ask());
    await rig.look();
    const refused = ids.filter((id) => rig.answer(id, 'session.yaml').includes('phase: refused'));
    expect(refused).toHaveLength(1);
    const answers = ids.map((id) => rig.answer(id, 'session.yaml')).join();
    expect(answers).toContain('the quota of the namespace');
  });

  it('have an account that makes pods in their namespace, and can do nothing else', async () => {
    for (const [method, path] of [
      ['GET', `/api/v1/namespaces/${NAMESPACE}/secrets`],
      ['GET', `/api/v1/pods`],
      ['GET', `/api/v1/namespaces/default/pods`],
      ['POST', `/api/v1/namespaces/default/pods`],
      ['POST', `${PODS}/x/exec?command=id`],
      ['GET', `${PODS}/x/exec?command=id`],
      ['POST', `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/claude-sessions/token`],
    ] as const) {
      const { status } = await api.send(method, path, { as: ACCOUNT, ...(method === 'POST' ? { body: {} } : {}) });
      expect({ method, path, status }).toEqual({ method, path, status: 403 });
    }
  });

  /** A kubelet lets a pod go; there is none, so the test says it for it. */
  async function gone(id: RequestId): Promise<void> {
    const pod = await podOf(id);
    if (pod !== undefined) {
      expect(pod['metadata']).toHaveProperty('deletionTimestamp');
      await api.send('DELETE', `${PODS}/${sessionPodName(id)}?gracePeriodSeconds=0`);
    }
    await rig.look();
    expect(await podOf(id)).toBeUndefined();
  }
});
