import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseRequestId, type RequestId } from '../../src/domain/request-id.ts';
import { sessionPodName, sessionResultFolder } from '../../src/domain/session-layout.ts';
import { manifestsDir } from '../../src/install/kustomization.ts';
import { formatYaml } from '../../src/schema/format-document.ts';
import { isRecord } from '../../src/schema/record.ts';
import { readYamlObjects } from '../../src/schema/yaml-objects.ts';
import { createCliHome, runCli, startCli, type CliHome, type CliResult, type RunningCli } from '../support/cli.ts';
import { readFileAt } from '../support/git-rig.ts';
import { aRule, policyText, writePolicy } from '../support/policy-text.ts';
import { allowedLine, createKey, writeAllowedSigners } from '../support/signing-rig.ts';
import { waitUntil } from '../support/wait-until.ts';
import { serverFacts } from './broker-rig.ts';
import type { ApiObject, ClusterApi } from './cluster-api.ts';
import { createServiceAccount, createToken, writeKubeconfig } from './service-account.ts';
import { startSessionNode, type PodProgram, type SessionNode } from './session-node.ts';
import { describeOnCluster, openCluster } from './the-cluster.ts';

const NAMESPACE = 'claude-warroom-sessions';
const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;
const HUB = 'session-hub';
const ALICE = 'alice@example.com';
/** A secret of the zone that gets into a conversation. */
const CANARY = 'hunter2-of-the-sessions';

