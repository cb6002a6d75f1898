import { isNeverRead } from '../domain/never-read.ts';

/** Resources of one API group; the empty group is the core one. */
export interface ResourceGroup {
  readonly group: string;
  readonly resources: readonly string[];
}

/** What may be read unless the administrator narrows it: what the playbooks look at, and nothing that holds secrets. */
export const ALLOWED_RESOURCES: readonly ResourceGroup[] = [
  {
    group: '',
    resources: words(
      'namespaces nodes pods services endpoints events persistentvolumes persistentvolumeclaims resourcequotas limitranges replicationcontrollers',
    ),
  },
  { group: 'events.k8s.io', resources: ['events'] },
  { group: 'apps', resources: words('deployments statefulsets daemonsets replicasets controllerrevisions') },
  { group: 'batch', resources: words('jobs cronjobs') },
  { group: 'policy', resources: ['poddisruptionbudgets'] },
  { group: 'autoscaling', resources: ['horizontalpodautoscalers'] },
  { group: 'discovery.k8s.io', resources: ['endpointslices'] },
  { group: 'networking.k8s.io', resources: words('networkpolicies ingresses ingressclasses') },
  { group: 'storage.k8s.io', resources: words('storageclasses csinodes csidrivers volumeattachments') },
  { group: 'coordination.k8s.io', resources: ['leases'] },
  { group: 'scheduling.k8s.io', resources: ['priorityclasses'] },
  { group: 'certificates.k8s.io', resources: ['certificatesigningrequests'] },
  { group: 'cert-manager.io', resources: ['certificates'] },
  { group: 'argoproj.io', resources: ['applications'] },
  { group: 'apiextensions.k8s.io', resources: ['customresourcedefinitions'] },
  { group: 'apiregistration.k8s.io', resources: ['apiservices'] },
  {
    group: 'admissionregistration.k8s.io',
    resources: words('validatingwebhookconfigurations mutatingwebhookconfigurations'),
  },
  { group: 'metrics.k8s.io', resources: words('nodes pods') },
  {
    group: 'hypershift.openshift.io',
    resources: words(
      'hostedclusters nodepools hostedcontrolplanes controlplanecomponents awsendpointservices azureprivatelinkservices gcpprivateserviceconnects hcpetcdbackups',
    ),
  },
  {
    group: 'certificates.hypershift.openshift.io',
    resources: words('certificaterevocationrequests certificatesigningrequestapprovals'),
  },
  { group: 'scheduling.hypershift.openshift.io', resources: ['clustersizingconfigurations'] },
  {
    group: 'cluster.x-k8s.io',
    resources: words('clusters machines machinesets machinedeployments machinepools machinehealthchecks'),
  },
  {
    group: 'infrastructure.cluster.x-k8s.io',
    resources: ['aws', 'azure', 'kubevirt', 'openstack'].flatMap((cloud) =>
      words('clusters machines machinetemplates').map((kind) => cloud + kind),
    ),
  },
  {
    group: 'capi-provider.agent-install.openshift.io',
    resources: words('agentclusters agentmachines agentmachinetemplates'),
  },
  {
    group: 'config.openshift.io',
    resources: words(
      'clusterversions clusteroperators infrastructures networks ingresses dnses featuregates schedulers apiservers',
    ),
  },
  {
    group: 'operator.openshift.io',
    resources: words(
      'etcds kubeapiservers kubecontrollermanagers kubeschedulers openshiftapiservers ingresscontrollers networks dnses storages clustercsidrivers',
    ),
  },
  { group: 'route.openshift.io', resources: ['routes'] },
  { group: 'machineconfiguration.openshift.io', resources: words('machineconfigpools kubeletconfigs') },
  {
    group: 'operators.coreos.com',
    resources: words('clusterserviceversions subscriptions installplans operatorconditions'),
  },
];

/** ConfigMaps of the cluster's own DNS and proxies, and certificates of authorities: the only ones read by default. */
export const READABLE_CONFIG_MAPS: readonly string[] = [
  'coredns',
  'dns-default',
  'kube-proxy',
  'kube-root-ca.crt',
  'openshift-service-ca.crt',
];

/** Subresources that an administrator may add; `pods/log` is always readable where pods are. */
export const ADDABLE_SUBRESOURCES: readonly string[] = ['status', 'scale'];

/** How an administrator changes what may be read. */
export interface ResourceChanges {
  readonly allow?: readonly ResourceGroup[];
  readonly deny?: readonly ResourceGroup[];
  /** Names of further ConfigMaps that may be read. */
  readonly configMaps?: readonly string[];
}

export interface ResourcePolicy {
  readonly isAllowed: (group: string, resource: string, subresource?: string) => boolean;
  /** Whether the data of a ConfigMap may be seen. */
  readonly isReadableConfigMap: (name: string) => boolean;
}

/** What is denied wins over what is allowed; a `resource/status` in `allow` adds that subresource. */
export function createResourcePolicy(changes: ResourceChanges = {}): ResourcePolicy {
  const allowed = entries([...ALLOWED_RESOURCES, ...(changes.allow ?? [])]);
  for (const entry of entries(changes.deny ?? [])) allowed.delete(entry);
  const configMaps = new Set([...READABLE_CONFIG_MAPS, ...(changes.configMaps ?? [])]);
  return {
    isAllowed: (group, resource, subresource) => {
      if (isNeverRead(resource) || !allowed.has(key(group, resource))) return false;
      if (subresource === undefined) return true;
      if (group === '' && resource === 'pods' && subresource === 'log') return true;
      return ADDABLE_SUBRESOURCES.includes(subresource) && allowed.has(key(group, `${resource}/${subresource}`));
    },
    isReadableConfigMap: (name) => configMaps.has(name),
  };
}

function entries(groups: readonly ResourceGroup[]): Set<string> {
  return new Set(groups.flatMap(({ group, resources }) => resources.map((resource) => key(group, resource))));
}

function key(group: string, resource: string): string {
  return `${group}/${resource}`;
}

function words(text: string): readonly string[] {
  return text.split(' ');
}
