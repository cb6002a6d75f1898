import { join } from 'node:path';
import type { ProcessorConfig, ProcessorPublisher, S3PublisherConfig } from '../schema/generated.ts';
import { formatYaml } from '../schema/format-document.ts';
import type { YamlObject } from '../schema/yaml-objects.ts';
import type { Installation } from './installation.ts';
import { applyPatch, valueAt, type PatchOperation } from './json-patch.ts';
import { kindOf, nameOf, namespaceOf, NAMESPACE, SERVICE_ACCOUNT } from './kubernetes-object.ts';
import { SESSION_NEEDS } from './demands.ts';
import { buildWithComponents } from './kustomization.ts';
import type { EvidenceStore } from './parse-store.ts';
import { agentNeeds, times, type Needs } from './pod-needs.ts';
import {
  apiServerChanges,
  controlPlaneNamespace,
  egressChanges,
  firewallChanges,
  proxyUrl,
  storePolicyChanges,
} from './render-network.ts';
import { addToQuota, raiseLimits, setQuota } from './room-for-pods.ts';

/** Folder in which the pod of a processor finds what it is given. */
const GIVEN = '/etc/claude-warroom';

/** Of a processor whose configuration names none; with fewer than its agents some of them would never run. */
const DEFAULT_CONCURRENCY = 2;

/** Of the probes too, so it stands in the manifests as well. */
const METRICS_PORT = 9464;

const STORE_POLICY = 'NetworkPolicy/evidence-store-egress';

/** Everything that an administrator applies, secrets aside. Reads the manifests in `folder`, nothing else. */
export async function renderInstallation(installation: Installation, folder: string): Promise<readonly YamlObject[]> {
  const { type, platform, egress, parts } = installation;
  const overlay = join(folder, type);
  const components = type === 'hosted' ? [] : [platform, `egress-${egress.kind}`, ...parts];
  const objects = await buildWithComponents(
    overlay,
    components.map((name) => join(folder, 'components', name)),
  );
  return [...objects, ...logBindings(installation, objects)]
    .filter((object) => isMeant(object, installation))
    .map((object) => applyPatch(object, changesOf(object, installation)));
}

/** Where a firewall knows names, the policy of the store has nothing to say unless somebody gave addresses. */
function isMeant(object: YamlObject, { store }: Installation): boolean {
  return `${kindOf(object)}/${nameOf(object)}` !== STORE_POLICY || (store?.cidrs ?? []).length > 0;
}

/** Logs of the namespaces that are named, beside those that the manifests bind. */
function logBindings({ hosted, logNamespaces }: Installation, objects: readonly YamlObject[]): readonly YamlObject[] {
  const bound = objects
    .filter((object) => kindOf(object) === 'RoleBinding' && nameOf(object) === 'claude-warroom-logs')
    .map(namespaceOf);
  const wanted = [...hosted.map(controlPlaneNamespace), ...logNamespaces];
  return [...new Set(wanted)]
    .filter((namespace) => !bound.includes(namespace))
    .map((namespace) => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'claude-warroom-logs', namespace, labels: { 'app.kubernetes.io/name': 'claude-warroom' } },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'claude-warroom-logs' },
      subjects: [{ kind: 'ServiceAccount', name: SERVICE_ACCOUNT, namespace: NAMESPACE }],
    }));
}

