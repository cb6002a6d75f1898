import { listAt, textAt, valueAt, type KubeObject } from './kube-objects.ts';

/**
 * Who must act when a condition is not as expected: the owner of the cluster (`input`), the hub or the cloud
 * (`infrastructure`), the platform (`core`), the path between control plane and nodes (`tunnel`), an upgrade (`version`,
 * or `rollout` for what is on its way by intention), or whoever paused it (`lifecycle`).
 */
export type ConditionClass = 'input' | 'infrastructure' | 'core' | 'tunnel' | 'version' | 'rollout' | 'lifecycle';

export interface Expectation {
  readonly type: string;
  /** Values that are fine. */
  readonly expected: readonly string[];
  readonly class: ConditionClass;
  /** Set from the first reconciliation on, in every version; its absence is a difference too. */
  readonly isAlwaysThere: boolean;
}

/**
 * What HyperShift expects of the conditions of a HostedCluster at rest. Facts of support/conditions/conditions.go and of
 * the comments in api/hypershift/v1beta1/hostedcluster_conditions.go (openshift/hypershift at 00ad1b6e).
 */
export function expectedOfHostedCluster(cluster: KubeObject): readonly Expectation[] {
  const platform = textAt(cluster, 'spec', 'platform', 'type');
  const isPrivateAws = ['Private', 'PublicAndPrivate'].includes(
    textAt(cluster, 'spec', 'platform', 'aws', 'endpointAccess'),
  );
  const kms = textAt(cluster, 'spec', 'secretEncryption', 'type') === 'kms';
  const isEtcdUnmanaged = textAt(cluster, 'spec', 'etcd', 'managementType') === 'Unmanaged';
  return [
    ...always('input', 'ValidConfiguration'),
    ...always('infrastructure', 'InfrastructureReady'),
    ...always('core', 'EtcdAvailable', 'KubeAPIServerAvailable', 'Available'),
    ...always('lifecycle', 'ReconciliationActive'),
    ...isTrue('input', 'ValidHostedControlPlaneConfiguration', 'SupportedHostedCluster', 'ValidReleaseImage'),
    ...isTrue('input', 'ValidReleaseInfo', 'PlatformCredentialsFound', 'ValidIDPConfiguration'),
    ...isTrue('core', 'IgnitionEndpointAvailable', 'ReconciliationSucceeded'),
    ...isTrue('version', 'ClusterVersionSucceeding', 'ClusterVersionAvailable', 'ClusterVersionReleaseAccepted'),
    ...isFalse('core', 'Degraded'),
    ...isFalse('rollout', 'Progressing', 'ClusterVersionProgressing'),
    // From 4.21 and 4.22 on; Unknown while the cluster has no nodes.
    ...oneOf(['True', 'Unknown'], 'tunnel', 'DataPlaneConnectionAvailable', 'ControlPlaneConnectionAvailable'),
    ...(hasExternalName(cluster)
      ? isTrue('infrastructure', 'ExternalDNSReachable')
      : oneOf(['True', 'Unknown'], 'infrastructure', 'ExternalDNSReachable')),
    ...(isEtcdUnmanaged ? isTrue('core', 'UnmanagedEtcdAvailable') : []),
    ...(platform === 'AWS'
      ? [
          ...isTrue('input', 'ValidOIDCConfiguration', 'ValidAWSIdentityProvider'),
          ...isTrue('infrastructure', 'AWSDefaultSecurityGroupCreated'),
          ...(isPrivateAws ? isTrue('infrastructure', 'AWSEndpointAvailable', 'AWSEndpointServiceAvailable') : []),
          ...oneOf(kms ? ['True'] : ['True', 'Unknown'], 'input', 'ValidAWSKMSConfig'),
        ]
      : []),
    ...(platform === 'Azure' ? oneOf(kms ? ['True'] : ['True', 'Unknown'], 'input', 'ValidAzureKMSConfig') : []),
    ...(platform === 'GCP' ? isTrue('input', 'ValidGCPWorkloadIdentity', 'ValidGCPCredentials') : []),
    ...(platform === 'KubeVirt' ? isTrue('infrastructure', 'ValidKubeVirtInfraNetworkMTU') : []),
  ];
}

/** As above for a NodePool; a pool that is scaled to nothing has neither machines nor nodes to be healthy. */
export function expectedOfNodePool(pool: KubeObject): readonly Expectation[] {
  const platform = textAt(pool, 'spec', 'platform', 'type');
  const scales = valueAt(pool, 'spec', 'autoScaling') !== undefined;
  const isEmpty = !scales && valueAt(pool, 'spec', 'replicas') === 0;
  const repairs = valueAt(pool, 'spec', 'management', 'autoRepair') === true;
  return [
    ...always('input', 'ValidReleaseImage'),
    ...isTrue('input', 'ValidMachineConfig', 'ValidTuningConfig', 'ValidArchPlatform', 'SupportedVersionSkew'),
    ...isTrue('input', 'UpdateManagementEnabled', 'ValidGeneratedPayload'),
    ...(isEmpty ? [] : isTrue('infrastructure', 'AllMachinesReady', 'ReachedIgnitionEndpoint')),
    ...(isEmpty ? [] : isTrue('core', 'AllNodesHealthy', 'Ready')),
    ...isTrue('lifecycle', 'ReconciliationActive'),
    ...(scales ? isTrue : isFalse)('lifecycle', 'AutoscalingEnabled'),
    ...(repairs ? isTrue : isFalse)('lifecycle', 'AutorepairEnabled'),
    ...isFalse('rollout', 'UpdatingVersion', 'UpdatingConfig', 'UpdatingPlatformMachineTemplate'),
    ...(platform === 'AWS' ? isTrue('infrastructure', 'AWSSecurityGroupAvailable') : []),
    ...(['AWS', 'KubeVirt', 'PowerVS'].includes(platform) ? isTrue('input', 'ValidPlatformImage') : []),
  ];
}

/** Whether users reach the API server by a name that somebody must publish. */
function hasExternalName(cluster: KubeObject): boolean {
  return listAt(cluster, 'spec', 'services').some((service) => {
    const strategy = valueAt(service, 'servicePublishingStrategy');
    const name = textAt(strategy, 'loadBalancer', 'hostname') || textAt(strategy, 'route', 'hostname');
    return textAt(service, 'service') === 'APIServer' && name !== '';
  });
}

function expectations(expected: readonly string[], kind: ConditionClass, types: readonly string[]): Expectation[] {
  return types.map((type) => ({ type, expected, class: kind, isAlwaysThere: false }));
}

function always(kind: ConditionClass, ...types: readonly string[]): Expectation[] {
  return expectations(['True'], kind, types).map((each) => ({ ...each, isAlwaysThere: true }));
}

function isTrue(kind: ConditionClass, ...types: readonly string[]): Expectation[] {
  return expectations(['True'], kind, types);
}

function isFalse(kind: ConditionClass, ...types: readonly string[]): Expectation[] {
  return expectations(['False'], kind, types);
}

function oneOf(expected: readonly string[], kind: ConditionClass, ...types: readonly string[]): Expectation[] {
  return expectations(expected, kind, types);
}
