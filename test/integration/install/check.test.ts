import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findProgram } from '../../../src/lib/find-program.ts';
import { manifestsDir, buildWithComponents } from '../../../src/install/kustomization.ts';
import { kindOf } from '../../../src/install/kubernetes-object.ts';
import { runInProcess, type InProcessResult } from '../../support/cli-context.ts';
import { kubeconfigText } from '../../support/cluster-rig.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';
import { startScriptedApiServer, type ApiRequest, type ScriptedApiServer } from '../../support/scripted-api-server.ts';
import { printSkipReason } from '../../support/skip-reason.ts';

const hasKubectl = (await findProgram('kubectl', process.env['PATH'])) !== undefined;
if (!hasKubectl) printSkipReason('install check is not tried: there is no kubectl');

/** What a review asks, as the scripted API server sees it. */
interface Asked {
  readonly user: string;
  readonly groups: readonly string[];
  readonly resourceAttributes?: {
    readonly verb: string;
    readonly group: string;
    readonly resource: string;
    readonly subresource?: string;
    readonly namespace?: string;
  };
  readonly nonResourceAttributes?: { readonly verb: string; readonly path: string };
}

describe.skipIf(!hasKubectl)('install check', () => {
  let api: ScriptedApiServer;
  let folder: string;
  let asked: Asked[];
  /** What is granted beyond reading. */
  let isGranted: (spec: Asked) => boolean;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'warroom-install-'));
    api = await startScriptedApiServer();
    await writeFile(join(folder, 'kubeconfig'), kubeconfigText(api, { token: api.token }));
    asked = [];
    isGranted = reads;
    api.on('/api/v1/namespaces/claude-warroom/pods', { body: { kind: 'PodList', apiVersion: 'v1', items: [aPod()] } });
    scriptGroup(api, 'networking.k8s.io', { networkpolicies: 'NetworkPolicy' });
    scriptGroup(api, 'authorization.k8s.io', { subjectaccessreviews: 'SubjectAccessReview' }, ['create']);
    scriptGroup(api, 'argoproj.io', { applications: 'Application', applicationsets: 'ApplicationSet' });
    const objects = await buildWithComponents(
      `${manifestsDir()}/hub`,
      ['openshift', 'egress-proxy'].map((name) => `${manifestsDir()}/components/${name}`),
    );
    scriptGroup(api, 'apps', { statefulsets: 'StatefulSet' });
    scriptGroup(api, 'batch', { cronjobs: 'CronJob' });
    for (const [group, resource, kind] of [
      ['apps', 'statefulsets', 'StatefulSet'],
      ['batch', 'cronjobs', 'CronJob'],
      ['', 'resourcequotas', 'ResourceQuota'],
      ['', 'limitranges', 'LimitRange'],
    ] as const) {
      script(
        group,
        resource,
        objects.filter((each) => kindOf(each) === kind),
        'claude-warroom',
      );
    }
    configure('executor: { kind: kubernetes-job, image: IMAGE, credentialDir: /jobs, maxJobs: 1 }');
    script(
      'networking.k8s.io',
      'networkpolicies',
      objects.filter((each) => kindOf(each) === 'NetworkPolicy'),
      'claude-warroom',
    );
    script('argoproj.io', 'applications', []);
    script('argoproj.io', 'applicationsets', []);
    api.on('/apis/authorization.k8s.io/v1/subjectaccessreviews', (request: ApiRequest) => {
      const review = JSON.parse(request.body) as { spec: Asked };
      asked.push(review.spec);
      return { status: 201, body: { ...review, status: { allowed: isGranted(review.spec) } } };
    });
  });

  afterEach(async () => {
    await api.close();
    await rm(folder, { recursive: true, force: true });
  });

  function script(group: string, resource: string, items: readonly unknown[], namespace?: string): void {
    const place = namespace === undefined ? '' : `/namespaces/${namespace}`;
    const [base, apiVersion] = group === '' ? ['/api/v1', 'v1'] : [`/apis/${group}/v1`, `${group}/v1`];
    api.on(`${base}${place}/${resource}`, { body: { kind: 'List', apiVersion, metadata: {}, items } });
  }

  /** The configuration of the processor that is in the cluster. */
  function configure(part: string): void {
    const lines = [
      'apiVersion: warroom.intility.io/v1',
      'kind: ProcessorConfig',
      'cluster: { type: hub, name: production-hub }',
      'repository: { url: https://git.example.com/acme/warroom.git }',
      'trust: required',
      'trustDir: /trust',
      'stateDir: /state',
      'target: { kind: kubernetes }',
      part.replaceAll('IMAGE', `registry.example.com/claude-warroom@sha256:${'a1'.repeat(32)}`),
    ];
    const metadata = { name: 'claude-processor-config', namespace: 'claude-warroom' };
    const data = { 'processor.yaml': `${lines.join('\n')}\n` };
    const path = `/api/v1/namespaces/claude-warroom/configmaps/${metadata.name}`;
    api.on(path, { body: { kind: 'ConfigMap', apiVersion: 'v1', metadata, data } });
  }

  async function check(...more: readonly string[]): Promise<InProcessResult> {
    const warRoom = new MemoryWarRoom();
    const env = {
      HOME: folder,
      PATH: process.env['PATH'] ?? '',
      WARROOM_REPO: 'https://git.example.com/acme/warroom.git',
    };
    const argv = ['install', 'check', '--kubeconfig', 'kubeconfig', ...more];
    return await runInProcess(argv, { warRoom, cwd: folder, env });
  }

  it('is content with an account that reads, a confined pod and closed policies', async () => {
    const result = await check('--hosted', 'prod-1');
    expect(result.stdout.split('\n').map((line) => line.split('\t').slice(0, 2).join(' '))).toEqual([
      'ok processor',
      'ok confinement',
      'ok network policy',
      'ok quota',
      'ok webhooks',
      'ok may read',
      'ok may not',
      'ok argo cd',
      '',
    ]);
    expect(result.exit).toBe(0);
    // Nothing that kubectl keeps, in the home of the user or anywhere else.
    expect(await readdir(folder)).toEqual(['kubeconfig']);
    expect(new Set(asked.map(({ user }) => user))).toEqual(
      new Set(['system:serviceaccount:claude-warroom:claude-warroom-sa']),
    );
    const wanted = asked.map(({ resourceAttributes: each }) =>
      [each?.verb, each?.resource, each?.subresource, each?.namespace].join(' '),
    );
    expect(wanted).toEqual(
      expect.arrayContaining(['get pods log clusters-prod-1', 'get secrets  ', 'create pods exec clusters-prod-1']),
    );
  });

  it('names what is granted too much, what is missing, and what stands open', async () => {
    isGranted = (spec) =>
      spec.resourceAttributes?.resource === 'secrets' || (reads(spec) && spec.resourceAttributes?.resource !== 'nodes');
    const pod = aPod({ 'openshift.io/scc': 'anyuid' });
    api.on('/api/v1/namespaces/claude-warroom/pods', { body: { kind: 'PodList', apiVersion: 'v1', items: [pod] } });
    const open = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'open', namespace: 'claude-warroom' },
      spec: { podSelector: {}, egress: [{ ports: [{ port: 443 }] }] },
    };
    script('networking.k8s.io', 'networkpolicies', [open], 'claude-warroom');
    const application = {
      apiVersion: 'argoproj.io/v1',
      kind: 'Application',
      metadata: { name: 'hub', namespace: 'openshift-gitops' },
      // However the address is written.
      spec: { sources: [{ repoURL: 'git@git.example.com:acme/warroom' }] },
    };
    script('argoproj.io', 'applications', [application]);
    const { exit, stdout } = await check();
    expect(exit).toBe(1);
    expect(stdout).toMatch(/^warn\tmay read\tnot granted: .*list nodes/mu);
    expect(stdout).toMatch(/^fail\tmay not\tgranted: get secrets, list secrets, watch secrets/mu);
    expect(stdout).toContain('the pod was admitted by anyuid, not restricted-v2');
    expect(stdout).toContain('open: a rule of egress without to goes anywhere');
    expect(stdout).toContain('no policy denies what is not allowed');
    expect(stdout).toContain('warn\targo cd\twatches the war room: openshift-gitops/hub');
  });

  it('says what to do when the cluster refuses the administrator', async () => {
    api.token = 'another';
    const { exit, stdout } = await check();
    expect(exit).toBe(1);
    expect(stdout).toContain('log in to the cluster again');
  });
});

