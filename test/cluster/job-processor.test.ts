import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findPackagedClaude } from '../../src/claude/find-claude.ts';
import { readKubeconfig } from '../../src/cluster-broker/kubeconfig.ts';
import { cancelPath, resultFolder } from '../../src/domain/repository-layout.ts';
import type { RequestId } from '../../src/domain/request-id.ts';
import { openKubernetesClient, type KubernetesClient } from '../../src/kubernetes/client.ts';
import { JOBS, LEASES, PODS, SECRETS, type ApiObject } from '../../src/kubernetes/resource.ts';
import type { WarRoom } from '../../src/repository/port.ts';
import type { Report, Status } from '../../src/schema/generated.ts';
import { parseDocument } from '../../src/schema/parse-document.ts';
import { exampleRequest } from '../support/example-request.ts';
import { createCliHome, runCli, startCli, type CliHome, type RunningCli } from '../support/cli.ts';
import { createBareRemote, git, pushFiles, readFileAt, type BareRemote } from '../support/git-rig.ts';
import { linuxDraft } from '../support/linux-draft.ts';
import { isRunning } from '../support/process-tree.ts';
import { newRequest, processorConfigText, send } from '../support/processor-rig.ts';
import {
  bash,
  startScriptedModelApi,
  structured,
  type ModelAnswer,
  type ModelRequest,
  type ScriptedModelApi,
} from '../support/scripted-model-api.ts';
import { printSkipReason } from '../support/skip-reason.ts';
import { writePlaybook } from '../support/site-playbook.ts';
import { createTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { waitUntil } from '../support/wait-until.ts';
import { openTestWarRoom } from '../support/war-room-rig.ts';
import { createAgentNamespace, writeJobsKubeconfig } from './agent-namespace.ts';
import type { ClusterApi } from './cluster-api.ts';
import { playNode, podStatus, type PlayedNode, type PlayedPod } from './played-node.ts';
import { runAgentPod, type AgentOfPod } from './run-agent-pod.ts';
import { describeWholeOnCluster, kubeconfigFile, openCluster } from './the-cluster.ts';

const NAMESPACE = 'agent-processor';
const STRATEGY = 'one-step';
const KEY = 'sk-ant-test-0123456789abcdefghijklmnop';
/** The model does not answer who asks about this, until it is told to. */
const HANG = 'it hangs';
const hasClaude = findPackagedClaude() !== undefined;
if (!hasClaude) printSkipReason('no agent runs in a Job: npm left the platform package of Claude Code out');

/** What the model says at its first turn, and at its second. */
function answer(request: ModelRequest): ModelAnswer {
  if (request.toolResults.length === 0) return bash('uname -a');
  const text = request.toolResults[0]?.text ?? '';
  const evidence = /E\d{3,}/u.exec(text)?.[0] ?? 'E999';
  const quote = (text.split('\n').find((each) => each.includes('Linux')) ?? 'nothing').slice(0, 60);
  return structured(linuxDraft({ evidence, quote }));
}

describeWholeOnCluster('a processor whose agents are Jobs', () => {
  let temp: TempFolder;
  let home: CliHome;
  let api: ClusterApi;
  let admin: KubernetesClient;
  let node: PlayedNode;
  let model: ScriptedModelApi;
  let remote: BareRemote;
  let warRoom: WarRoom;
  let processor: RunningCli;
  let hangs = true;
  const agents: AgentOfPod[] = [];
  const seen = new Map<string, ApiObject>();
  /** What comes of the next pod in place of its agent. */
  let fate: ((pod: PlayedPod) => Promise<void>) | undefined;
  const watchEnd = new AbortController();

  beforeAll(async () => {
    temp = await createTempFolder('agent-jobs');
    home = await createCliHome();
    api = await openCluster();
    await createAgentNamespace(api, NAMESPACE);
    await writeJobsKubeconfig(api, NAMESPACE, join(temp.path, 'jobs.kubeconfig'));
    admin = await openKubernetesClient({ load: () => readKubeconfig(kubeconfigFile()), namespace: NAMESPACE });
    watchJobs().catch(() => undefined);
    node = await playNode({ api, client: admin, name: 'agent-node', run: runPod });
    model = await startScriptedModelApi([
      (request) => (hangs && request.body.includes(HANG) ? { kind: 'hang' } : answer(request)),
      answer,
    ]);
    remote = await createBareRemote({ folder: temp.path });
    await pushFiles(remote, { 'README.md': 'a war room\n' }, 'begin');
    warRoom = openTestWarRoom({ url: remote.url, folder: temp.path });
    await writeFile(join(temp.path, 'api-key'), KEY, { mode: 0o600 });
    await configure('processor.yaml', await writePlaybook(temp.path, STRATEGY, ['uname', '-r']));
    processor = await startProcessor();
  });

  async function configure(file: string, playbookDir: string): Promise<void> {
    await writeFile(
      join(temp.path, file),
      processorConfigText({
        url: remote.url,
        stateDir: join(temp.path, 'state'),
        change: {
          engine: 'claude',
          claude: { apiKeyFile: './api-key', baseUrl: model.url },
          playbookDir,
          polling: { minSeconds: 0.5, maxSeconds: 0.5 },
          executor: {
            kind: 'kubernetes-job',
            image: `registry.example.com/claude-warroom@sha256:${'0'.repeat(64)}`,
            kubeconfigFile: './jobs.kubeconfig',
            namespace: NAMESPACE,
            listen: { host: '127.0.0.1', port: 0 },
            ttlSeconds: 1,
          },
        },
      }),
    );
  }

  afterAll(async () => {
    await processor.close();
    watchEnd.abort();
    for (const { metadata } of (await admin.list(JOBS)).items) await admin.remove(JOBS, metadata.name);
    await node.close();
    await warRoom.close();
    await model.close();
    admin.close();
    await api.send('DELETE', `/api/v1/namespaces/${NAMESPACE}`);
    api.close();
    await home.close();
    await temp.close();
  });

  /** Each Job as it was last, also when it is gone. */
  async function watchJobs(): Promise<void> {
    for await (const change of admin.watch(JOBS, { signal: watchEnd.signal })) {
      const objects = change.kind === 'listed' ? change.items : [change.object];
      for (const job of objects) seen.set(job.metadata.labels?.['warroom.intility.io/request'] ?? '', job);
    }
  }

  async function runPod(pod: PlayedPod): Promise<void> {
    const play = fate;
    fate = undefined;
    if (play !== undefined) {
      await play(pod);
      return;
    }
    await runAgentPod(pod, {
      client: admin,
      folder: temp.path,
      image: {
        env: { NODE_ENV: 'production', PATH: '/usr/local/bin:/usr/bin:/bin', ...compileCache() },
      },
      onStart: (agent) => agents.push(agent),
    });
  }

  function compileCache(): Readonly<Record<string, string>> {
    const folder = home.env['NODE_COMPILE_CACHE'];
    return folder === undefined ? {} : { NODE_COMPILE_CACHE: folder };
  }

  async function startProcessor(): Promise<RunningCli> {
    const started = startCli(['processor', 'run', '-c', join(temp.path, 'processor.yaml')], { home });
    await started.waitFor(/"started"/u);
    return started;
  }

  async function ask(description = 'the machine is slow'): Promise<RequestId> {
    const investigation = { ...exampleRequest.spec.investigation, strategy: STRATEGY };
    return await send(warRoom, newRequest({ issue: { description }, investigation }));
  }

  const said = (): string => `${processor.stdout()}${processor.stderr()}`;

  async function statusOf(id: RequestId): Promise<Status | undefined> {
    const text = await readFileAt(remote, `${resultFolder(id)}/status.yaml`);
    const parsed = parseDocument('Status', text ?? '', { file: 'status.yaml' });
    return parsed.ok ? parsed.value : undefined;
  }

  async function reportOf(id: RequestId): Promise<Report> {
    const text = await waitUntil(async () => await readFileAt(remote, `${resultFolder(id)}/report.json`), {
      what: () => `the report of ${id}: ${said()}`,
      intervalMs: 100,
    });
    const parsed = parseDocument('Report', text, { file: 'report.json' });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    return parsed.value;
  }

  async function agentOf(id: RequestId): Promise<AgentOfPod> {
    return await waitUntil(() => agents.find(({ requestId }) => requestId === id), {
      what: () => `an agent of ${id}: ${said()}`,
    });
  }

  /** Nothing of a request is in the cluster, or on its node. */
  async function expectNothingLeft(id: RequestId): Promise<void> {
    const labelSelector = `warroom.intility.io/request=${id}`;
    for (const kind of [JOBS, PODS, SECRETS]) {
      await waitUntil(async () => (await admin.list(kind, { labelSelector })).items.length === 0, {
        what: `the end of the ${kind.plural} of ${id}`,
        intervalMs: 100,
      });
    }
    const mine = agents.filter(({ requestId }) => requestId === id);
    for (const { pid } of mine) expect(await isRunning(pid)).toBe(false);
  }

  it.skipIf(!hasClaude)('answers with what an agent in a pod found out, and leaves nothing behind', async () => {
    const id = await ask();
    const report = await reportOf(id);
    expect(report.engine).toMatchObject({ name: 'claude' });
    const own = report.findings.find(({ title }) => title === 'The machine runs Linux');
    expect(own?.citations.map(({ verified }) => verified)).toEqual([true]);
    const agent = await agentOf(id);
    await waitUntil(() => agent.exit !== undefined, { what: 'the end of the agent' });
    expect(agent.exit).toBe(0);
    expect(JSON.stringify(agent.env)).not.toContain(KEY);
    await expectNothingLeft(id);
    expect(seen.get(id)?.metadata).toMatchObject({
      labels: { 'warroom.intility.io/processor': 'processor-a', 'warroom.intility.io/request': id },
      annotations: {
        'warroom.intility.io/request': id,
        'warroom.intility.io/commands': '1',
        'warroom.intility.io/report': resultFolder(id),
      },
    });
  });

  it.skipIf(!hasClaude)('is looked at by doctor, which names the holder of its Lease', async () => {
    const { stdout } = await runCli(['doctor', '-c', join(temp.path, 'processor.yaml'), '--json'], { home });
    const { checks } = JSON.parse(stdout) as { checks: readonly { name: string; state: string; text: string }[] };
    const ours = checks.filter(({ name }) => name.startsWith('agent ') || name === 'processor lease');
    expect(ours.map(({ name, state }) => `${state} ${name}`)).toEqual([
      ...['ok agent image', 'ok agent account', 'ok agent rights', 'ok processor lease'],
    ]);
    expect(ours[1]?.text).toContain(`makes Jobs in ${NAMESPACE}`);
    expect(ours[3]?.text).toMatch(/^held by processor-a-[0-9a-f]{8};/u);
  });

  it.skipIf(!hasClaude)(
    'publishes what the checks found when the pod of the agent dies, and names its end',
    async () => {
      fate = async ({ setStatus }) => {
        await setStatus(podStatus('Failed', { terminated: { exitCode: 137, reason: 'OOMKilled' } }));
      };
      const id = await ask();
      const report = await reportOf(id);
      expect(report).toMatchObject({ engine: { name: 'diagnostics' }, quality: 'degraded', phase: 'succeeded' });
      expect(report.engine.why).toContain('OOMKilled');
      expect(report.engine.why).toContain('executor.resources.memory');
      await expectNothingLeft(id);
    },
  );

  it.skipIf(!hasClaude)('takes the Job of a request and its pod away when it is cancelled', async () => {
    // It has begun, and is silent.
    fate = async ({ setStatus }) => {
      await setStatus(podStatus('Running', { running: { startedAt: new Date().toISOString() } }));
    };
    const id = await ask();
    await waitUntil(() => fate === undefined, { what: said });
    await pushFiles(remote, { [cancelPath(id)]: 'apiVersion: warroom.intility.io/v1\nkind: Cancel\n' }, 'cancel');
    await waitUntil(async () => (await statusOf(id))?.phase === 'cancelled', { what: said, intervalMs: 100 });
    await expectNothingLeft(id);
  });

  it.skipIf(!hasClaude)('begins anew after it was killed, and answers once', async () => {
    const id = await ask(HANG);
    const first = await agentOf(id);
    await waitUntil(() => model.turns.some(({ body }) => body.includes(HANG)), { what: 'a call of the model' });
    const left = seen.get(id);
    processor.signal('SIGKILL');
    await processor.close();
    hangs = false;
    // Nobody lets go of it; an administrator who knows that its holder is dead need not wait.
    await admin.remove(LEASES, 'claude-warroom-this-host');
    await configure('broken.yaml', join(temp.path, 'no-playbooks'));
    const broken = await runCli(['processor', 'run', '-c', join(temp.path, 'broken.yaml')], { home });
    // It ends although its engine was open, and lets go of the Lease.
    expect(broken).toMatchObject({ exit: 1, stderr: expect.stringContaining('no-playbooks') as string });
    processor = await startProcessor();
    const report = await reportOf(id);
    expect(report.engine.name).toBe('claude');
    expect((await statusOf(id))?.attempts.map(({ result }) => result)).toEqual(['interrupted', 'succeeded']);
    const log = await git(['log', '--format=%s', 'main'], { cwd: remote.path });
    expect(log.split('\n').filter((subject) => subject === `result ${id}`)).toHaveLength(1);
    await waitUntil(() => first.exit !== undefined, { what: 'the end of the agent that was left' });
    await expectNothingLeft(id);
    expect(left).toBeDefined();
    expect(seen.get(id)?.metadata.uid).not.toBe(left?.metadata.uid);
    expect(agents.filter(({ requestId }) => requestId === id)).toHaveLength(2);
  });
});
