import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { jobObject } from '../../../src/executor/kubernetes-job/job-object.ts';
import { networkPolicyFaults } from '../../../src/install/check-network-policies.ts';
import { buildKustomization, buildWithComponents, manifestsDir } from '../../../src/install/kustomization.ts';
import type { Installation } from '../../../src/install/installation.ts';
import type { EvidenceStore } from '../../../src/install/parse-store.ts';
import { kindOf, nameOf, namespaceOf } from '../../../src/install/kubernetes-object.ts';
import { agentNeeds, podNeeds } from '../../../src/install/pod-needs.ts';
import { roomFaults } from '../../../src/install/check-quota.ts';
import { demandsOf } from '../../../src/install/demands.ts';
import { processorFile, renderInstallation } from '../../../src/install/render.ts';
import { valueAt } from '../../../src/install/json-patch.ts';
import { findProgram } from '../../../src/lib/find-program.ts';
import { parseDocument } from '../../../src/schema/parse-document.ts';
import { formatYamlObjects, readYamlObjects, type YamlObject } from '../../../src/schema/yaml-objects.ts';
import { printSkipReason } from '../../support/skip-reason.ts';

const hasKubectl = (await findProgram('kubectl', process.env['PATH'])) !== undefined;
if (!hasKubectl) printSkipReason('manifests are not compared with kustomize: there is no kubectl');

const MANIFESTS = manifestsDir();
const DIGEST = `sha256:${'a1'.repeat(32)}`;

function anInstallation(change: Partial<Installation> = {}): Installation {
  return {
    type: 'hub',
    cluster: 'production-hub',
    platform: 'openshift',
    image: `registry.example.com/claude-warroom@${DIGEST}`,
    repository: { url: 'https://git.example.com/acme/warroom.git' },
    apiServer: ['203.0.113.7/32'],
    apiPort: 6443,
    egress: { kind: 'proxy', host: '203.0.113.9', port: 8080 },
    hosted: ['prod-1'],
    logNamespaces: ['openshift-ingress'],
    engine: 'auto',
    parts: [],
    ...{ maxJobs: 2, agent: { cpu: '1', memory: '1Gi', storage: '1Gi' }, maxSessions: 2 },
    storage: { size: '5Gi' },
    ...change,
  };
}

function aStore(change: Partial<EvidenceStore> = {}): EvidenceStore {
  const cidrs = ['203.0.113.40/32'];
  return { bucket: 'warroom-evidence', secret: 'claude-evidence-store', hasAuthority: true, cidrs, ...change };
}

const VARIANTS: readonly Partial<Installation>[] = [
  {},
  {
    parts: [
      'thanos',
      'signing-key',
      'brake-configmap',
      'metrics',
      'canary',
      'job-executor',
      'sessions',
      'results-configmap',
    ],
    runbooks: 'https://docs.example.com/warroom',
  },
  { parts: ['s3-publisher', 'results-configmap'], store: aStore() },
  {
    parts: ['s3-publisher'],
    store: aStore({ cidrs: [], endpoint: 'https://s3.example.com:9000', region: 'eu-north-1', prefix: 'hub/' }),
    egress: { kind: 'firewall', names: ['git.example.com'] },
  },
  { egress: { kind: 'addresses', cidrs: ['203.0.113.20/32'] }, platform: 'kubernetes' },
  { egress: { kind: 'firewall', names: ['git.example.com', 'api.anthropic.com'] } },
  { type: 'hosted-processor', hosted: [], engine: 'diagnostics' },
  { type: 'hosted', hosted: [] },
  {
    repository: { url: 'ssh://git@git.example.com/acme/warroom.git' },
    egress: { kind: 'firewall', names: ['git.example.com'] },
  },
];

