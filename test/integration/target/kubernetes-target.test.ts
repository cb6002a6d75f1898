import { chmod, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { evidenceId } from '../../../src/domain/evidence.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { findProgram } from '../../../src/lib/find-program.ts';
import { systemRandom } from '../../../src/lib/random-text.ts';
import { classifyResult } from '../../../src/playbook/classify-result.ts';
import { runPlaybook } from '../../../src/playbook/run-playbook.ts';
import { createRedaction } from '../../../src/redaction/create-redaction.ts';
import type { Playbook } from '../../../src/schema/generated.ts';
import { createKubernetesTarget } from '../../../src/target/kubernetes/kubernetes-target.ts';
import type { CommandResult, Target } from '../../../src/target/port.ts';
import { kubeconfigText, scriptReviews, startClusterRig, type ClusterRig } from '../../support/cluster-rig.ts';
import { CANARY, leakyPod } from '../../support/leaky-objects.ts';
import { startScriptedApiServer, statusBody, type ScriptedApiServer } from '../../support/scripted-api-server.ts';
import { printSkipReason } from '../../support/skip-reason.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

const PATH = '/usr/local/bin:/usr/bin:/bin';
const kubectl = await findProgram('kubectl', PATH);
if (kubectl === undefined) printSkipReason('kubectl is not installed, so the kubernetes target is not tested');

describe.skipIf(kubectl === undefined)('the kubernetes target, against scripted API servers', () => {
  let folder: TempFolder;
  let hosted: ScriptedApiServer;
  let rig: ClusterRig;
  let target: Target;

  beforeEach(async () => {
    folder = await createTempFolder();
    hosted = await startScriptedApiServer('hosted-token');
    scriptReviews(hosted);
    const kubeconfigFile = join(folder.path, 'hosted-kubeconfig');
    await writeFile(kubeconfigFile, kubeconfigText(hosted, { token: 'hosted-token' }));
    rig = await startClusterRig(folder.path, { hosted: [{ name: 'prod-1', kubeconfigFile }] });
    rig.api.on('/api/v1/namespaces/shop/pods', {
      body: { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: [leakyPod('api-0')] },
    });
    hosted.on('/api/v1/nodes', {
      body: { kind: 'NodeList', apiVersion: 'v1', metadata: {}, items: [{ metadata: { name: 'worker-1' } }] },
    });
    target = await open();
  });

  afterEach(async () => {
    await target.close();
    await rig.close();
    await hosted.close();
    await folder.close();
  });

  async function open(path = PATH): Promise<Target> {
    const state = join(folder.path, 'state');
    return await createKubernetesTarget({
      clock: systemClock,
      random: systemRandom,
      access: rig.access,
      folder: state,
      path,
    });
  }

  async function run(argv: readonly string[], timeoutMs = 30_000): Promise<CommandResult> {
    return await target.run({ argv, timeoutMs, maxBytes: 1_000_000 });
  }

  const status = (argv: readonly string[], result: CommandResult): string =>
    classifyResult({ argv, timeoutMs: 30_000, maxBytes: 1 }, result, {}).status;

  it('runs kubectl through the broker, on its own cluster and on hosted ones', async () => {
    const own = await run(['kubectl', 'get', 'pods', '-n', 'shop', '-o', 'json']);
    expect(own.end).toEqual({ kind: 'exited', exit: 0 });
    expect(own.stdout).toContain('api-0');
    expect(own.stdout).not.toContain(CANARY);
    const other = await run(['kubectl', '--kubeconfig', 'prod-1', 'get', 'nodes', '-o', 'name']);
    expect(other.stdout).toBe('node/worker-1\n');
    expect(rig.api.requests.some(({ url }) => url.startsWith('/api/v1/nodes'))).toBe(false);
    expect(new Set(rig.audit.map(({ run: name }) => name))).toEqual(new Set(['playbook']));
  });

  it('leaves no file that others can read, and none at the end', async () => {
    await run(['kubectl', 'get', 'pods', '-n', 'shop', '-o', 'name']);
    const file = join(folder.path, 'state', 'steps', 'self', 'kubeconfig');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder.path, 'state'))).mode & 0o777).toBe(0o700);
    await target.close();
    expect(await readdir(folder.path)).not.toContain('state');
  });

  it('tells a refusal, a missing cluster, an outage and a missing tool apart', async () => {
    rig.api.on('/api/v1/nodes', {
      status: 403,
      body: statusBody(403, 'Forbidden', 'nodes is forbidden: User "reader" cannot list resource "nodes"'),
    });
    const nodes = ['kubectl', 'get', 'nodes', '-o', 'json'];
    expect(status(nodes, await run(nodes))).toBe('denied');
    const secrets = ['kubectl', 'get', 'secrets', '-n', 'shop', '-o', 'json'];
    expect(status(secrets, await run(secrets))).toBe('denied');
    const bash = ['bash', '-c', 'id'];
    const refused = await run(bash);
    expect(status(bash, refused)).toBe('denied');
    expect(refused.stderr).toContain('runs kubectl and oc only');
    const unknown = await run(['kubectl', '--kubeconfig', 'prod-9', 'get', 'nodes']);
    expect(unknown).toMatchObject({
      end: { kind: 'unreachable' },
      stderr: expect.stringContaining('no cluster prod-9') as string,
    });
    await run(['kubectl', '--kubeconfig', 'prod-1', 'get', 'nodes']);
    await hosted.close();
    const down = await run(['kubectl', '--kubeconfig', 'prod-1', 'get', 'nodes']);
    expect(down.end).toEqual({ kind: 'unreachable' });
    hosted = await startScriptedApiServer();
    await target.close();
    target = await open('/nowhere');
    expect((await run(nodes)).end).toEqual({ kind: 'missing-tool' });
  });

  it('stops what takes too long, and what is no longer wanted', async () => {
    const bin = join(folder.path, 'bin');
    await mkdir(bin);
    await writeFile(join(bin, 'kubectl'), '#!/bin/sh\nexec sleep 60\n');
    await chmod(join(bin, 'kubectl'), 0o755);
    await target.close();
    target = await open(`${bin}:${PATH}`);
    await run(['kubectl', '--kubeconfig', 'prod-9']);
    expect((await run(['kubectl', 'get', 'pods'], 3000)).end).toEqual({ kind: 'timeout' });
    const aborted = await target.run(
      { argv: ['kubectl', 'get', 'pods'], timeoutMs: 1000, maxBytes: 1 },
      AbortSignal.abort(),
    );
    expect(aborted.end).toEqual({ kind: 'aborted' });
  });

  it('says who the cluster is, once it answers', async () => {
    const name = new URL(rig.api.url).host;
    expect(await target.identify()).toMatchObject({ kind: 'kubernetes', identity: 'unknown', name });
    rig.api.on('/api/v1/namespaces/kube-system', {
      body: { kind: 'Namespace', apiVersion: 'v1', metadata: { name: 'kube-system', uid: 'a1b2-c3' } },
    });
    expect(await target.identify()).toMatchObject({ identity: 'a1b2-c3' });
    await target.close();
    target = await open();
    rig.api.on('/apis/config.openshift.io/v1/infrastructures/cluster', {
      body: {
        kind: 'Infrastructure',
        apiVersion: 'config.openshift.io/v1',
        metadata: { name: 'cluster' },
        status: { infrastructureName: 'hub-x7k2p' },
      },
    });
    expect(await target.identify()).toMatchObject({ identity: 'hub-x7k2p' });
  });

  it('gives an investigator an environment of its own that ends with it', async () => {
    const access = await target.openAgentAccess?.('2026-11-20-1430-x-k7m2', new AbortController().signal);
    const environment = access?.environment ?? {};
    expect(Object.keys(environment).sort()).toEqual(['HOME', 'KUBECACHEDIR', 'KUBECONFIG']);
    expect(JSON.stringify(environment)).not.toContain(rig.api.token);
    expect((await stat(environment['KUBECONFIG'] ?? '')).mode & 0o777).toBe(0o600);
    await access?.close();
    await expect(stat(environment['HOME'] ?? '')).rejects.toThrow('ENOENT');
    expect((await target.collect('host-facts')).end).toEqual({ kind: 'unreachable' });
  });

  it('runs a playbook whose step chooses a hosted cluster by name', async () => {
    const step = {
      title: 'nodes',
      access: 'read',
      required: true,
      timeoutSeconds: 20,
      output: { format: 'text' },
    } as const;
    const playbook: Playbook = {
      apiVersion: 'warroom.intility.io/v1',
      kind: 'Playbook',
      metadata: { id: 'nodes', version: 1, title: 'Nodes', description: 'Nodes of a hosted cluster' },
      spec: {
        strategies: ['nodes'],
        targets: ['hub'],
        inputs: { hosted: { type: 'target-kubeconfig', description: 'Hosted cluster' } },
        budget: { seconds: 60, outputBytes: 1_000_000, parallel: 1 },
        steps: [{ ...step, id: 'nodes', argv: ['kubectl', '--kubeconfig', '${hosted}', 'get', 'nodes', '-o', 'name'] }],
        rules: [],
      },
    } as unknown as Playbook;
    let count = 0;
    const done = await runPlaybook({
      playbook,
      target,
      inputs: { hosted: 'prod-1' },
      redaction: createRedaction({ knownValues: [], key: systemRandom(32) }),
      clock: systemClock,
      nextEvidence: () => evidenceId(++count),
      onStep: () => undefined,
    });
    expect(done.evidence[0]).toMatchObject({
      status: 'ok',
      argv: ['kubectl', '--kubeconfig', 'prod-1', 'get', 'nodes', '-o', 'name'],
    });
    expect(done.evidence[0]?.text).toContain('node/worker-1');
  });
});
