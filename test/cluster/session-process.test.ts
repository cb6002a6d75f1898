import { once } from 'node:events';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findPackagedClaude } from '../../src/claude/find-claude.ts';
import { parseRequestId, type RequestId } from '../../src/domain/request-id.ts';
import { sessionPodName, sessionResultFolder } from '../../src/domain/session-layout.ts';
import { manifestsDir } from '../../src/install/kustomization.ts';
import { runChild } from '../../src/lib/child-process.ts';
import { formatYaml } from '../../src/schema/format-document.ts';
import { isRecord } from '../../src/schema/record.ts';
import { readYamlObjects } from '../../src/schema/yaml-objects.ts';
import { createCliHome, runCli, startCli, type CliHome, type CliResult, type RunningCli } from '../support/cli.ts';
import { freePort } from '../support/free-port.ts';
import { readFileAt } from '../support/git-rig.ts';
import { aRule, policyText, writePolicy } from '../support/policy-text.ts';
import { say, startScriptedModelApi, type ScriptedModelApi } from '../support/scripted-model-api.ts';
import { allowedLine, createKey, writeAllowedSigners } from '../support/signing-rig.ts';
import { printSkipReason } from '../support/skip-reason.ts';
import { waitUntil } from '../support/wait-until.ts';
import { serverFacts } from './broker-rig.ts';
import { pathOf, type ApiObject, type ClusterApi } from './cluster-api.ts';
import { createServiceAccount, createToken, writeKubeconfig } from './service-account.ts';
import { startSessionNode, type PodProgram, type SessionNode } from './session-node.ts';
import { describeWholeOnCluster, openCluster } from './the-cluster.ts';

const NAMESPACE = 'claude-warroom-sessions';
const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;
const HUB = 'session-hub';
const ALICE = 'alice@example.com';
/** A secret of the zone that gets into a conversation. */
const CANARY = 'hunter2-of-the-sessions';

const KEY = 'sk-ant-test-0123456789abcdefghijklmnop';
const claude = findPackagedClaude();
if (claude === undefined) printSkipReason('no model in sessions is tested: Claude Code is not installed');

