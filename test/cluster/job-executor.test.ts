import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ClaudeProcess, ProcessEnd } from '../../src/claude/run/claude-process.ts';
import { readKubeconfig } from '../../src/cluster-broker/kubeconfig.ts';
import { createRequestId, type RequestId } from '../../src/domain/request-id.ts';
import type { AgentExecutor, AgentPlace } from '../../src/executor/executor.ts';
import { createJobExecutor } from '../../src/executor/kubernetes-job/job-executor.ts';
import { openKubernetesClient, type KubernetesClient } from '../../src/kubernetes/client.ts';
import { holdLease } from '../../src/kubernetes/hold-lease.ts';
import { JOBS, PODS, SECRETS, type ApiObject } from '../../src/kubernetes/resource.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { randomHex, systemRandom } from '../../src/lib/random-text.ts';
import { createTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { waitUntil } from '../support/wait-until.ts';
import { createAgentNamespace, writeJobsKubeconfig } from './agent-namespace.ts';
import type { ClusterApi } from './cluster-api.ts';
import { playNode, podStatus, type PlayedNode, type PlayedPod } from './played-node.ts';
import { describeOnCluster, kubeconfigFile, openCluster } from './the-cluster.ts';

const NAMESPACE = 'agent-faults';
/** Nothing fits into it. */
const FULL = 'agent-quota';

type Fate = (pod: PlayedPod) => Promise<void>;

function terminated(exitCode: number, reason: string): Fate {
  return async ({ setStatus }) => {
    await setStatus(podStatus('Failed', { terminated: { exitCode, reason } }));
  };
}

const runs: Fate = async ({ setStatus }) => {
  await setStatus(podStatus('Running', { running: { startedAt: new Date().toISOString() } }));
};

describeOnCluster('agents as Jobs, by the account of the manifests', () => {
  let api: ClusterApi;
  let folder: TempFolder;
  let admin: KubernetesClient;
  let node: PlayedNode;
  let executor: AgentExecutor;
  const fates = new Map<string, Fate>();

  beforeAll(async () => {
    folder = await createTempFolder();
    api = await openCluster();
    for (const namespace of [NAMESPACE, FULL]) {
      await createAgentNamespace(api, namespace);
      await writeJobsKubeconfig(api, namespace, join(folder.path, namespace));
    }
    admin = await openClient(kubeconfigFile(), NAMESPACE);
    node = await playNode({
      ...{ api, client: admin, name: 'fault-node' },
      run: async (pod) => {
        await fates.get(pod.requestId)?.(pod);
      },
    });
    executor = await openExecutor(NAMESPACE);
  });

  afterAll(async () => {
    await executor.close();
    for (const { metadata } of (await admin.list(JOBS)).items) await admin.remove(JOBS, metadata.name);
    await node.close();
    for (const namespace of [NAMESPACE, FULL]) await api.send('DELETE', `/api/v1/namespaces/${namespace}`);
    admin.close();
    api.close();
    await folder.close();
  });

  async function openClient(file: string, namespace: string): Promise<KubernetesClient> {
    return await openKubernetesClient({ load: () => readKubeconfig(file), namespace });
  }

  async function openExecutor(namespace: string, startMs = 6000): Promise<AgentExecutor> {
    return await createJobExecutor({
      ...{ client: await openClient(join(folder.path, namespace), namespace), holder: 'claude-processor-0' },
      ...{ claudeVersion: '2.1.0', image: `example.com/w@sha256:${'0'.repeat(64)}` },
      ...{ relay: { host: '127.0.0.1', port: 0, advertise: '127.0.0.1' } },
      ...{ maxJobs: 20, ttlSeconds: 60, startMs, quotaMs: startMs, silentMs: 20_000, clock: systemClock },
      resources: { cpu: '1', memory: '1Gi', storage: '1Gi' },
      reportLink: (id) => `results/${id}`,
      randomHex: (bytes) => randomHex(bytes, systemRandom),
      onWarning: (message) => {
        throw new Error(message);
      },
    });
  }

  interface Opened {
    readonly id: RequestId;
    readonly place: AgentPlace;
    readonly process: ClaudeProcess;
  }

  /** Asks for an agent whose pod has this fate. */
  async function openPlace(fate: Fate, from: AgentExecutor = executor): Promise<Opened> {
    const id = createRequestId({ at: new Date(), slug: 'fault', random: systemRandom });
    fates.set(id, fate);
    const place = await from.open({ id, limitMs: 60_000, signal: new AbortController().signal });
    return { id, place, process: start(place) };
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

  async function endOf(fate: Fate): Promise<ProcessEnd> {
    const { place, process } = await openPlace(fate);
    const end = await process.ended;
    await place.close({ commands: 0, wasStopped: false });
    return end;
  }

  async function jobOf(id: RequestId): Promise<ApiObject> {
    const labelSelector = `warroom.intility.io/request=${id}`;
    return await waitUntil(async () => (await admin.list(JOBS, { labelSelector })).items[0], {
      what: `a Job of ${id}`,
    });
  }

  const faults: readonly (readonly [string, RegExp, Fate])[] = [
    ['crashed', /more memory.*\(OOMKilled\)/u, terminated(137, 'OOMKilled')],
    [
      'crashed',
      /\(AgentFailed: exit code 3; its log: no room left in \/work\)/u,
      async (pod) => {
        pod.setLog('no room left in /work\n');
        await terminated(3, 'Error')(pod);
      },
    ],
    [
      'crashed',
      /\(Evicted: low on disk\)/u,
      async ({ setStatus }) => {
        await setStatus({ phase: 'Failed', reason: 'Evicted', message: 'low on disk' });
      },
    ],
    [
      'crashed',
      /\(NodeLost: Taint manager: deleting due to NoExecute taint\)/u,
      async (pod) => {
        await runs(pod);
        const said = { reason: 'DeletionByTaintManager', message: 'Taint manager: deleting due to NoExecute taint' };
        // Without its time the controller of disruptions takes it for an old one, and takes it back.
        const lastTransitionTime = new Date().toISOString();
        await pod.setStatus({
          conditions: [{ type: 'DisruptionTarget', status: 'True', lastTransitionTime, ...said }],
        });
        await admin.remove(PODS, pod.pod.metadata.name);
      },
    ],
    [
      'interrupted',
      /\(PodDeleted/u,
      async (pod) => {
        await runs(pod);
        await admin.remove(PODS, pod.pod.metadata.name);
      },
    ],
    [
      'interrupted',
      /\(JobDeleted\)/u,
      async (pod) => {
        await runs(pod);
        await admin.remove(JOBS, jobName(pod));
      },
    ],
    [
      'timeout',
      /\(DeadlineExceeded: Job was active longer than specified deadline\)/u,
      async (pod) => {
        await runs(pod);
        await admin.patch(JOBS, jobName(pod), { spec: { activeDeadlineSeconds: 1 } });
      },
    ],
    [
      'not-started',
      /\(ErrImagePull: ImagePullBackOff: no such image\)/u,
      async ({ setStatus }) => {
        await setStatus(podStatus('Pending', { waiting: { reason: 'ImagePullBackOff', message: 'no such image' } }));
      },
    ],
    ['not-started', /\(StartTimeout\)/u, runs],
  ];

  // At the same time: one of them lets the time for a start go by.
  it.concurrent.each(faults)('end as %s with the words %s', async (code, words, fate) => {
    const end = await endOf(fate);
    expect(end).toMatchObject({ kind: 'lost', code });
    expect(end.kind === 'lost' ? end.message : '').toMatch(words);
  });

  it.concurrent('name the quota that leaves no room for the pod, and for the Job itself', async () => {
    const client = await openClient(kubeconfigFile(), FULL);
    // Neither waits: both are smaller than one agent.
    const from = await openExecutor(FULL, 600_000);
    for (const hard of [{ pods: '0' }, { 'count/jobs.batch': '0' }]) {
      await limitTo(hard);
      const { place, process } = await openPlace(runs, from);
      const end = await process.ended;
      expect(end).toMatchObject({ kind: 'lost', code: 'not-started' });
      expect(end.kind === 'lost' ? end.message : '').toMatch(/\(QuotaExceeded: .*exceeded quota: small/u);
      await place.close({ commands: 0, wasStopped: false });
      expect((await client.list(JOBS)).items).toEqual([]);
    }
    await from.close();
    client.close();
  });

  /** Returns when the quota counts. */
  async function limitTo(hard: Readonly<Record<string, string>>): Promise<void> {
    const metadata = { name: 'small', namespace: FULL };
    await api.apply({ apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard } });
    const path = `/api/v1/namespaces/${FULL}/resourcequotas/small`;
    const isCounted = async (): Promise<boolean> => {
      const { status = {} } = (await api.read(path)) as { status?: { hard?: object; used?: object } };
      const counted = Object.keys(hard)[0] ?? '';
      return counted in (status.used ?? {}) && Object.keys(status.hard ?? {}).length === 1;
    };
    await waitUntil(isCounted, { what: `a quota of ${JSON.stringify(hard)}` });
  }

  it.concurrent('have a Secret that goes with the Job, when the run is stopped too', async () => {
    const { id, place, process } = await openPlace(runs);
    const job = await jobOf(id);
    const secret = await waitUntil(() => admin.find(SECRETS, job.metadata.name), { what: 'the Secret' });
    expect(secret.metadata).toMatchObject({ ownerReferences: [{ kind: 'Job', uid: job.metadata.uid }] });
    process.stop(() => undefined);
    await place.close({ commands: 0, wasStopped: true });
    for (const kind of [JOBS, PODS, SECRETS]) {
      const labelSelector = `warroom.intility.io/request=${id}`;
      const isGone = async (): Promise<boolean> => (await admin.list(kind, { labelSelector })).items.length === 0;
      await waitUntil(isGone, { what: `the end of its ${kind.plural}` });
    }
  });

  it.concurrent('give the Lease to one of two replicas', async () => {
    const client = await openClient(join(folder.path, NAMESPACE), NAMESPACE);
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

function jobName({ pod }: PlayedPod): string {
  return pod.metadata.labels?.['batch.kubernetes.io/job-name'] ?? '';
}
