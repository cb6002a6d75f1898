import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkClusterAccess } from '../../../src/cli/doctor/cluster-access.ts';
import { resultFolder } from '../../../src/domain/repository-layout.ts';
import { findProgram } from '../../../src/lib/find-program.ts';
import type { Playbook, ProcessorConfig } from '../../../src/schema/generated.ts';
import { formatYaml } from '../../../src/schema/format-document.ts';
import { kubeconfigText, scriptReviews } from '../../support/cluster-rig.ts';
import { createBareRemote, pushFiles, git, readFileAt, type BareRemote } from '../../support/git-rig.ts';
import { holdsCanary, leakyPod, leakySecret } from '../../support/leaky-objects.ts';
import { newRequest, processorSettings, send, startProcessor } from '../../support/processor-rig.ts';
import { startScriptedApiServer, type ScriptedApiServer } from '../../support/scripted-api-server.ts';
import {
  bash,
  startScriptedModelApi,
  structured,
  type ScriptedModelApi,
  type ScriptStep,
} from '../../support/scripted-model-api.ts';
import { writePlaybook } from '../../support/site-playbook.ts';
import { printSkipReason } from '../../support/skip-reason.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import { openTestWarRoom } from '../../support/war-room-rig.ts';
import { playbookOf, stepOf } from '../../unit/playbook/sample-playbook.ts';
import { findTestedClaude } from './claude-rig.ts';

const binary = await findTestedClaude();
const kubectl = await findProgram('kubectl', '/usr/local/bin:/usr/bin:/bin');
if (kubectl === undefined) printSkipReason('kubectl is not installed, so no investigator looks at a cluster');

let temp: TempFolder;
let remote: BareRemote;
let cluster: ScriptedApiServer;
let model: ScriptedModelApi;
let script: ScriptStep[];

beforeEach(async () => {
  temp = await createTempFolder('cluster');
  remote = await createBareRemote({ folder: join(temp.path, 'served') });
  await pushFiles(remote, { 'README.md': 'a war room\n' }, 'begin');
  cluster = await startScriptedApiServer();
  script = [];
  model = await startScriptedModelApi(script);
  await writeFile(join(temp.path, 'key'), 'sk-ant-test-0123456789abcdefghijklmnop\n');
  await writeFile(join(temp.path, 'kubeconfig'), kubeconfigText(cluster, { token: cluster.token }));
  cluster.on('/api/v1/namespaces/shop/pods', {
    body: { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: [leakyPod('api-0')] },
  });
  cluster.on('/api/v1/namespaces/shop/secrets', { body: { kind: 'SecretList', items: [leakySecret()] } });
  cluster.on('/api/v1/namespaces/kube-system', {
    body: { kind: 'Namespace', apiVersion: 'v1', metadata: { name: 'kube-system', uid: 'cluster-uid-1' } },
  });
});

afterEach(async () => {
  await model.close();
  await cluster.close();
  await temp.close();
});

async function settingsWith(argv: readonly [string, ...string[]]): Promise<Parameters<typeof startProcessor>[0]> {
  const kubeconfigFile = join(temp.path, 'kubeconfig');
  return processorSettings({
    url: remote.url,
    folder: temp.path,
    change: {
      target: { kind: 'kubernetes', kubeconfigFile, hosted: [] },
      playbookDir: await writePlaybook(temp.path, 'quick', argv),
      claude: { ...(binary === undefined ? {} : { binary }), apiKeyFile: join(temp.path, 'key'), baseUrl: model.url },
    },
  });
}