function object(objects: readonly YamlObject[], kind: string, name: string): YamlObject {
  const found = objects.find((each) => kindOf(each) === kind && nameOf(each) === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
}

describe('what is rendered', () => {
  it.each(VARIANTS)('has no example value left, and no policy that lets everything pass: %j', async (change) => {
    const objects = await renderInstallation(anInstallation(change), MANIFESTS);
    const text = formatYamlObjects(objects);
    for (const example of [/192\.0\.2\./u, /198\.51\.100\./u, /:0\.1\.0\b/u, /staging-hub/u])
      expect(text).not.toMatch(example);
    for (const policy of objects.filter((each) => kindOf(each) === 'NetworkPolicy')) {
      const rules = [...listAt(policy, '/spec/egress'), ...listAt(policy, '/spec/ingress')];
      for (const rule of rules) {
        expect([...listAt(rule, '/to'), ...listAt(rule, '/from')], nameOf(policy)).not.toEqual([]);
        expect(listAt(rule, '/ports'), nameOf(policy)).not.toEqual([]);
      }
    }
    const names = objects.map((each) => [kindOf(each), namespaceOf(each), nameOf(each)].join('/'));
    expect(new Set(names).size).toBe(names.length);
    expect(kindsOf(objects)).not.toContain('Secret');
    expect(readYamlObjects(text, 'rendered')).toEqual(objects);
  });

  it.each(VARIANTS)('configures the processor with a file that it accepts: %j', (change) => {
    const parsed = parseDocument('ProcessorConfig', processorFile(anInstallation(change)), { file: 'processor.yaml' });
    expect(parsed).toMatchObject({ ok: true });
  });

  it('gives the processor what its configuration names, at the place that it names', async () => {
    const parts = [
      ...(['thanos', 'signing-key', 'brake-configmap', 'canary', 'job-executor', 'sessions'] as const),
      ...(['results-configmap', 's3-publisher'] as const),
    ];
    const installation = anInstallation({ parts, store: aStore() });
    const objects = await renderInstallation(installation, MANIFESTS);
    const mounts = listAt(
      object(objects, 'StatefulSet', 'claude-processor'),
      '/spec/template/spec/containers/0/volumeMounts',
    );
    const folders = mounts.map((mount) => valueAt(mount, '/mountPath') as string);
    const named = processorFile(installation).match(/\/(?:etc|var)\/[a-z0-9/_.-]+/gu) ?? [];
    expect(named.length).toBeGreaterThan(6);
    for (const path of named) {
      if (path.startsWith('/var/run/secrets/')) continue;
      expect(
        folders.some((folder) => path === folder || path.startsWith(`${folder}/`)),
        path,
      ).toBe(true);
    }
  });

  it('has room for the agents that its processor may start', async () => {
    const parts = ['job-executor'] as const;
    const objects = await renderInstallation(anInstallation({ parts, maxJobs: 5 }), MANIFESTS);
    expect(valueAt(object(objects, 'ResourceQuota', 'claude-warroom'), '/spec/hard')).toMatchObject({
      ...{ pods: '9', 'requests.cpu': '2500m', 'requests.memory': '9Gi' },
      ...{ 'limits.cpu': '11', 'limits.memory': '13Gi' },
    });
    expect(processorFile(anInstallation({ parts, maxJobs: 5 }))).toMatch(/maxJobs: 5\n[^]*concurrency: 5\n/u);
    const without = await renderInstallation(anInstallation({ maxJobs: 5 }), MANIFESTS);
    expect(valueAt(object(without, 'ResourceQuota', 'claude-warroom'), '/spec/hard/pods')).toBe('4');
    expect(processorFile(anInstallation())).not.toContain('concurrency');
  });

  it('has room for larger agents, and for a container that large', async () => {
    const agent = { cpu: '4500m', memory: '7680Mi', storage: '3Gi' };
    const installation = anInstallation({ parts: ['job-executor'], maxJobs: 3, agent });
    const objects = await renderInstallation(installation, MANIFESTS);
    expect(valueAt(object(objects, 'ResourceQuota', 'claude-warroom'), '/spec/hard')).toMatchObject({
      ...{ pods: '7', 'requests.cpu': '2300m', 'requests.memory': '27136Mi' },
      ...{ 'limits.cpu': '19500m', 'limits.memory': '31232Mi' },
    });
    expect(valueAt(object(objects, 'LimitRange', 'claude-warroom'), '/spec/limits/0/max')).toEqual({
      ...{ cpu: '4500m', memory: '7680Mi' },
    });
    const parsed = parseDocument('ProcessorConfig', processorFile(installation), { file: 'processor.yaml' });
    expect(parsed).toMatchObject({ value: { executor: { maxJobs: 3, resources: agent } } });
  });

  it('has room for as many sessions as its processor may start', async () => {
    const installation = anInstallation({ parts: ['sessions'], maxSessions: 6 });
    const objects = await renderInstallation(installation, MANIFESTS);
    expect(valueAt(object(objects, 'ResourceQuota', 'sessions'), '/spec/hard')).toMatchObject({
      ...{ pods: '6', 'requests.cpu': '1500m', 'requests.memory': '3Gi', 'limits.cpu': '6', 'limits.memory': '6Gi' },
      persistentvolumeclaims: '0',
    });
    expect(processorFile(installation)).toContain('maxSessions: 6');
  });

  it.each(VARIANTS)('has room for itself, by the quotas that it brings: %j', async (change) => {
    const installation = anInstallation(change);
    const objects = await renderInstallation(installation, MANIFESTS);
    const parsed = parseDocument('ProcessorConfig', processorFile(installation), { file: 'processor.yaml' });
    if (!parsed.ok) throw new Error('not a configuration');
    const workloads = objects.filter((each) => ['StatefulSet', 'CronJob'].includes(kindOf(each)));
    for (const [namespace, demands] of demandsOf(parsed.value, workloads)) {
      const own = objects.filter((each) => namespaceOf(each) === namespace);
      const quotas = own.filter((each) => kindOf(each) === 'ResourceQuota');
      const ranges = own.filter((each) => kindOf(each) === 'LimitRange');
      expect(roomFaults({ quotas, ranges }, demands)).toEqual([]);
    }
  });

  it('counts for an agent what the Job of one asks for', () => {
    const resources = { cpu: '1500m', memory: '2Gi', storage: '3Gi' };
    const facts = { name: 'a', requestId: 'r', run: 'u', holder: 'h', image: 'i', url: 'https://10.0.0.7:8443' };
    const job = jobObject({ ...facts, limitSeconds: 1, ttlSeconds: 1, resources });
    expect(agentNeeds(resources)).toEqual(podNeeds(valueAt(job, '/spec/template/spec')));
    expect(agentNeeds(resources)).toMatchObject({ pods: 1, 'requests.cpu': 0.1, 'limits.memory': 2 ** 31 });
  });

  it('opens one way from sessions to the model of the processor, and no other', async () => {
    const installation = anInstallation({ parts: ['sessions'] });
    const objects = await renderInstallation(installation, MANIFESTS);
    const config = parseDocument('ProcessorConfig', processorFile(installation), { file: 'processor.yaml' });
    const address = 'claude-session-model.claude-warroom.svc';
    const listen = { host: '0.0.0.0', port: 8444, address };
    expect(config).toMatchObject({ value: { sessions: { model: { kind: 'broker', listen } } } });
    const service = object(objects, 'Service', 'claude-session-model');
    expect(`${String(valueAt(service, '/metadata/name'))}.${String(valueAt(service, '/metadata/namespace'))}.svc`).toBe(
      address,
    );
    const set = object(objects, 'StatefulSet', 'claude-processor');
    expect(valueAt(set, '/spec/template/metadata/labels')).toMatchObject(
      valueAt(service, '/spec/selector') as Record<string, string>,
    );
    const ports = [{ protocol: 'TCP', port: 8444 }];
    const [out, into] = [
      object(objects, 'NetworkPolicy', 'model'),
      object(objects, 'NetworkPolicy', 'processor-sessions'),
    ];
    expect(valueAt(service, '/spec/ports/0')).toMatchObject({ port: 8444, targetPort: 8444 });
    expect(valueAt(out, '/spec/egress')).toMatchObject([
      { ports, to: [{ podSelector: valueAt(into, '/spec/podSelector') }] },
    ]);
    expect(valueAt(into, '/spec/ingress')).toMatchObject([
      { ports, from: [{ podSelector: valueAt(out, '/spec/podSelector') }] },
    ]);
    const policies = objects.filter((each) => kindOf(each) === 'NetworkPolicy');
    for (const namespace of ['claude-warroom', 'claude-warroom-sessions']) {
      const own = policies.filter((each) => valueAt(each, '/metadata/namespace') === namespace);
      expect(networkPolicyFaults(own)).toEqual([]);
    }
    const without = processorFile(anInstallation({ parts: ['sessions'], engine: 'diagnostics' }));
    expect(without).toContain('sessions:');
    expect(without).not.toContain('claude-session-model');
  });

  it('is probed and scraped on the one port that it serves', async () => {
    const installation = anInstallation({ parts: ['metrics'] });
    const objects = await renderInstallation(installation, MANIFESTS);
    const pod = '/spec/template/spec/containers/0';
    const set = object(objects, 'StatefulSet', 'claude-processor');
    const port = { name: 'metrics', containerPort: 9464, protocol: 'TCP' };
    expect(valueAt(set, `${pod}/ports`)).toEqual([port]);
    expect(valueAt(set, `${pod}/livenessProbe/httpGet`)).toEqual({ path: '/healthz', port: port.name });
    expect(valueAt(set, `${pod}/readinessProbe/httpGet`)).toEqual({ path: '/readyz', port: port.name });
    const config = parseDocument('ProcessorConfig', processorFile(installation), { file: 'processor.yaml' });
    expect(config).toMatchObject({ value: { metrics: { listen: { host: '0.0.0.0', port: port.containerPort } } } });
    const service = object(objects, 'Service', 'claude-processor');
    expect(valueAt(service, '/spec/ports/0')).toMatchObject({ name: 'metrics', port: 9464, targetPort: port.name });
    const monitor = object(objects, 'ServiceMonitor', 'claude-processor');
    expect(valueAt(monitor, '/spec/endpoints/0/port')).toBe('metrics');
    expect(valueAt(service, '/metadata/labels')).toMatchObject(
      valueAt(monitor, '/spec/selector/matchLabels') as Record<string, string>,
    );
    const policy = object(objects, 'NetworkPolicy', 'processor-metrics');
    expect(valueAt(policy, '/spec/ingress/0/ports')).toEqual([{ protocol: 'TCP', port: 9464 }]);
    expect(networkPolicyFaults(objects.filter((each) => kindOf(each) === 'NetworkPolicy'))).toEqual([]);
  });

  it('gives the store its Secret and one way out of its own', async () => {
    const store = aStore({ secret: 'our-store', endpoint: 'https://s3.example.com:9000' });
    const objects = await renderInstallation(anInstallation({ parts: ['s3-publisher'], store }), MANIFESTS);
    const set = object(objects, 'StatefulSet', 'claude-processor');
    expect(listAt(set, '/spec/template/spec/volumes')).toContainEqual({
      name: 'evidence-store',
      secret: { secretName: 'our-store', defaultMode: 0o440, optional: true },
    });
    expect(listAt(object(objects, 'NetworkPolicy', 'evidence-store-egress'), '/spec/egress')).toEqual([
      { to: [{ ipBlock: { cidr: '203.0.113.40/32' } }], ports: [{ protocol: 'TCP', port: 9000 }] },
    ]);
    expect(networkPolicyFaults(objects.filter((each) => kindOf(each) === 'NetworkPolicy'))).toEqual([]);
  });

  it.each<[Partial<EvidenceStore>, readonly string[], number]>([
    [{ endpoint: 'https://s3.example.com:9000' }, ['s3.example.com'], 9000],
    [{ region: 'eu-north-1' }, ['warroom-evidence.s3.eu-north-1.amazonaws.com', 's3.eu-north-1.amazonaws.com'], 443],
  ])('lets the firewall know the store by its names: %j', async (change, names, port) => {
    const egress = { kind: 'firewall', names: ['git.example.com'] } as const;
    const store = aStore({ cidrs: [], ...change });
    const objects = await renderInstallation(anInstallation({ egress, parts: ['s3-publisher'], store }), MANIFESTS);
    const rules = listAt(object(objects, 'EgressFirewall', 'default'), '/spec/egress');
    for (const dnsName of names) {
      expect(rules).toContainEqual({ type: 'Allow', to: { dnsName }, ports: [{ protocol: 'TCP', port }] });
    }
    expect(objects.map(nameOf)).not.toContain('evidence-store-egress');
    const ports = listAt(object(objects, 'NetworkPolicy', 'processor-egress'), '/spec/egress/0/ports');
    expect(ports).toContainEqual({ protocol: 'TCP', port });
  });

  it('links alerts to where docs/ is served, and only then', async () => {
    const urls = async (change: Partial<Installation>): Promise<readonly string[]> => {
      const objects = await renderInstallation(anInstallation({ parts: ['metrics'], ...change }), MANIFESTS);
      return formatYamlObjects(objects).match(/runbook_url: .*/gu) ?? [];
    };
    expect(await urls({})).toEqual([]);
    const linked = await urls({ runbooks: 'https://docs.example.com/warroom' });
    expect(linked).toHaveLength(8);
    expect(linked).toContain('runbook_url: https://docs.example.com/warroom/operations.md#no-poll');
  });

  it('has the names that people know', async () => {
    const objects = await renderInstallation(anInstallation(), MANIFESTS);
    expect(objects.map((each) => `${kindOf(each)}/${nameOf(each)}`)).toEqual(
      expect.arrayContaining([
        ...['Namespace/claude-warroom', 'StatefulSet/claude-processor', 'ServiceAccount/claude-warroom-sa'],
        ...['PodDisruptionBudget/claude-processor', 'ResourceQuota/claude-warroom', 'LimitRange/claude-warroom'],
        ...['ConfigMap/claude-processor-config', 'ConfigMap/claude-trust', 'Service/claude-processor'],
      ]),
    );
    const set = object(objects, 'StatefulSet', 'claude-processor');
    expect(valueAt(set, '/spec/template/spec/serviceAccountName')).toBe('claude-warroom-sa');
    expect(secretsOf(set)).toContain('claude-api-secret');
    expect(processorFile(anInstallation())).toContain('apiKeyFile: /etc/claude-warroom/api/api-key');
  });

  it.each(['sealed-secrets', 'external-secrets'])('has its Secrets as %s to start from', async (variant) => {
    const set = object(
      await renderInstallation(anInstallation({ parts: ['signing-key'] }), MANIFESTS),
      'StatefulSet',
      'claude-processor',
    );
    const examples = await buildKustomization(`${MANIFESTS}/examples/${variant}`);
    expect(examples.map(nameOf)).toEqual(expect.arrayContaining([...secretsOf(set)]));
    expect(examples.every((each) => namespaceOf(each) === 'claude-warroom')).toBe(true);
    expect(formatYamlObjects(examples)).toContain('api-key');
  });

  it('runs with nothing but what it needs', async () => {
    const objects = await renderInstallation(anInstallation(), MANIFESTS);
    const templates = [
      valueAt(object(objects, 'StatefulSet', 'claude-processor'), '/spec/template/spec'),
      valueAt(object(objects, 'CronJob', 'claude-log-binder'), '/spec/jobTemplate/spec/template/spec'),
    ];
    for (const template of templates) {
      expect(valueAt(template, '/securityContext')).toEqual({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      expect(valueAt(template, '/containers/0/securityContext')).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(valueAt(template, '/containers/0/image')).toMatch(/@sha256:/u);
      expect(JSON.stringify(template)).not.toMatch(/hostPath|hostNetwork|privileged|hostPID/u);
    }
  });

  it('opens the API servers, the proxy and DNS, and nothing else', async () => {
    const objects = await renderInstallation(anInstallation(), MANIFESTS);
    expect(valueAt(object(objects, 'NetworkPolicy', 'api-server'), '/spec/egress')).toEqual([
      { to: [{ ipBlock: { cidr: '203.0.113.7/32' } }], ports: [{ protocol: 'TCP', port: 6443 }] },
      {
        to: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'clusters-prod-1' } },
            podSelector: { matchLabels: { app: 'kube-apiserver' } },
          },
        ],
        ports: [{ protocol: 'TCP', port: 6443 }],
      },
    ]);
    expect(valueAt(object(objects, 'NetworkPolicy', 'processor-egress'), '/spec/egress')).toEqual([
      { to: [{ ipBlock: { cidr: '203.0.113.9/32' } }], ports: [{ protocol: 'TCP', port: 8080 }] },
    ]);
    const policies = objects.filter((each) => kindOf(each) === 'NetworkPolicy').map(nameOf);
    expect(policies.sort()).toEqual(['api-server', 'default-deny', 'processor-dns', 'processor-egress']);
    const container = valueAt(object(objects, 'StatefulSet', 'claude-processor'), '/spec/template/spec/containers/0');
    expect(valueAt(container, '/env')).toContainEqual({ name: 'HTTPS_PROXY', value: 'http://203.0.113.9:8080' });
    expect(processorFile(anInstallation())).toContain('proxy: http://203.0.113.9:8080');
  });

  it('lets an OVN firewall pass git, the model and the API server by name and address', async () => {
    const change: Partial<Installation> = {
      repository: { url: 'ssh://git@git.example.com:7999/acme/warroom.git' },
      egress: { kind: 'firewall', names: ['git.example.com', 'api.anthropic.com'] },
    };
    const objects = await renderInstallation(anInstallation(change), MANIFESTS);
    expect(valueAt(object(objects, 'EgressFirewall', 'default'), '/spec/egress')).toEqual([
      { type: 'Allow', to: { cidrSelector: '203.0.113.7/32' }, ports: [{ protocol: 'TCP', port: 6443 }] },
      { type: 'Allow', to: { dnsName: 'git.example.com' }, ports: [{ protocol: 'TCP', port: 7999 }] },
      { type: 'Allow', to: { dnsName: 'api.anthropic.com' }, ports: [{ protocol: 'TCP', port: 443 }] },
      { type: 'Deny', to: { cidrSelector: '0.0.0.0/0' } },
    ]);
    expect(valueAt(object(objects, 'NetworkPolicy', 'processor-egress'), '/spec/egress/0/ports')).toEqual([
      { protocol: 'TCP', port: 443 },
      { protocol: 'TCP', port: 7999 },
    ]);
  });

  it('binds the logs of the namespaces that are named, each once', async () => {
    const change: Partial<Installation> = { logNamespaces: ['openshift-ingress', 'openshift-dns', 'clusters-prod-1'] };
    const objects = await renderInstallation(anInstallation(change), MANIFESTS);
    const bound = objects.filter((each) => nameOf(each) === 'claude-warroom-logs' && kindOf(each) === 'RoleBinding');
    expect(bound.map(namespaceOf)).toEqual(['hypershift', 'openshift-dns', 'clusters-prod-1', 'openshift-ingress']);
  });

  it('makes an account and nothing that runs for a hosted cluster', async () => {
    const objects = await renderInstallation(
      anInstallation({ type: 'hosted', hosted: [], logNamespaces: [] }),
      MANIFESTS,
    );
    expect([...new Set(kindsOf(objects))].sort()).toEqual([
      'ClusterRole',
      'ClusterRoleBinding',
      'Namespace',
      'RoleBinding',
      'ServiceAccount',
    ]);
  });

  it('puts in whom the processor trusts', async () => {
    const trust = { allowed_signers: 'alice …\n', revoked_keys: '', 'policy.yaml': 'kind: Policy\n' };
    const objects = await renderInstallation(anInstallation({ trust }), MANIFESTS);
    expect(valueAt(object(objects, 'ConfigMap', 'claude-trust'), '/data')).toEqual(trust);
  });
});