/** What the values of an installation change in one object; each place is one that the manifests fill with an example. */
function changesOf(object: YamlObject, installation: Installation): readonly PatchOperation[] {
  switch (`${kindOf(object)}/${nameOf(object)}`) {
    case 'ConfigMap/claude-processor-config':
      return [{ op: 'replace', path: '/data/processor.yaml', value: processorFile(installation) }];
    case 'ConfigMap/claude-trust':
      return trustChanges(installation);
    case 'StatefulSet/claude-processor':
      return statefulSetChanges(object, installation);
    case 'ResourceQuota/claude-warroom':
      return installation.parts.includes('job-executor') ? addToQuota(object, needsOfAgents(installation)) : [];
    case 'LimitRange/claude-warroom':
      return installation.parts.includes('job-executor') ? raiseLimits(object, agentNeeds(installation.agent)) : [];
    case 'ResourceQuota/sessions':
      return setQuota(object, times(installation.maxSessions, SESSION_NEEDS));
    case 'CronJob/claude-log-binder':
      return binderChanges(installation);
    case 'NetworkPolicy/api-server':
      return apiServerChanges(installation);
    case 'NetworkPolicy/processor-egress':
      return egressChanges(installation);
    case STORE_POLICY:
      return storePolicyChanges(installation);
    case 'PrometheusRule/claude-processor':
      return runbookChanges(object, installation);
    case 'EgressFirewall/default':
      return firewallChanges(installation);
    default:
      return [];
  }
}

/** Beside what the manifests made the quota for. */
function needsOfAgents({ agent, maxJobs }: Installation): Needs {
  return times(maxJobs, agentNeeds(agent));
}

/** The configuration of the processor, as its pod finds it. */
export function processorFile(installation: Installation): string {
  const { type, cluster, repository, hosted, engine, egress, parts } = installation;
  const isSsh = repository.url.startsWith('ssh://');
  const config: ProcessorConfig = {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'ProcessorConfig',
    cluster: { type: type === 'hub' ? 'hub' : 'hosted', name: cluster },
    holder: 'claude-processor-0',
    trust: 'required',
    trustDir: `${GIVEN}/trust`,
    ...(parts.includes('signing-key') ? { signingKeyFile: `${GIVEN}/signing/id_ed25519` } : {}),
    repository: {
      ...repository,
      credential: isSsh
        ? { sshKeyFile: `${GIVEN}/git/id_ed25519`, knownHostsFile: `${GIVEN}/git/known_hosts` }
        : { tokenFile: `${GIVEN}/git/token` },
      ...(egress.kind === 'proxy' ? { proxy: proxyUrl(egress) } : {}),
    },
    stateDir: '/var/lib/claude-warroom',
    metrics: { listen: { host: '0.0.0.0', port: METRICS_PORT } },
    target: {
      kind: 'kubernetes',
      ...(hosted.length === 0
        ? {}
        : { hosted: hosted.map((name) => ({ name, kubeconfigFile: `${GIVEN}/hosted/${name}` })) }),
    },
    broker: {
      allow: [{ group: 'cert-manager.io', resources: ['certificates'] }],
      ...(parts.includes('thanos')
        ? {
            prometheus: {
              url: 'https://thanos-querier.openshift-monitoring.svc:9091',
              tokenFile: '/var/run/secrets/kubernetes.io/serviceaccount/token',
              caFile: `${GIVEN}/service-ca/service-ca.crt`,
            },
          }
        : {}),
    },
    ...(parts.includes('sessions') ? { sessions: sessionsOf(installation) } : {}),
    engine,
    ...(engine === 'diagnostics' ? {} : { claude: { apiKeyFile: `${GIVEN}/api/api-key` } }),
    ...(parts.includes('canary') ? { canary: { keyFile: `${GIVEN}/canary/id_ed25519` } } : {}),
    ...(parts.includes('job-executor')
      ? {
          executor: {
            kind: 'kubernetes-job' as const,
            image: installation.image,
            credentialDir: `${GIVEN}/jobs`,
            maxJobs: installation.maxJobs,
            resources: installation.agent,
          },
          concurrency: Math.max(DEFAULT_CONCURRENCY, installation.maxJobs),
        }
      : {}),
    ...publishersOf(installation),
    ...(parts.includes('brake-configmap') ? { pauseFile: `${GIVEN}/brake/PAUSE` } : {}),
  };
  return formatYaml('ProcessorConfig', config);
}

