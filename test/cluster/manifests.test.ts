import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manifestsDir } from '../../src/install/kustomization.ts';
import { findProgram } from '../../src/lib/find-program.ts';
import { runChild } from '../../src/lib/child-process.ts';
import type { ApiKind } from '../support/api-kinds.ts';
import { runInProcess } from '../support/cli-context.ts';
import { closedEnvironment } from '../support/closed-environment.ts';
import { MemoryWarRoom } from '../support/memory-war-room.ts';
import { printSkipReason } from '../support/skip-reason.ts';
import { createTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { applyFolderTwice, applyTwice, parseManifests, renderFolder, type Manifest } from './apply-folder.ts';
import { pathOf, type ApiObject, type ClusterApi } from './cluster-api.ts';
import { applyDefinitions } from './definitions.ts';
import { createToken, writeKubeconfig } from './service-account.ts';
import { describeOnCluster, kubeconfigFile, openCluster } from './the-cluster.ts';
import { readKubeconfig } from '../../src/cluster-broker/kubeconfig.ts';

const kubectl = await findProgram('kubectl', process.env['PATH']);
if (kubectl === undefined) printSkipReason('manifests are not applied: there is no kubectl');

/** Kinds of the manifests that no playbook looks at. */
const KINDS: readonly ApiKind[] = [
  custom('k8s.ovn.org', 'v1', 'EgressFirewall', 'egressfirewalls'),
  custom('bitnami.com', 'v1alpha1', 'SealedSecret', 'sealedsecrets'),
  custom('external-secrets.io', 'v1', 'ExternalSecret', 'externalsecrets'),
];

/** Namespaces of the platform in which the manifests bind a role. */
const NAMESPACES = ['hypershift', 'openshift-dns', 'openshift-ovn-kubernetes', 'openshift-gitops', 'clusters-prod-1'];

/** Folders as they are, and overlays with the components of an installation. */
const FOLDERS: readonly (readonly [overlay: string, ...components: readonly string[]])[] = [
  ['hosted'],
  ['hub', 'openshift', 'egress-addresses', 'signing-key', 'brake-configmap', 'thanos'],
  ['hub', 'openshift', 'egress-firewall'],
  ['hub', 'kubernetes', 'egress-proxy', 'metrics', 'canary', 'results-configmap'],
  ['hub', 'openshift', 'egress-proxy', 'job-executor', 'sessions', 's3-publisher'],
  ['hosted-processor', 'openshift', 'egress-proxy'],
  ['argocd'],
  ['examples/hub'],
  ['examples/external-secrets'],
  ['examples/sealed-secrets'],
];

const DIGEST = `sha256:${'0'.repeat(64)}`;
const READER = 'claude-warroom/claude-warroom-sa';
const BINDER = 'claude-warroom/claude-log-binder';

describeOnCluster('the manifests', () => {
  let api: ClusterApi;
  let folder: TempFolder;
  const env = closedEnvironment();

  beforeAll(async () => {
    folder = await createTempFolder();
    api = await openCluster(...NAMESPACES);
    await applyDefinitions(api, KINDS);
  });

  afterAll(async () => {
    api.close();
    await folder.close();
  });

  /** An overlay and its components, as an administrator writes them down. */
  async function writeOverlay([overlay, ...components]: readonly [string, ...string[]]): Promise<string> {
    if (components.length === 0) return join(manifestsDir(), overlay);
    const path = join(folder.path, [overlay, ...components].join('+').replaceAll('/', '-'));
    await mkdir(path);
    const at = (...names: readonly string[]): string => relative(path, join(manifestsDir(), ...names));
    const kustomization = {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: [at(overlay)],
      components: components.map((name) => at('components', name)),
    };
    await writeFile(join(path, 'kustomization.yaml'), JSON.stringify(kustomization));
    return path;
  }

  async function render(...more: readonly string[]): Promise<readonly Manifest[]> {
    const argv = ['install', 'render', '--type', 'hub', '--cluster', 'production-hub', ...more];
    const { stdout, stderr, exit } = await runInProcess(argv, { warRoom: new MemoryWarRoom(), cwd: folder.path });
    expect({ stderr, exit }).toEqual({
      stderr: expect.stringMatching(/^warning: nobody is enrolled/u) as string,
      exit: 0,
    });
    return parseManifests(stdout);
  }

  /** What `install check` says of the cluster, by the name of each check. */
  async function check(...more: readonly string[]): Promise<Readonly<Record<string, string>>> {
    const argv = ['install', 'check', '--kubeconfig', kubeconfigFile(), '--json', ...more];
    const result = await runInProcess(argv, {
      warRoom: new MemoryWarRoom(),
      cwd: folder.path,
      env: { ...env, WARROOM_REPO: 'https://git.example.com/acme/warroom.git' },
    });
    const { checks } = JSON.parse(result.stdout) as {
      checks: readonly { name: string; state: string; text: string }[];
    };
    return Object.fromEntries(checks.map(({ name, state, text }) => [name, `${state}: ${text}`]));
  }

  describe.skipIf(kubectl === undefined)('on a real API server', () => {
    it.each(FOLDERS.map((parts) => [parts.join(', '), parts] as const))(
      '%s: accepted whole, and unchanged the second time',
      async (_, parts) => {
        const { objects, refused, drift } = await applyFolderTwice(api, await writeOverlay(parts), env);
        expect({ refused, drift }).toEqual({ refused: [], drift: [] });
        expect(objects.length).toBeGreaterThan(1);
      },
    );

    describe('as  install render  prints them', () => {
      const values = [
        ['--repository', 'https://git.example.com/acme/warroom.git'],
        ['--image', `registry.example.com/claude-warroom@${DIGEST}`],
        ['--api-server', '192.0.2.10'],
        ['--proxy', 'http://192.0.2.30:3128'],
        ['--hosted', 'prod-1'],
      ].flat();

      beforeAll(async () => {
        // What stands here of the folders would be replaced in its own time.
        for (const path of [STATEFUL_SET, POD]) await api.send('DELETE', path);
        const { refused, drift } = await applyTwice(api, await render(...values));
        expect({ refused, drift }).toEqual({ refused: [], drift: [] });
        await readyPod(api);
      });

      it('satisfy  install check, in both directions', async () => {
        const checks = await check('--hosted', 'prod-1');
        expect(checks).toEqual({
          processor: 'ok: claude-processor-0 is ready',
          confinement: 'ok: read-only root, no privileges, no SecurityContextConstraints here',
          'network policy': expect.stringMatching(/^ok: \d+ policies, each with peers and ports$/u) as string,
          quota: expect.stringMatching(/^ok: room for claude-processor, claude-log-binder/u) as string,
          webhooks: 'ok: none can refuse our pods',
          'may read': expect.stringMatching(/^ok: all \d+ rights that the built-in playbooks need$/u) as string,
          'may not': expect.stringMatching(/^ok: none of \d+ rights that a processor must not have$/u) as string,
          'argo cd': 'ok: no Application watches the war room',
        });
      });

      it('do not hide what somebody opened afterwards', async () => {
        const opened = [
          {
            apiVersion: 'rbac.authorization.k8s.io/v1',
            kind: 'Role',
            metadata: { name: 'too-much', namespace: 'clusters-prod-1' },
            rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }],
          },
          {
            apiVersion: 'rbac.authorization.k8s.io/v1',
            kind: 'RoleBinding',
            metadata: { name: 'too-much', namespace: 'clusters-prod-1' },
            roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'too-much' },
            subjects: [{ kind: 'ServiceAccount', name: 'claude-warroom-sa', namespace: 'claude-warroom' }],
          },
          {
            apiVersion: 'networking.k8s.io/v1',
            kind: 'NetworkPolicy',
            metadata: { name: 'anywhere', namespace: 'claude-warroom' },
            spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{}] },
          },
          {
            apiVersion: 'argoproj.io/v1alpha1',
            kind: 'Application',
            metadata: { name: 'war-room', namespace: 'openshift-gitops' },
            spec: { source: { repoURL: 'https://git.example.com/acme/warroom' } },
          },
          {
            apiVersion: 'admissionregistration.k8s.io/v1',
            kind: 'ValidatingWebhookConfiguration',
            metadata: { name: 'guard' },
            webhooks: [
              {
                name: 'pods.guard.example.com',
                admissionReviewVersions: ['v1'],
                sideEffects: 'None',
                clientConfig: { service: { namespace: 'openshift-gitops', name: 'away' } },
                rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
                namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'claude-warroom' } },
              },
            ],
          },
        ];
        await api.applyAll(opened);
        const checks = await check('--hosted', 'prod-1');
        for (const { kind, metadata, apiVersion } of opened) await remove(api, { kind, metadata, apiVersion });
        expect(checks['may not']).toBe('fail: granted: get secrets in clusters-prod-1');
        expect(checks['network policy']).toContain('anywhere');
        expect(checks['webhooks']).toContain(
          'nobody answers guard: pods.guard.example.com (service openshift-gitops/away)',
        );
        expect(checks['argo cd']).toBe('warn: watches the war room: openshift-gitops/war-room');
      });

      it('let the reader read, and neither secrets nor anything that changes something', async () => {
        const ask = async (method: string, path: string, body?: unknown): Promise<number> => {
          const { status } = await api.send(method, path, { as: READER, ...(body === undefined ? {} : { body }) });
          return status;
        };
        expect(await ask('GET', '/api/v1/namespaces/clusters-prod-1/pods')).toBe(200);
        expect(await ask('GET', '/api/v1/nodes')).toBe(200);
        expect(await ask('GET', '/api/v1/namespaces/claude-warroom/secrets')).toBe(403);
        expect(await ask('POST', '/api/v1/namespaces/claude-warroom/pods', { metadata: { name: 'x' } })).toBe(403);
        expect(await ask('DELETE', '/api/v1/namespaces/claude-warroom/pods/claude-processor-0')).toBe(403);
        expect(await ask('POST', '/api/v1/namespaces/claude-warroom/pods/claude-processor-0/exec?command=id')).toBe(
          403,
        );
      });
    });

    describe('the binder of logs', () => {
      async function bind(): Promise<string> {
        const config = join(folder.path, 'binder');
        const { server, ca } = await readKubeconfig(kubeconfigFile());
        await writeKubeconfig(config, { url: server, ca: String(ca) }, { token: await createToken(api, BINDER) });
        const manifests = await renderFolder(join(manifestsDir(), 'hub'), env);
        const { command, args } = containerOf(manifests.find(({ kind }) => kind === 'CronJob'));
        const argv = [...command, ...args];
        const childEnv = { ...env, HOME: folder.path, KUBECONFIG: config };
        const { end, stdout, stderr } = await runChild({ argv, env: childEnv, timeoutMs: 60_000, maxBytes: 65_536 });
        expect({ end, stderr: stderr.toString('utf8') }).toMatchObject({
          end: { kind: 'exited', exit: 0 },
          stderr: '',
        });
        return stdout.toString('utf8');
      }

      it('binds the one role in each new control plane, once, and can bind no other', async () => {
        await api.applyAll([
          { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'clusters-new-1' } },
          { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other-clusters-new-1' } },
        ]);
        const created = await bind();
        expect(created).toContain('rolebinding.rbac.authorization.k8s.io/claude-warroom-logs created');
        expect(await bind()).toBe('');
        const binding = (namespace: string): string =>
          `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings/claude-warroom-logs`;
        expect((await api.send('GET', binding('clusters-new-1'))).status).toBe(200);
        expect((await api.send('GET', binding('other-clusters-new-1'))).status).toBe(404);
        const more = {
          metadata: { name: 'more' },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
          subjects: [{ kind: 'ServiceAccount', name: 'claude-log-binder', namespace: 'claude-warroom' }],
        };
        const path = '/apis/rbac.authorization.k8s.io/v1/namespaces/clusters-new-1/rolebindings';
        expect((await api.send('POST', path, { as: BINDER, body: more })).status).toBe(403);
      });
    });
  });
});