describe('the manifests as they are', () => {
  it('trust nobody, and say so in files that a processor accepts', async () => {
    const objects = await buildKustomization(`${MANIFESTS}/hub`);
    const policy = valueAt(object(objects, 'ConfigMap', 'claude-trust'), '/data/policy.yaml') as string;
    expect(parseDocument('Policy', policy, { file: 'policy.yaml' })).toMatchObject({ ok: true });
    const config = valueAt(object(objects, 'ConfigMap', 'claude-processor-config'), '/data/processor.yaml') as string;
    expect(parseDocument('ProcessorConfig', config, { file: 'processor.yaml' })).toMatchObject({ ok: true });
  });

  it.skipIf(!hasKubectl).each(['hub', 'hosted', 'hosted-processor', 'argocd'])(
    'are read here as kustomize reads them: %s',
    async (name) => {
      expect(byName(await buildKustomization(`${MANIFESTS}/${name}`))).toEqual(
        byName(kustomize(`${MANIFESTS}/${name}`)),
      );
    },
  );

  it.skipIf(!hasKubectl).each(['hub', 'sealed-secrets', 'external-secrets'])(
    'have an example that kustomize builds: %s',
    (name) => {
      expect(kustomize(`${MANIFESTS}/examples/${name}`)).not.toEqual([]);
    },
  );

  it.skipIf(!hasKubectl)('compose as kustomize composes them', async () => {
    const parts = ['openshift', 'egress-addresses'].map((name) => `${MANIFESTS}/components/${name}`);
    const ours = await buildWithComponents(`${MANIFESTS}/hub`, parts);
    const theirs = kustomize(`${MANIFESTS}/examples/hub`);
    expect(kindsOf(ours).sort()).toEqual(kindsOf(theirs).sort());
    expect(valueAt(object(ours, 'StatefulSet', 'claude-processor'), '/spec/template/metadata')).toEqual(
      valueAt(object(theirs, 'StatefulSet', 'claude-processor'), '/spec/template/metadata'),
    );
  });

  it('never let Argo CD follow a war room or delete what a processor remembers', async () => {
    const objects = await buildKustomization(`${MANIFESTS}/argocd`);
    const source = valueAt(object(objects, 'ApplicationSet', 'claude-warroom'), '/spec/template/spec/source/repoURL');
    expect(valueAt(object(objects, 'AppProject', 'claude-warroom'), '/spec/sourceRepos')).toEqual([source]);
    expect(String(source)).toContain('deploy');
    expect(
      valueAt(object(objects, 'ApplicationSet', 'claude-warroom'), '/spec/template/spec/syncPolicy/automated/prune'),
    ).toBe(false);
  });

  it('are all permitted to Argo CD', async () => {
    const project = object(await buildKustomization(`${MANIFESTS}/argocd`), 'AppProject', 'claude-warroom');
    const permitted = [
      ...listAt(project, '/spec/clusterResourceWhitelist'),
      ...listAt(project, '/spec/namespaceResourceWhitelist'),
    ].map((each) => valueAt(each, '/kind') as string);
    for (const change of VARIANTS) {
      expect(permitted).toEqual(
        expect.arrayContaining(kindsOf(await renderInstallation(anInstallation(change), MANIFESTS))),
      );
    }
  });
});

function kindsOf(objects: readonly YamlObject[]): string[] {
  return objects.map(kindOf);
}

function listAt(value: unknown, path: string): readonly unknown[] {
  const list = valueAt(value, path);
  return Array.isArray(list) ? (list as unknown[]) : [];
}

/** Names of the Secrets that a workload mounts. */
function secretsOf(workload: YamlObject): readonly string[] {
  return listAt(workload, '/spec/template/spec/volumes').flatMap((volume) => {
    const name = valueAt(volume, '/secret/secretName');
    return typeof name === 'string' ? [name] : [];
  });
}

function byName(objects: readonly YamlObject[]): readonly YamlObject[] {
  const nameFor = (each: YamlObject): string => [kindOf(each), namespaceOf(each), nameOf(each)].join('/');
  return [...objects].sort((a, b) => nameFor(a).localeCompare(nameFor(b), 'en'));
}

/** What kustomize itself makes of a folder. */
function kustomize(folder: string): readonly YamlObject[] {
  return readYamlObjects(execFileSync('kubectl', ['kustomize', folder], { encoding: 'utf8', timeout: 60_000 }), folder);
}