/** Everything that reads, but secrets and ways in. */
function reads({ resourceAttributes: each }: Asked): boolean {
  if (each === undefined) return true;
  const isWayIn = ['exec', 'attach', 'portforward', 'proxy', 'token'].includes(each.subresource ?? '');
  return ['get', 'list', 'watch'].includes(each.verb) && each.resource !== 'secrets' && !isWayIn;
}

function aPod(annotations: Readonly<Record<string, string>> = { 'openshift.io/scc': 'restricted-v2' }): unknown {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'claude-processor-0', namespace: 'claude-warroom', annotations },
    spec: { containers: [{ securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false } }] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

/** Discovery of one more group; the server knows a few of its own. */
function scriptGroup(
  api: ScriptedApiServer,
  group: string,
  resources: Readonly<Record<string, string>>,
  verbs: readonly string[] = ['get', 'list'],
): void {
  groups.add(group);
  api.on('/apis', {
    body: {
      kind: 'APIGroupList',
      apiVersion: 'v1',
      groups: [...groups].map((name) => ({
        name,
        versions: [{ groupVersion: `${name}/v1`, version: 'v1' }],
        preferredVersion: { groupVersion: `${name}/v1`, version: 'v1' },
      })),
    },
  });
  api.on(`/apis/${group}/v1`, {
    body: {
      kind: 'APIResourceList',
      groupVersion: `${group}/v1`,
      resources: Object.entries(resources).map(([name, kind]) => ({
        name,
        singularName: kind.toLowerCase(),
        namespaced: kind !== 'SubjectAccessReview',
        kind,
        verbs,
      })),
    },
  });
}

const groups = new Set<string>();
