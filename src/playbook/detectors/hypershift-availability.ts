import type { StepData } from '../parse-output.ts';
import type { Candidate } from './detector.ts';
import { conditionsOf, objectsOf, textAt, valueAt, type Condition, type KubeObject } from './kube-objects.ts';

/** What keeps a hosted control plane from being available, in the order in which its operator looks. */
type Stage =
  | 'not-reconciled'
  | 'infrastructure'
  | 'kubeconfig'
  | 'etcd'
  | 'kube-apiserver'
  | 'load-balancer'
  | 'components'
  | 'other';

interface Cause {
  readonly stage: Stage;
  readonly condition?: Condition | undefined;
}

/**
 * The first thing that keeps each HostedControlPlane from being available, as `stage`, with `reason`, `message`,
 * `since`, and when the object was made as `created`; nothing for one that is available. The order is that of reconcileAvailabilityStatus in
 * hostedcontrolplane_controller.go of openshift/hypershift: what comes later follows from what comes earlier.
 */
export function hypershiftAvailability(data: StepData): readonly Candidate[] | undefined {
  return objectsOf(data.root)?.flatMap((object) => {
    if (object['kind'] !== 'HostedControlPlane') return [];
    const cause = causeOf(object);
    if (cause === undefined) return [];
    const { stage, condition } = cause;
    const item = {
      stage,
      reason: condition?.reason ?? '',
      message: condition?.message ?? '',
      since: condition?.lastTransitionTime ?? (textAt(object, 'metadata', 'creationTimestamp') || undefined),
      created: textAt(object, 'metadata', 'creationTimestamp') || undefined,
      namespace: textAt(object, 'metadata', 'namespace'),
      name: textAt(object, 'metadata', 'name'),
    };
    return [{ item, source: condition?.source ?? object }];
  });
}

function causeOf(object: KubeObject): Cause | undefined {
  const byType = new Map(conditionsOf(object).map((condition) => [condition.type, condition]));
  const failed = (type: string): Condition | undefined => {
    const condition = byType.get(type);
    return condition?.status === 'False' ? condition : undefined;
  };
  const available = byType.get('Available');
  const parts = ['InfrastructureReady', 'EtcdAvailable', 'KubeAPIServerAvailable'];
  if (!parts.some((type) => byType.has(type))) return { stage: 'not-reconciled', condition: available };

  const infrastructure = failed('InfrastructureReady');
  if (infrastructure !== undefined) return { stage: 'infrastructure', condition: infrastructure };
  if (valueAt(object, 'status', 'kubeConfig') === undefined) return { stage: 'kubeconfig', condition: available };
  const etcd = failed('EtcdAvailable');
  if (etcd !== undefined) return { stage: 'etcd', condition: etcd };
  const apiServer = failed('KubeAPIServerAvailable');
  if (apiServer !== undefined) return { stage: 'kube-apiserver', condition: apiServer };

  if (available?.status !== 'False') return undefined;
  return { stage: stageOfReason(available.reason), condition: available };
}

/** The last two tests leave no condition of their own, only the reason. */
function stageOfReason(reason: string): Stage {
  if (reason === 'KASLoadBalancerNotReachable') return 'load-balancer';
  return reason === 'ComponentsNotAvailable' ? 'components' : 'other';
}
