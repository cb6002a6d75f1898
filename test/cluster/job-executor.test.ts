import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { ClaudeProcess } from '../../src/claude/run/claude-process.ts';
import { readKubeconfig } from '../../src/cluster-broker/kubeconfig.ts';
import { parseRequestId } from '../../src/domain/request-id.ts';
import type { AgentExecutor, AgentPlace } from '../../src/executor/executor.ts';
import { createJobExecutor } from '../../src/executor/kubernetes-job/job-executor.ts';
import { openKubernetesClient, type KubernetesClient } from '../../src/kubernetes/client.ts';
import { holdLease } from '../../src/kubernetes/hold-lease.ts';
import { JOBS, PODS, SECRETS, type ApiObject } from '../../src/kubernetes/resource.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { randomHex, systemRandom } from '../../src/lib/random-text.ts';
import { readYamlObjects } from '../../src/schema/yaml-objects.ts';
import { createTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { waitUntil } from '../support/wait-until.ts';
import type { ClusterApi } from './cluster-api.ts';
import { createToken, writeKubeconfig } from './service-account.ts';
import { cluster, describeOnCluster, kubeconfigFile, openCluster } from './the-cluster.ts';

const NAMESPACE = 'claude-warroom';
const MANIFEST = 'manifests/components/job-executor/jobs.yaml';
const ID = parseRequestId('2026-11-20-1430-api-timeout-k7m2');
const PLACE = `/api/v1/namespaces/${NAMESPACE}`;
const BATCH = `/apis/batch/v1/namespaces/${NAMESPACE}`;

describeOnCluster('agents as Jobs, by the account of the manifests', () => {
  let api: ClusterApi;
  let folder: TempFolder;
  let admin: KubernetesClient;
  let executor: AgentExecutor | undefined;
  let place: AgentPlace | undefined;

  beforeAll(async () => {
    folder = await createTempFolder();
    api = await openCluster(NAMESPACE);
    await api.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: NAMESPACE } });
    for (const object of readYamlObjects(await readFile(MANIFEST, 'utf8'), MANIFEST)) {
      await api.send('PATCH', pathOf(object), { body: object, contentType: 'application/apply-patch+yaml' });
    }
    const token = await createToken(api, `${NAMESPACE}/claude-warroom-jobs`);
    if (cluster.kind === 'none') throw new Error(cluster.why);
    const { server, ca = '' } = await readKubeconfig(kubeconfigFile());
    await writeKubeconfig(join(folder.path, 'jobs'), { url: server, ca }, { token });
    admin = await open(kubeconfigFile());
  });

  afterEach(async () => {
    await place?.close({ commands: 0, wasStopped: true });
    await executor?.close();
    [place, executor] = [undefined, undefined];
    for (const { metadata } of (await admin.list(PODS)).items)
      await admin.remove(PODS, metadata.name, { graceSeconds: 0 });
    for (const { metadata } of (await admin.list(JOBS)).items) await admin.remove(JOBS, metadata.name);
  });

  afterAll(async () => {
    admin.close();
    api.close();
    await folder.close();
  });

  async function open(file: string): Promise<KubernetesClient> {
    return await openKubernetesClient({ load: () => readKubeconfig(file), namespace: NAMESPACE });
  }

  async function openPlace(signal: AbortSignal = new AbortController().signal): Promise<AgentPlace> {
    executor ??= await createJobExecutor({
      ...{ client: await open(join(folder.path, 'jobs')), holder: 'claude-processor-0', claudeVersion: '2.1.0' },
      ...{
        relay: { host: '127.0.0.1', port: 0, advertise: '127.0.0.1' },
        image: `example.com/w@sha256:${'0'.repeat(64)}`,
      },
      ...{ maxJobs: 1, ttlSeconds: 60, startMs: 20_000, silentMs: 20_000, clock: systemClock },
      resources: { cpu: '1', memory: '1Gi', storage: '1Gi' },
      reportLink: (id) => `results/${id}`,
      randomHex: (bytes) => randomHex(bytes, systemRandom),
      onWarning: (message) => {
        throw new Error(message);
      },
    });
    if (ID === undefined) throw new Error('not an id');
    place = await executor.open({ id: ID, limitMs: 60_000, signal });
    return place;
  }

  function start(at: AgentPlace): ClaudeProcess {
    const access = { kind: 'broker' as const, baseUrl: 'http://127.0.0.1:1', token: 't', spentUsd: () => 0 };
    return at.start(
      {
        ...{ access: { ...access, refusal: () => undefined }, sessionId: 's', conversation: { kind: 'once' } },
        ...{ systemPrompt: '', schema: {}, model: 'm', maxTurns: 1, maxBudgetUsd: 1, commandSeconds: 1 },
      },
      { onLine: () => undefined, onFlood: () => undefined, graceMs: { interrupt: 10, terminate: 10 } },
    );
  }

  /** Plays the Job controller: the pod of a Job that may begin. */
  async function begunJob(): Promise<ApiObject> {
    return await waitUntil(
      async () => {
        const { items } = await admin.list(JOBS);
        return items.find(({ spec }) => (spec as { suspend?: boolean }).suspend === false);
      },
      { what: 'a Job that may begin' },
    );
  }

  async function runPod(): Promise<ApiObject> {
    const job = await begunJob();
    const { template } = job['spec'] as { template: { metadata: { labels: Record<string, string> }; spec: object } };
    const { name } = job.metadata;
    return await admin.create(PODS, {
      metadata: { name: `${name}-x`, labels: template.metadata.labels },
      spec: template.spec,
    });
  }

  async function setStatus(path: string, status: object): Promise<void> {
    const reply = await api.send('PATCH', `${path}/status`, {
      body: { status },
      contentType: 'application/merge-patch+json',
    });
    expect(reply.status, reply.text).toBe(200);
  }

  it('makes a Job and its Secret, follows its pod, and names what became of it', async () => {
    const at = await openPlace();
    const process = start(at);
    const pod = await runPod();
    const job = await begunJob();
    expect(await admin.get(SECRETS, job.metadata.name)).toMatchObject({
      metadata: { ownerReferences: [{ kind: 'Job', uid: job.metadata.uid }] },
    });
    await setStatus(`${PLACE}/pods/${pod.metadata.name}`, {
      phase: 'Failed',
      reason: 'Evicted',
      message: 'low on disk',
    });
    expect(await process.ended).toMatchObject({
      kind: 'lost',
      message: expect.stringContaining('(Evicted: low on disk)') as string,
    });
    await at.close({ commands: 3, wasStopped: false });
  });

  it('ends with the deadline of the Job, and deletes the Job of a run that is stopped', async () => {
    const at = await openPlace();
    const process = start(at);
    const job = await begunJob();
    const at0 = new Date().toISOString();
    const conditions = ['FailureTarget', 'Failed'].map((type) => ({
      ...{ type, status: 'True', reason: 'DeadlineExceeded', message: 'too long', lastTransitionTime: at0 },
    }));
    await setStatus(`${BATCH}/jobs/${job.metadata.name}`, { startTime: at0, conditions });
    expect(await process.ended).toMatchObject({ kind: 'lost', code: 'timeout' });
    await at.close({ commands: 0, wasStopped: true });
    const left = await admin.find(JOBS, job.metadata.name);
    expect(left === undefined || left.metadata['deletionTimestamp'] !== undefined).toBe(true);
  });

  it('removes what a processor that died left behind', async () => {
    await openPlace();
    const job = await begunJob();
    const next = await createJobExecutor({
      ...{ client: await open(join(folder.path, 'jobs')), holder: 'claude-processor-0', claudeVersion: '2.1.0' },
      ...{ relay: { host: '127.0.0.1', port: 0, advertise: '127.0.0.1' }, image: 'x' },
      ...{ maxJobs: 1, ttlSeconds: 60, startMs: 20_000, silentMs: 20_000, clock: systemClock },
      ...{ resources: { cpu: '1', memory: '1Gi', storage: '1Gi' }, reportLink: (id: string) => id },
      ...{ randomHex: (bytes: number) => randomHex(bytes, systemRandom), onWarning: () => undefined },
    });
    const left = await admin.find(JOBS, job.metadata.name);
    expect(left === undefined || left.metadata['deletionTimestamp'] !== undefined).toBe(true);
    await next.close();
  });

  it('gives the Lease to one of two replicas', async () => {
    const client = await open(join(folder.path, 'jobs'));
    const told: string[] = [];
    const hold = (holder: string): ReturnType<typeof holdLease> =>
      holdLease({
        ...{ client, name: 'claude-warroom-hub', holder, seconds: 2, clock: systemClock },
        ...{ signal: new AbortController().signal, onWait: (other: string) => told.push(other) },
      });
    const first = await hold('a');
    const second = hold('b');
    await waitUntil(() => told.length > 0, { what: 'the second one to wait' });
    await first.release();
    await (await second).release();
    expect(told).toEqual(['a']);
    client.close();
  });
});

function pathOf(object: Readonly<Record<string, unknown>>): string {
  const { name } = object['metadata'] as { name: string };
  const query = '?fieldManager=test&force=true&fieldValidation=Strict';
  return object['kind'] === 'ServiceAccount'
    ? `${PLACE}/serviceaccounts/${name}${query}`
    : `/apis/rbac.authorization.k8s.io/v1/namespaces/${NAMESPACE}/${String(object['kind']).toLowerCase()}s/${name}${query}`;
}