const STATEFUL_SET = '/apis/apps/v1/namespaces/claude-warroom/statefulsets/claude-processor';
const POD = '/api/v1/namespaces/claude-warroom/pods/claude-processor-0';

/** The pod of the StatefulSet, made here where no controller makes it, and ready as a kubelet says it. */
async function readyPod(api: ClusterApi): Promise<void> {
  const { spec } = (await api.read(STATEFUL_SET)) as { spec: { template: PodTemplate } };
  const { metadata, spec: podSpec } = spec.template;
  const place = { name: 'claude-processor-0', namespace: 'claude-warroom' };
  const pod = {
    metadata: { ...metadata, ...place },
    spec: { ...podSpec, volumes: [...podSpec.volumes, { name: 'state', emptyDir: {} }] },
  };
  const { status } = await api.send('POST', '/api/v1/namespaces/claude-warroom/pods', { body: pod });
  expect([201, 409]).toContain(status);
  const ready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
  const body = { status: ready };
  const patched = await api.send('PATCH', `${POD}/status`, { body, contentType: 'application/merge-patch+json' });
  expect(patched.status).toBe(200);
}

interface PodTemplate {
  readonly metadata: object;
  readonly spec: { readonly volumes: readonly object[] };
}

function containerOf(cronJob: Manifest | undefined): { command: readonly string[]; args: readonly string[] } {
  const { spec } = cronJob as unknown as {
    spec: { jobTemplate: { spec: { template: { spec: { containers: { command: string[]; args: string[] }[] } } } } };
  };
  const [container] = spec.jobTemplate.spec.template.spec.containers;
  if (container === undefined) throw new Error('the job has no container');
  return container;
}

async function remove(api: ClusterApi, object: ApiObject): Promise<void> {
  const { status } = await api.send('DELETE', pathOf(object));
  expect(status).toBe(200);
}

function custom(group: string, version: string, kind: string, resource: string): ApiKind {
  return { group, version, kind, resource, isNamespaced: true, isCustom: true };
}
