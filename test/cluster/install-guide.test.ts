import { spawn } from 'node:child_process';
import { appendFile, copyFile, mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readKubeconfig } from '../../src/cluster-broker/kubeconfig.ts';
import { findProgram } from '../../src/lib/find-program.ts';
import { createCliHome, type CliHome } from '../support/cli.ts';
import { createBareRemote } from '../support/git-rig.ts';
import { aRule, policyText, writePolicy } from '../support/policy-text.ts';
import { killTree } from '../support/process-tree.ts';
import { allowedLine, createKey, writeAllowedSigners } from '../support/signing-rig.ts';
import { printSkipReason } from '../support/skip-reason.ts';
import { createTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { waitUntil } from '../support/wait-until.ts';
import { openClusterApi, type ClusterApi } from './cluster-api.ts';
import { startGitHost } from './install-guide/git-host.ts';
import { readGuide, withValues } from './install-guide/guide-commands.ts';
import { preparePod } from './install-guide/played-pod.ts';
import { createPrivateMachine, quote, type PrivateMachine } from './install-guide/private-machine.ts';
import { findPrograms } from './programs.ts';
import { condition, object, pod, sceneTimes } from './scene/objects.ts';
import { crashingStatus } from './scene/shop.ts';
import { startControlPlane } from './start-control-plane.ts';
import { cluster, describeWholeOnCluster, kubeconfigFile, openCluster, removeNamespace } from './the-cluster.ts';

const ALICE = 'alice@example.com';
const POD = { namespace: 'claude-warroom', name: 'claude-processor-0' };
const GIT_ADDRESS = '127.0.0.77';
/** Namespaces that the platform has, and the manifests bind a role in. */
const HUB_NAMESPACES = ['hypershift', 'clusters', 'clusters-prod-1', 'openshift-dns', 'openshift-gitops'];
const HOSTED_NAMESPACES = ['openshift-dns', 'openshift-ovn-kubernetes'];
const START_MS = 60_000;

const programs = await findPrograms(process.env);
const whyNot = await reasonToSkip();
if (whyNot !== undefined && cluster.kind === 'ready') printSkipReason(`docs/install.md is not followed: ${whyNot}`);

async function reasonToSkip(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'only root can give a machine names of its own';
  for (const name of ['kubectl', 'unshare', 'git', 'base64']) {
    if ((await findProgram(name, process.env['PATH'])) === undefined) return `there is no ${name}`;
  }
  return programs.kind === 'missing' ? 'the hosted cluster needs programs of a control plane' : undefined;
}

/**
 * docs/install.md, followed to the letter: its commands, in its order, for a hub and a hosted cluster that are real API
 * servers with controllers. Played are the kubelet (the program of the pod runs on this machine, with the arguments, the
 * environment and the volumes of the pod), `oc` (kubectl by another name) and the names of the network.
 */
describeWholeOnCluster('the guide to an installation', () => {
  const closers: (() => Promise<void> | void)[] = [];
  let folder: TempFolder;
  let home: CliHome;
  let hub: ClusterApi;
  let hosted: ClusterApi;
  let machine: PrivateMachine;
  /** What this installation has in place of the examples of the guide. */
  let values: Readonly<Record<string, string>>;

  beforeAll(async () => {
    if (whyNot !== undefined || programs.kind === 'missing') return;
    folder = await createTempFolder('warroom-guide');
    home = await createCliHome({ email: ALICE });
    hub = await openCluster(...HUB_NAMESPACES);
    // Another file may have installed a processor.
    await removeNamespace(hub, POD.namespace);
    closers.push(
      () => folder.close(),
      () => home.close(),
      () => {
        hub.close();
      },
      () => removeNamespace(hub, POD.namespace),
    );
    const controlPlane = await startControlPlane(programs.paths, await subfolder('hosted'));
    hosted = await openClusterApi(controlPlane.kubeconfigFile);
    closers.push(
      () => controlPlane.close(),
      () => {
        hosted.close();
      },
    );
    for (const name of HOSTED_NAMESPACES) {
      await hosted.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    }
    machine = await prepareMachine(controlPlane.kubeconfigFile);
    const { server } = await readKubeconfig(controlPlane.kubeconfigFile);
    values = {
      'https://kube-apiserver.clusters-prod-1.svc:6443': server,
      'sha256:DIGEST': `sha256:${'0'.repeat(64)}`,
      // Of the ways out, the one that needs no proxy.
      '--proxy http://192.0.2.30:3128': `--allow-address ${GIT_ADDRESS}/32 --platform kubernetes --engine diagnostics`,
    };
  }, 120_000);

  afterAll(async () => {
    for (const close of closers.reverse()) await close();
  });

  async function subfolder(name: string): Promise<string> {
    const path = join(folder.path, name);
    await mkdir(path, { recursive: true });
    return path;
  }

  /** What an administrator has before the first command. */
  async function prepareMachine(hostedAdmin: string): Promise<PrivateMachine> {
    const served = await subfolder('git/acme');
    await createBareRemote({ folder: served });
    const token = 'a-token-that-may-push';
    const git = await startGitHost({
      root: join(folder.path, 'git'),
      host: 'git.example.com',
      address: GIT_ADDRESS,
      token,
    });
    closers.push(() => git.close());
    const key = await createKey(home.path, 'id_ed25519');
    await appendFile(
      home.gitConfig,
      `[user]\n\tsigningkey = ${key.file}.pub\n[gpg]\n\tformat = ssh\n[credential]\n\thelper = store\n`,
    );
    await writeFile(join(home.path, '.git-credentials'), `https://alice:${token}@git.example.com\n`, { mode: 0o600 });
    await writeFile(join(home.path, 'git-token'), token);
    // The processor of this test asks no model.
    await writeFile(join(home.path, 'anthropic-key'), 'no key');
    await copyFile(hostedAdmin, join(home.path, 'prod-1.admin'));
    const trust = await writePolicy(join(home.path, 'trust'), policyText({ rules: [aRule({ who: [ALICE] })] }));
    await writeAllowedSigners(trust, [allowedLine(ALICE, key)]);
    await writeFile(join(trust, 'revoked_keys'), '');
    const made = await createPrivateMachine({
      folder: await subfolder('machine'),
      home: home.path,
      env: { ...home.env, KUBECONFIG: kubeconfigFile() },
      hosts: [`${GIT_ADDRESS} git.example.com`],
      authority: git.certificate,
    });
    await made.addProgram('oc', 'exec kubectl "$@"');
    return made;
  }

  /** Runs the commands of a section, with these of our values. Gives everything that they said. */
  async function follow(section: string, ...names: readonly string[]): Promise<string> {
    const ours = Object.fromEntries(names.map((name) => [name, values[name] ?? '']));
    let said = '';
    for (const commands of withValues(await readGuide(section), ours)) {
      const { stdout, stderr } = await machine.run(commands);
      said += stdout + stderr;
    }
    return said;
  }

  /** Faults on each side: members of etcd on the hub, a node and a pod in the hosted cluster. */
  async function makeIll(): Promise<void> {
    const { ago } = sceneTimes(new Date());
    const conditions = ['EtcdAvailable', 'Available'].map((type) =>
      condition(`${type}=False:StatefulSetNotAvailable`, ago(40), 'etcd has 0 of 3 members'),
    );
    const status = { conditions };
    await hub.applyAll([
      object('hypershift.openshift.io/v1beta1', 'HostedCluster', 'clusters/prod-1', { spec: {}, status }),
      object('hypershift.openshift.io/v1beta1', 'HostedControlPlane', 'clusters-prod-1/prod-1', { spec: {}, status }),
    ]);
    const silent = condition('Ready=Unknown:NodeStatusUnknown', ago(30), 'Kubelet stopped posting node status.');
    await hosted.applyAll([
      object('v1', 'Node', 'worker-1', { status: { conditions: [silent] } }),
      object('v1', 'Namespace', 'shop'),
      pod('shop/web-1', { node: 'worker-1', containers: ['web'], status: crashingStatus({ ago }) }),
    ]);
  }

  /** Starts the pod that the StatefulSet made, as its kubelet. */
  async function startPod(): Promise<void> {
    const path = `/api/v1/namespaces/${POD.namespace}/pods/${POD.name}`;
    await waitUntil(async () => (await hub.send('GET', path)).status === 200, { what: 'the pod of the StatefulSet' });
    const pod = await preparePod(hub, POD, { folder: await subfolder('pod'), kubeconfigFile: kubeconfigFile() });
    const log = await open(join(folder.path, 'pod.log'), 'w');
    const [program = '', ...args] = machine.within(['claude-warroom', ...pod.args], pod.mounts);
    const env = { ...machine.env, ...pod.env, HOME: await subfolder('pod-home'), TMPDIR: await subfolder('pod-tmp') };
    const child = spawn(program, args, { env, stdio: ['ignore', log.fd, log.fd], detached: true });
    await log.close();
    const { pid } = child;
    if (pid === undefined) throw new Error('the pod has not started');
    closers.push(() => killTree(pid));
    const inside = `exec nsenter --target ${pid} --mount env ${Object.entries(pod.env)
      .map(([name, value]) => quote(`${name}=${value}`))
      .join(' ')} "\${@:6}"`;
    await machine.addProgram(
      'oc',
      [
        'case "$*" in',
        `"-n claude-warroom exec claude-processor-0 -- "*) ${inside} ;;`,
        `"-n claude-warroom logs claude-processor-0") exec cat ${quote(join(folder.path, 'pod.log'))} ;;`,
        '*) exec kubectl "$@" ;;',
        'esac',
      ].join('\n'),
    );
  }

  async function podLog(): Promise<string> {
    return await readFile(join(folder.path, 'pod.log'), 'utf8');
  }

  /** A kubelet asks the pod whether it is ready, and tells the API server. */
  async function tellReadiness(): Promise<void> {
    const answers = async (): Promise<boolean> =>
      await fetch('http://127.0.0.1:9464/readyz').then(
        ({ status }) => status === 200,
        () => false,
      );
    await waitUntil(answers, { what: 'a ready processor', timeoutMs: START_MS });
    const [fingerprint = ''] = /SHA256:[A-Za-z0-9+/]{43}/u.exec(await podLog()) ?? [];
    values = { ...values, 'SHA256:…': fingerprint };
    const body = { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } };
    const path = `/api/v1/namespaces/${POD.namespace}/pods/${POD.name}/status`;
    expect(await hub.send('PATCH', path, { body, contentType: 'application/merge-patch+json' })).toMatchObject({
      status: 200,
    });
  }

  it.skipIf(whyNot !== undefined)(
    'ends with a pair that answers',
    async () => {
      await follow('2. The war room');
      const account = await follow(
        '4. The account in the hosted cluster',
        'https://kube-apiserver.clusters-prod-1.svc:6443',
      );
      expect(stateOf(account)).toEqual({ 'may read': 'ok', 'may not': 'ok', 'argo cd': 'ok' });
      await follow('5. Render, look, apply', 'sha256:DIGEST', '--proxy http://192.0.2.30:3128');
      await startPod();
      await tellReadiness();
      await makeIll();

      const verified = await follow('6. Verify', 'SHA256:…');
      expect(verified).not.toMatch(/^(?:warn|fail)\t/mu);
      expect(stateOf(verified)).toMatchObject({
        processor: 'ok',
        confinement: 'ok',
        'network policy': 'ok',
        push: 'ok',
      });
      expect(verified).toMatch(/self: all \d+ rights that playbooks need are granted/u);
      expect(verified).toContain('https://git.example.com/acme/warroom.git can be read from here');
      expect(verified).toContain('prod-1 is answered by its hub production-hub');
      // The reports of the two questions, one from each side.
      expect(verified).toContain('etcd has 0 of 3 members');
      expect(verified).toContain('worker-1');
      expect(verified).toMatch(/results of production-hub are believed with SHA256:/u);

      const inside = '--cluster prod-1 --strategy workload-crashloop --resource namespace/shop';
      const { stdout } = await machine.run(`claude-warroom investigate ${inside} --issue "the shop is down" --wait`);
      expect(stdout).toContain('web-1');
      expect(stdout).toContain('root cause');
    },
    300_000,
  );
});

/** States of the checks in an output, by name; the last counts. */
function stateOf(said: string): Readonly<Record<string, string>> {
  const rows = said.split('\n').map((line) => line.split('\t'));
  return Object.fromEntries(rows.flatMap(([state = '', name]) => (name === undefined ? [] : [[name, state]])));
}
