/** A kind of object that playbooks look at, as the API serves it. */
export interface ApiKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly resource: string;
  readonly isNamespaced: boolean;
  /** Served by a definition of the tests, not by the API server itself. */
  readonly isCustom: boolean;
}

const OF_CLUSTER = false;
const OF_NAMESPACES = true;

function builtIn(
  groupVersion: string,
  isNamespaced: boolean,
  kinds: Readonly<Record<string, string>>,
): readonly ApiKind[] {
  return rows(groupVersion, { isNamespaced, isCustom: false }, kinds);
}

function custom(
  groupVersion: string,
  isNamespaced: boolean,
  kinds: Readonly<Record<string, string>>,
): readonly ApiKind[] {
  return rows(groupVersion, { isNamespaced, isCustom: true }, kinds);
}

function rows(
  groupVersion: string,
  facts: Pick<ApiKind, 'isNamespaced' | 'isCustom'>,
  kinds: Readonly<Record<string, string>>,
): readonly ApiKind[] {
  const [version = '', group = ''] = groupVersion.split('/').reverse();
  return Object.entries(kinds).map(([kind, resource]) => ({ group, version, kind, resource, ...facts }));
}

/** Names and versions after the documentation of each project. */
export const API_KINDS: readonly ApiKind[] = [
  ...builtIn('v1', OF_CLUSTER, { Namespace: 'namespaces', Node: 'nodes', PersistentVolume: 'persistentvolumes' }),
  ...builtIn('v1', OF_NAMESPACES, {
    Pod: 'pods',
    Service: 'services',
    Event: 'events',
    PersistentVolumeClaim: 'persistentvolumeclaims',
    ResourceQuota: 'resourcequotas',
    LimitRange: 'limitranges',
    ServiceAccount: 'serviceaccounts',
    Secret: 'secrets',
    ConfigMap: 'configmaps',
  }),
  ...builtIn('apps/v1', OF_NAMESPACES, {
    Deployment: 'deployments',
    ReplicaSet: 'replicasets',
    StatefulSet: 'statefulsets',
    DaemonSet: 'daemonsets',
    ControllerRevision: 'controllerrevisions',
  }),
  ...builtIn('batch/v1', OF_NAMESPACES, { Job: 'jobs' }),
  ...builtIn('autoscaling/v2', OF_NAMESPACES, { HorizontalPodAutoscaler: 'horizontalpodautoscalers' }),
  ...builtIn('policy/v1', OF_NAMESPACES, { PodDisruptionBudget: 'poddisruptionbudgets' }),
  ...builtIn('coordination.k8s.io/v1', OF_NAMESPACES, { Lease: 'leases' }),
  ...builtIn('discovery.k8s.io/v1', OF_NAMESPACES, { EndpointSlice: 'endpointslices' }),
  ...builtIn('networking.k8s.io/v1', OF_NAMESPACES, { Ingress: 'ingresses', NetworkPolicy: 'networkpolicies' }),
  ...builtIn('networking.k8s.io/v1', OF_CLUSTER, { IngressClass: 'ingressclasses' }),
  ...builtIn('storage.k8s.io/v1', OF_CLUSTER, {
    StorageClass: 'storageclasses',
    CSINode: 'csinodes',
    VolumeAttachment: 'volumeattachments',
  }),
  ...builtIn('certificates.k8s.io/v1', OF_CLUSTER, { CertificateSigningRequest: 'certificatesigningrequests' }),
  ...builtIn('rbac.authorization.k8s.io/v1', OF_CLUSTER, {
    ClusterRole: 'clusterroles',
    ClusterRoleBinding: 'clusterrolebindings',
  }),
  ...builtIn('rbac.authorization.k8s.io/v1', OF_NAMESPACES, { Role: 'roles', RoleBinding: 'rolebindings' }),
  ...builtIn('admissionregistration.k8s.io/v1', OF_CLUSTER, {
    ValidatingWebhookConfiguration: 'validatingwebhookconfigurations',
    MutatingWebhookConfiguration: 'mutatingwebhookconfigurations',
  }),
  ...builtIn('apiregistration.k8s.io/v1', OF_CLUSTER, { APIService: 'apiservices' }),
  ...builtIn('apiextensions.k8s.io/v1', OF_CLUSTER, { CustomResourceDefinition: 'customresourcedefinitions' }),
  ...custom('metrics.k8s.io/v1beta1', OF_CLUSTER, { NodeMetrics: 'nodes' }),
  ...custom('metrics.k8s.io/v1beta1', OF_NAMESPACES, { PodMetrics: 'pods' }),
  ...custom('hypershift.openshift.io/v1beta1', OF_NAMESPACES, {
    HostedCluster: 'hostedclusters',
    NodePool: 'nodepools',
    HostedControlPlane: 'hostedcontrolplanes',
    ControlPlaneComponent: 'controlplanecomponents',
  }),
  ...custom('cluster.x-k8s.io/v1beta1', OF_NAMESPACES, {
    Machine: 'machines',
    MachineSet: 'machinesets',
    MachineDeployment: 'machinedeployments',
  }),
  ...custom('config.openshift.io/v1', OF_CLUSTER, {
    ClusterVersion: 'clusterversions',
    ClusterOperator: 'clusteroperators',
    Infrastructure: 'infrastructures',
  }),
  ...custom('operator.openshift.io/v1', OF_NAMESPACES, { IngressController: 'ingresscontrollers' }),
  ...custom('route.openshift.io/v1', OF_NAMESPACES, { Route: 'routes' }),
  ...custom('machineconfiguration.openshift.io/v1', OF_CLUSTER, { MachineConfigPool: 'machineconfigpools' }),
  ...custom('cert-manager.io/v1', OF_NAMESPACES, { Certificate: 'certificates', Issuer: 'issuers' }),
  ...custom('argoproj.io/v1alpha1', OF_NAMESPACES, {
    Application: 'applications',
    ApplicationSet: 'applicationsets',
    AppProject: 'appprojects',
  }),
  ...custom('monitoring.coreos.com/v1', OF_NAMESPACES, {
    PrometheusRule: 'prometheusrules',
    ServiceMonitor: 'servicemonitors',
  }),
];

export function findKind(group: string, resource: string): ApiKind {
  const found = API_KINDS.find((each) => each.group === group && each.resource === resource);
  if (found === undefined) throw new Error(`test/support/api-kinds.ts does not know ${resource} of ${group || 'core'}`);
  return found;
}

/** Path of a list, or of one object when it has a name; of all namespaces when a namespaced kind has none. */
export function apiPath(
  kind: ApiKind,
  place: { readonly namespace?: string | undefined; readonly name?: string | undefined } = {},
): string {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const namespace = kind.isNamespaced && place.namespace !== undefined ? `/namespaces/${place.namespace}` : '';
  return `${root}${namespace}/${kind.resource}${place.name === undefined ? '' : `/${place.name}`}`;
}