describeOnCluster('a processor that keeps sessions, as a process of its own', () => {
  let api: ClusterApi;
  let node: SessionNode;
  let home: CliHome;
  let processor: RunningCli;

  beforeAll(async () => {
    api = await openCluster('warroom');
    for (const name of ['namespace.yaml', 'access.yaml', 'network-policy.yaml']) {
      const file = join(manifestsDir(), 'components', 'sessions', name);
      await api.applyAll(readYamlObjects(await readFile(file, 'utf8'), file) as unknown as readonly ApiObject[]);
    }
    home = await createCliHome({ email: ALICE });
    const { token } = await createServiceAccount(api, 'warroom/sessions-reader');
    await writeKubeconfig(join(home.path, 'hub.kubeconfig'), await serverFacts(), { token });
    const maker = await createToken(api, `${NAMESPACE}/claude-sessions`);
    await writeKubeconfig(join(home.path, 'sessions.kubeconfig'), await serverFacts(), { token: maker });
    await writeZone();
    await writeFile(join(home.path, 'canary'), CANARY);
    await writeFile(join(home.path, 'processor.yaml'), configuration());
    await mkdir(join(home.path, 'node'));
    node = await startSessionNode({ api, namespace: NAMESPACE, folder: join(home.path, 'node') });
    await cli('init', '--repo', 'warroom.git');
    processor = startProcessor();
    await processor.waitFor(/"event":"synced"/u);
  });

  afterAll(async () => {
    await processor.close();
    await node.close();
    await home.close();
    api.close();
  });

  async function writeZone(): Promise<void> {
    const key = await createKey(home.path, 'id_ed25519');
    await appendFile(home.gitConfig, `[user]\n\tsigningkey = ${key.file}.pub\n[gpg]\n\tformat = ssh\n`);
    const trustDir = join(home.path, 'trust');
    const sessions = { maxSeconds: 14_400, maxPerPerson: 2 };
    await writePolicy(trustDir, policyText({ rules: [aRule({ who: [ALICE], clusters: [HUB], sessions })] }));
    await writeAllowedSigners(trustDir, [allowedLine(ALICE, key)]);
  }

  function configuration(): string {
    return formatYaml('ProcessorConfig', {
      apiVersion: 'warroom.intility.io/v1',
      kind: 'ProcessorConfig',
      cluster: { name: HUB, type: 'hub' },
      ...{ trust: 'required', trustDir: './trust', repository: { url: './warroom.git' }, stateDir: './state' },
      ...{ engine: 'diagnostics', target: { kind: 'kubernetes', kubeconfigFile: './hub.kubeconfig' } },
      polling: { minSeconds: 0.2, maxSeconds: 0.2 },
      redaction: { knownValues: [{ name: 'canary', file: './canary' }] },
      sessions: {
        kubeconfigFile: './sessions.kubeconfig',
        image: `registry.example.com/claude-warroom@sha256:${'a1'.repeat(32)}`,
      },
    });
  }

  function startProcessor(): RunningCli {
    return startCli(['processor', 'run', '-c', 'processor.yaml'], { home });
  }

  async function cli(...args: readonly string[]): Promise<CliResult> {
    return await runCli(args, { home });
  }

  async function start(...more: readonly string[]): Promise<RequestId> {
    const started = await cli('session', 'start', '--cluster', HUB, '--duration', '2h', ...more);
    return parseRequestId(started.stdout.trim()) ?? expect.fail(started.stderr);
  }

  /** The pod of a session, when its program runs and the war room says so. */
  async function program(id: RequestId): Promise<PodProgram> {
    await answered(id, 'session.yaml', /^phase: running$/mu);
    return node.program(sessionPodName(id)) ?? expect.fail('no program runs in the pod');
  }

  async function answered(id: RequestId, name: string, pattern: RegExp): Promise<string> {
    const remote = { path: join(home.path, 'warroom.git') };
    let text: string | undefined;
    return await waitUntil(
      async () => {
        text = await readFileAt(remote, `${sessionResultFolder(id)}/${name}`);
        return text !== undefined && pattern.test(text) ? text : undefined;
      },
      { what: () => `${String(pattern)} in ${name} of ${id}:\n${text ?? ''}\n${processor.stdout()}`, intervalMs: 100 },
    );
  }

  async function podOf(id: RequestId): Promise<Readonly<Record<string, unknown>> | undefined> {
    const { status, text } = await api.send('GET', `${PODS}/${sessionPodName(id)}`);
    const pod: unknown = JSON.parse(text);
    return status === 200 && isRecord(pod) ? pod : undefined;
  }

  /** What claude would leave behind when somebody asked it something. */
  async function say(pod: PodProgram, text: string): Promise<void> {
    const folder = pod.at('/session/claude/projects/-session');
    await mkdir(folder, { recursive: true });
    const line = { type: 'user', timestamp: new Date().toISOString(), message: { role: 'user', content: text } };
    await appendFile(join(folder, 'a.jsonl'), `${JSON.stringify(line)}\n`);
  }

  it('makes a pod for who may have one, extends it, and publishes what was said when it is stopped', async () => {
    const id = await start('--purpose', 'compare etcd members');
    const pod = await program(id);
    await say(pod, `is etcd well? the password is ${CANARY}`);
    expect((await cli('session', 'connect', '@last')).stdout).toBe(
      `kubectl exec -it -n ${NAMESPACE} ${sessionPodName(id)} -c session -- claude\n`,
    );
    const order = await cli('session', 'extend', id, '--by', '1h', '--json');
    const { until } = JSON.parse(order.stdout) as { readonly until: string };
    await answered(id, 'session.yaml', new RegExp(`expiresAt: ${until}`, 'u'));
    await waitUntil(async () => (await readFile(pod.at('/etc/session/expires'), 'utf8')) === until, {
      what: 'the later end in the pod',
    });
    expect((await cli('session', 'list')).stdout).toMatch(new RegExp(`^${id}\trunning\t${HUB}\t${ALICE}\t`, 'u'));

    expect(await cli('session', 'stop', id, '--reason', 'found it')).toMatchObject({ exit: 0 });
    expect(await answered(id, 'session.yaml', /^phase: ended$/mu)).toContain(`${ALICE}: found it`);
    const page = (await answered(id, 'README.md', /Conversation/u)) + (await answered(id, 'redactions.json', /\{/u));
    expect(page).toContain('is etcd well?');
    expect(page).not.toContain(CANARY);
    expect(await answered(id, 'manifest.json.sig', /./u)).toContain('SSH SIGNATURE');
    await waitUntil(async () => (await podOf(id)) === undefined, { what: 'the pod to be gone' });
  });

  it('is killed, and the session ends in time without it; the next start publishes its record', async () => {
    const id = await start();
    const pod = await program(id);
    await say(pod, 'is the API slow?');
    processor.signal('SIGKILL');
    await processor.result();
    // Time passes: nobody waits for two hours here.
    const past = new Date(Date.now() - 1000).toISOString();
    await api.send('PATCH', `${PODS}/${sessionPodName(id)}`, {
      body: { metadata: { annotations: { 'warroom.intility.io/expires': past } } },
      contentType: 'application/merge-patch+json',
    });
    const { exit, stdout } = await pod.running.result();
    expect({ exit, said: stdout }).toEqual({ exit: 0, said: expect.stringContaining('"end":"expired"') as string });
    processor = startProcessor();
    expect(await answered(id, 'session.yaml', /^phase: ended$/mu)).toContain('code: expired');
    expect(await answered(id, 'README.md', /Conversation/u)).toContain('is the API slow?');
    await waitUntil(async () => (await podOf(id)) === undefined, { what: 'the pod to be gone' });
  });
});