/** The Service of the manifests, whose address stays when the pod of the processor is another one. */
function sessionsOf({ engine, image, maxSessions }: Installation): NonNullable<ProcessorConfig['sessions']> {
  const listen = { host: '0.0.0.0', port: 8444, address: 'claude-session-model.claude-warroom.svc' };
  return {
    kubeconfigFile: `${GIVEN}/sessions/kubeconfig`,
    image,
    maxSessions,
    ...(engine === 'diagnostics' ? {} : { model: { kind: 'broker', listen } }),
  };
}

function publishersOf({ parts, store }: Installation): Pick<ProcessorConfig, 'publishers'> {
  const publishers: ProcessorPublisher[] = [
    ...(store === undefined ? [] : [{ kind: 's3' as const, s3: storeConfig(store) }]),
    ...(parts.includes('results-configmap')
      ? [{ kind: 'configmap' as const, configmap: { accountDir: `${GIVEN}/results-writer` } }]
      : []),
  ];
  return publishers.length === 0 ? {} : { publishers };
}

function storeConfig({ bucket, prefix, endpoint, region, hasAuthority }: EvidenceStore): S3PublisherConfig {
  const folder = `${GIVEN}/store`;
  return {
    bucket,
    ...(prefix === undefined ? {} : { prefix }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    ...(hasAuthority ? { caFile: `${folder}/ca.crt` } : {}),
    accessKeyIdFile: `${folder}/access-key-id`,
    secretAccessKeyFile: `${folder}/secret-access-key`,
  };
}

function trustChanges({ trust = {} }: Installation): readonly PatchOperation[] {
  return Object.entries(trust).map(([name, value]) => ({ op: 'replace', path: `/data/${name}`, value }));
}

function statefulSetChanges(object: YamlObject, installation: Installation): readonly PatchOperation[] {
  const { image, storage, egress, store } = installation;
  const claim = '/spec/volumeClaimTemplates/0/spec';
  const env = valueAt(object, '/spec/template/spec/containers/0/env');
  const volumes = valueAt(object, '/spec/template/spec/volumes');
  const storeAt = (Array.isArray(volumes) ? volumes : []).findIndex(
    (each) => valueAt(each, '/name') === 'evidence-store',
  );
  const proxyAt = (Array.isArray(env) ? env : []).findIndex((each) => valueAt(each, '/name') === 'HTTPS_PROXY');
  return [
    { op: 'replace', path: '/spec/template/spec/containers/0/image', value: image },
    { op: 'replace', path: `${claim}/resources/requests/storage`, value: storage.size },
    ...(storage.className === undefined
      ? []
      : [{ op: 'add' as const, path: `${claim}/storageClassName`, value: storage.className }]),
    ...(egress.kind === 'proxy' && proxyAt >= 0
      ? [
          {
            op: 'replace' as const,
            path: `/spec/template/spec/containers/0/env/${proxyAt}/value`,
            value: proxyUrl(egress),
          },
        ]
      : []),
    ...(store !== undefined && storeAt >= 0
      ? [
          {
            op: 'replace' as const,
            path: `/spec/template/spec/volumes/${storeAt}/secret/secretName`,
            value: store.secret,
          },
        ]
      : []),
  ];
}

function binderChanges({ image }: Installation): readonly PatchOperation[] {
  return [{ op: 'replace', path: '/spec/jobTemplate/spec/template/spec/containers/0/image', value: image }];
}

/** The page that an alert names, where somebody serves it. */
function runbookChanges(object: YamlObject, { runbooks }: Installation): readonly PatchOperation[] {
  if (runbooks === undefined) return [];
  return listAt(object, '/spec/groups').flatMap((group, at) =>
    listAt(group, '/rules').flatMap((rule, place): readonly PatchOperation[] => {
      const page = valueAt(rule, '/annotations/runbook');
      if (typeof page !== 'string') return [];
      const path = `/spec/groups/${at}/rules/${place}/annotations/runbook_url`;
      return [{ op: 'add', path, value: `${runbooks}/${page.replace(/^docs\//u, '')}` }];
    }),
  );
}

function listAt(value: unknown, path: string): readonly unknown[] {
  const list = valueAt(value, path);
  return Array.isArray(list) ? list : [];
}