describe.skipIf(kubectl === undefined || binary === undefined)('a processor whose target is a cluster', () => {
  it('lets playbook and investigator look through the broker, and publishes nothing secret', async () => {
    scriptReviews(cluster);
    script.push(
      bash('kubectl get pods -n shop -o json'),
      bash('kubectl get --raw /version'),
      bash('kubectl get events -n shop --chunk-size=0 --request-timeout=5s'),
      structured({
        bottomLine: 'Looked.',
        outcome: 'inconclusive',
        findings: [],
        candidates: [],
        ruledOut: [],
        unknown: [],
        recommendations: [],
      }),
    );
    const client = openTestWarRoom({ url: remote.url, folder: temp.path });
    try {
      const { spec } = newRequest();
      const id = await send(
        client,
        newRequest({ investigation: { ...spec.investigation, strategy: 'quick', engine: 'auto' } }),
      );
      const running = startProcessor(await settingsWith(['kubectl', 'get', 'pods', '-n', 'shop', '-o', 'json']), {
        once: true,
      });
      await running.done;
      const requests = running.events.filter(({ type }) => type === 'cluster-request');
      const runs = new Set(requests.map((event) => (event.type === 'cluster-request' ? event.run : '')));
      expect(runs).toEqual(new Set(['playbook', id]));
      const audit = (await readFileAt(remote, `${resultFolder(id)}/audit.jsonl`)) ?? '';
      expect(audit).toContain('kubectl');
      const report = (await readFileAt(remote, `${resultFolder(id)}/report.json`)) ?? '';
      expect(report).toContain('"identity": "cluster-uid-1"');
      // Everything that the model saw, and everything that was ever pushed.
      expect(model.turns.length).toBeGreaterThan(2);
      const seen = model.requests.map(({ body }) => body).join('\n');
      expect(seen).toContain('api-0');
      expect(holdsCanary(seen)).toBe(false);
      expect(seen).not.toContain(cluster.token);
      const pushed = await git(['log', '-p', '--all'], { cwd: remote.path });
      expect(holdsCanary(pushed)).toBe(false);
      expect(pushed).not.toContain(cluster.token);
      expect(await readdir(join(temp.path, 'processor-a'))).not.toContain('cluster');
    } finally {
      await client.close();
    }
  });
});

describe('a credential that may do more than read', () => {
  it('keeps a processor from starting, and doctor from being content', async () => {
    scriptReviews(cluster, { rules: [{ verbs: ['create'], apiGroups: [''], resources: ['pods/exec'] }] });
    const running = startProcessor(await settingsWith(['true']), { once: true });
    await expect(running.done).rejects.toMatchObject({
      code: 'not-allowed',
      message: 'the credential of the cluster self may do more than read',
      why: 'RBAC grants create pods/exec',
    });
    const file = join(temp.path, 'processor.yaml');
    const rbac = [
      { group: '', resource: 'pods,nodes', verbs: ['list' as const] },
      { url: '/healthz', verbs: ['get' as const] },
    ];
    const load = (): Promise<readonly Playbook[]> =>
      Promise.resolve([playbookOf({ targets: ['hub'], steps: [stepOf('pods', { rbac })] }, 'nodes')]);
    await mkdir(join(temp.path, 'doctor'));
    const config: ProcessorConfig = {
      apiVersion: 'warroom.intility.io/v1',
      kind: 'ProcessorConfig',
      cluster: { type: 'hub', name: 'hub-1' },
      trust: 'required',
      trustDir: 'trust',
      repository: { url: 'https://github.com/acme/warroom.git' },
      stateDir: 'doctor',
      target: { kind: 'kubernetes', kubeconfigFile: 'kubeconfig' },
    };
    await writeFile(file, formatYaml('ProcessorConfig', config));
    expect(await checkClusterAccess(file, {}, load)).toEqual([
      {
        name: 'cluster access',
        state: 'fail',
        text: 'self: may do more than read: create pods/exec · 3 namespaces looked at',
        fix: 'take these away from its role; a processor refuses to run with them',
      },
      expect.objectContaining({ name: 'playbook rights', state: 'warn' }),
    ]);
    const isPods = (right: Readonly<Record<string, unknown>>): boolean =>
      right['verb'] === 'list' && right['resource'] === 'pods' && right['group'] === '';
    scriptReviews(cluster, { granted: isPods });
    expect(await checkClusterAccess(file, {}, load)).toEqual([
      { name: 'cluster access', state: 'ok', text: 'self: reads only · 3 namespaces looked at' },
      {
        name: 'playbook rights',
        state: 'warn',
        text: 'self: 2 of 3 rights that playbooks need are denied: list nodes (nodes), get /healthz (nodes)',
        fix: 'claude-warroom playbook rbac  prints the roles that playbooks need',
      },
    ]);
    await writeFile(file, formatYaml('ProcessorConfig', { ...config, target: { kind: 'local' } }));
    expect(await checkClusterAccess(file, {}, load)).toMatchObject([{ state: 'ok', text: 'no cluster is configured' }]);
    expect(await checkClusterAccess(join(temp.path, 'none.yaml'), {}, load)).toMatchObject([{ state: 'fail' }]);
    await writeFile(join(temp.path, 'kubeconfig'), '{}');
    await writeFile(file, formatYaml('ProcessorConfig', config));
    expect(await checkClusterAccess(file, {}, load)).toMatchObject([
      { state: 'fail', text: expect.stringContaining('cannot use the kubeconfig') as string },
    ]);
  });
});