describeWholeOnCluster('a processor that keeps sessions, as a process of its own', () => {
  let api: ClusterApi;
  let node: SessionNode;
  let home: CliHome;
  let processor: RunningCli;
  let model: ScriptedModelApi;
  let metricsPort: number;

  beforeAll(async () => {
    api = await openCluster('warroom', 'claude-warroom');
    for (const name of ['namespace.yaml', 'access.yaml', 'network-policy.yaml', 'model.yaml']) {
      await api.applyAll(await manifest(name));
    }
    // Two dollars for each answer: a million tokens went in.
    model = await startScriptedModelApi([say('etcd is well', { input_tokens: 1_000_000, output_tokens: 0 })]);
    home = await createCliHome({ email: ALICE });
    const { token } = await createServiceAccount(api, 'warroom/sessions-reader');
    await writeKubeconfig(join(home.path, 'hub.kubeconfig'), await serverFacts(), { token });
    const maker = await createToken(api, `${NAMESPACE}/claude-sessions`);
    await writeKubeconfig(join(home.path, 'sessions.kubeconfig'), await serverFacts(), { token: maker });
    await writeZone();
    await writeFile(join(home.path, 'canary'), CANARY);
    metricsPort = await freePort();
    await writeFile(join(home.path, 'processor.yaml'), configuration(await freePort(), metricsPort));
    await mkdir(join(home.path, 'node'));
    node = await startSessionNode({ api, namespace: NAMESPACE, folder: join(home.path, 'node') });
    await cli('init', '--repo', 'warroom.git');
    processor = startProcessor();
    await processor.waitFor(/"event":"synced"/u);
  });

  afterAll(async () => {
    await processor.close();
    await node.close();
    await model.close();
    await home.close();
    // The others of this run count what is in that namespace.
    for (const object of await manifest('model.yaml')) await api.send('DELETE', pathOf(object));
    api.close();
  });

  async function manifest(name: string): Promise<readonly ApiObject[]> {
    const file = join(manifestsDir(), 'components', 'sessions', name);
    return readYamlObjects(await readFile(file, 'utf8'), file) as unknown as readonly ApiObject[];
  }

  async function writeZone(): Promise<void> {
    const key = await createKey(home.path, 'id_ed25519');
    await appendFile(home.gitConfig, `[user]\n\tsigningkey = ${key.file}.pub\n[gpg]\n\tformat = ssh\n`);
    const trustDir = join(home.path, 'trust');
    const sessions = { maxSeconds: 14_400, maxPerPerson: 2, maxUsd: 0.5 };
    await writePolicy(trustDir, policyText({ rules: [aRule({ who: [ALICE], clusters: [HUB], sessions })] }));
    await writeAllowedSigners(trustDir, [allowedLine(ALICE, key)]);
  }

  function configuration(port: number, metricsPort: number): string {
    return formatYaml('ProcessorConfig', {
      apiVersion: 'warroom.intility.io/v1',
      kind: 'ProcessorConfig',
      cluster: { name: HUB, type: 'hub' },
      ...{ trust: 'required', trustDir: './trust', repository: { url: './warroom.git' }, stateDir: './state' },
      ...{ engine: 'auto', target: { kind: 'kubernetes', kubeconfigFile: './hub.kubeconfig' } },
      polling: { minSeconds: 0.2, maxSeconds: 0.2 },
      metrics: { listen: { host: '127.0.0.1', port: metricsPort } },
      redaction: { knownValues: [{ name: 'canary', file: './canary' }] },
      sessions: {
        kubeconfigFile: './sessions.kubeconfig',
        image: `registry.example.com/claude-warroom@sha256:${'a1'.repeat(32)}`,
        ...(claude === undefined ? {} : { model: { kind: 'broker' as const, listen: { host: '127.0.0.1', port } } }),
      },
    });
  }

  function startProcessor(): RunningCli {
    const env = { ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: model.url };
    return startCli(['processor', 'run', '-c', 'processor.yaml'], { home, env });
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
  async function note(pod: PodProgram, text: string): Promise<void> {
    const folder = pod.at('/session/claude/projects/-session');
    await mkdir(folder, { recursive: true });
    const line = { type: 'user', timestamp: new Date().toISOString(), message: { role: 'user', content: text } };
    await appendFile(join(folder, 'a.jsonl'), `${JSON.stringify(line)}\n`);
  }

  /** What somebody with the line of `connect` does. */
  async function ask(pod: PodProgram, text: string): Promise<string> {
    const { stdout } = await runChild({
      argv: [claude ?? '', '-p', text, '--model', 'claude-sonnet-5-5'],
      ...{ env: pod.env, cwd: pod.at('/session'), timeoutMs: 60_000, maxBytes: 100_000 },
    });
    return stdout.toString('utf8');
  }

  /** A call of the Messages API as the pod can make it. */
  async function call(pod: PodProgram, token = pod.env['ANTHROPIC_AUTH_TOKEN'] ?? ''): Promise<[number, string]> {
    const outgoing = request(`${pod.env['ANTHROPIC_BASE_URL'] ?? ''}/v1/messages`, {
      ...{ method: 'POST', ca: await readFile(pod.env['NODE_EXTRA_CA_CERTS'] ?? '') },
      headers: { authorization: `Bearer ${token}` },
    });
    outgoing.end(JSON.stringify({ model: 'claude-sonnet-5-5', messages: [], tools: [] }));
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    return [answer.statusCode ?? 0, await readText(answer)];
  }

  /** The model answers claude in the pod, sees no token of ours, and is asked no more when the money is spent. */
  async function askWithinBudget(pod: PodProgram): Promise<void> {
    expect(await call(pod, 'warroom-session-of-nobody')).toEqual([401, expect.stringContaining('opens no run')]);
    expect(await ask(pod, 'is etcd well?')).toContain('etcd is well');
    expect(model.requests.map(({ headers }) => headers['x-api-key'])).toContain(KEY);
    expect(JSON.stringify(model.requests)).not.toContain(pod.env['ANTHROPIC_AUTH_TOKEN']);
    const asked = model.requests.length;
    expect(await ask(pod, 'and now?')).toContain('the model budget of this session is used up ($0.50)');
    expect(model.requests).toHaveLength(asked);
    const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    expect(metrics).toMatch(/^claude_warroom_model_spend_usd_total\{use="session"\} 2(?:\.\d+)?$/mu);
    expect(metrics).toMatch(/^claude_warroom_model_session_spend_today_usd 2(?:\.\d+)?$/mu);
    expect(metrics).toMatch(/^claude_warroom_model_spend_today_usd 2(?:\.\d+)?$/mu);
    expect(metrics).toContain('claude_warroom_sessions_total{result="accepted"} 1\n');
    expect((await cli('status', '--local', '--config', 'processor.yaml')).stdout).toContain(
      'model today: $2.00 of $100.00, $2.00 of it by sessions',
    );
  }

  /** Written to the pod: what a processor counts goes on with the next one. */
  async function spent(id: RequestId): Promise<void> {
    await waitUntil(async () => JSON.stringify(await podOf(id)).includes('spent-usd":"2'), { what: 'what was spent' });
  }

  it('makes a pod for who may have one, extends it, and publishes what was said when it is stopped', async () => {
    const id = await start('--purpose', 'compare etcd members');
    const pod = await program(id);
    await note(pod, `the password is ${CANARY}`);
    expect((await cli('session', 'connect', '@last')).stdout).toBe(
      `kubectl exec -it -n ${NAMESPACE} ${sessionPodName(id)} -c session -- claude\n`,
    );
    if (claude !== undefined) await askWithinBudget(pod);
    const order = await cli('session', 'extend', id, '--by', '1h', '--json');
    const { until } = JSON.parse(order.stdout) as { readonly until: string };
    await answered(id, 'session.yaml', new RegExp(`expiresAt: ${until}`, 'u'));
    await waitUntil(async () => (await readFile(pod.at('/etc/session/expires'), 'utf8')) === until, {
      what: 'the later end in the pod',
    });
    expect((await cli('session', 'list')).stdout).toMatch(new RegExp(`^${id}\trunning\t${HUB}\t${ALICE}\t`, 'u'));

    expect(await cli('session', 'stop', id, '--reason', 'found it')).toMatchObject({ exit: 0 });
    const state = await answered(id, 'session.yaml', /^phase: ended$/mu);
    const shown = await cli('session', 'show', id, '--require-verified');
    expect(shown).toMatchObject({ exit: 0, stderr: expect.stringContaining(`VERIFIED, signed by ${HUB}`) as string });
    const page = shown.stdout;
    expect(state).toContain(`${ALICE}: found it`);
    expect(page).toContain('the password is');
    expect(page + (await answered(id, 'redactions.json', /\{/u))).not.toContain(CANARY);
    await waitUntil(async () => (await podOf(id)) === undefined, { what: 'the pod to be gone' });
    if (claude === undefined) return;
    expect(state).toMatch(/usd: 2[.\d]*\n\s*maxUsd: 0\.5\n/u);
    for (const text of ['$2.00 of $0.50', 'is etcd well?', 'etcd is well', 'and now?']) expect(page).toContain(text);
    expect(await call(pod)).toEqual([401, expect.stringContaining('opens no run')]);
  });

  it('is killed, and the session ends in time without it; the next start publishes its record', async () => {
    const id = await start();
    const pod = await program(id);
    await note(pod, 'is the API slow?');
    if (claude !== undefined) await ask(pod, 'and etcd?');
    if (claude !== undefined) await spent(id);
    processor.signal('SIGKILL');
    await processor.result();
    processor = startProcessor();
    await processor.waitFor(/"event":"synced"/u);
    if (claude !== undefined) {
      const [status, said] = await waitUntil(
        async () => {
          const answer = await call(pod);
          return answer[0] === 401 ? undefined : answer;
        },
        { what: 'the next start to know the token' },
      );
      expect({ status, said }).toEqual({ status: 402, said: expect.stringContaining('is used up ($0.50)') as string });
    }
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
