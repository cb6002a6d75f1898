import { networkPolicyFaults } from '../../install/check-network-policies.ts';
import { NAMESPACE, nameOf } from '../../install/kubernetes-object.ts';
import { valueAt } from '../../install/json-patch.ts';
import type { YamlObject } from '../../schema/yaml-objects.ts';
import { checkOfError, type Check } from '../doctor/check.ts';
import type { Kubectl } from './kubectl.ts';
import { listObjects } from './list-objects.ts';

const SECRETS_HINT = 'docs/install.md says how the Secrets are made';

/** Whether the processor runs, and as what. */
export async function checkPod(kubectl: Kubectl): Promise<readonly Check[]> {
  const name = 'processor';
  try {
    const pods = await listObjects(kubectl, ['pods', '-n', NAMESPACE, '-l', 'app.kubernetes.io/component=processor']);
    const [pod] = pods;
    if (pod === undefined) {
      const fix = `see  kubectl -n ${NAMESPACE} describe statefulset claude-processor`;
      return [{ name, state: 'fail', text: `there is no pod of a processor in ${NAMESPACE}`, fix }];
    }
    return [readiness(pod), confinement(pod)];
  } catch (error) {
    return [checkOfError(name, error)];
  }
}

function readiness(pod: YamlObject): Check {
  const name = 'processor';
  const conditions = valueAt(pod, '/status/conditions');
  const ready = (Array.isArray(conditions) ? (conditions as unknown[]) : []).find(
    (each) => valueAt(each, '/type') === 'Ready',
  );
  if (valueAt(ready, '/status') === 'True') return { name, state: 'ok', text: `${nameOf(pod)} is ready` };
  const waiting = valueAt(pod, '/status/containerStatuses/0/state/waiting/reason');
  const why = typeof waiting === 'string' ? waiting : textOr(valueAt(pod, '/status/phase'), 'unknown');
  return {
    name,
    state: 'fail',
    text: `${nameOf(pod)} is not ready: ${why}`,
    fix: `kubectl -n ${NAMESPACE} logs ${nameOf(pod)} ; ${SECRETS_HINT}`,
  };
}

/** On OpenShift the admission says which constraints let the pod in; elsewhere the pod itself must ask for them. */
function confinement(pod: YamlObject): Check {
  const name = 'confinement';
  const scc = valueAt(pod, '/metadata/annotations/openshift.io~1scc');
  const container = valueAt(pod, '/spec/containers/0/securityContext');
  const isClosed =
    valueAt(container, '/readOnlyRootFilesystem') === true &&
    valueAt(container, '/allowPrivilegeEscalation') === false &&
    valueAt(container, '/privileged') !== true;
  if (typeof scc === 'string' && !/^restricted-v[2-9]$/u.test(scc)) {
    const fix = 'take other constraints away from the service account: oc adm policy who-can use scc …';
    return { name, state: 'fail', text: `the pod was admitted by ${scc}, not restricted-v2`, fix };
  }
  if (!isClosed) {
    const fix = 'apply the manifests of  claude-warroom install render   again';
    return { name, state: 'fail', text: 'the container may write its root file system or gain privileges', fix };
  }
  const by = typeof scc === 'string' ? `admitted by ${scc}` : 'no SecurityContextConstraints here';
  return { name, state: 'ok', text: `read-only root, no privileges, ${by}` };
}

export async function checkNetwork(kubectl: Kubectl): Promise<readonly Check[]> {
  const name = 'network policy';
  try {
    const policies = await listObjects(kubectl, ['networkpolicies', '-n', NAMESPACE]);
    const faults = networkPolicyFaults(policies);
    if (faults.length === 0)
      return [{ name, state: 'ok', text: `${policies.length} policies, each with peers and ports` }];
    const fix = 'apply the policies of  claude-warroom install render';
    return faults.map((text) => ({ name, state: 'fail', text, fix }));
  } catch (error) {
    return [checkOfError(name, error)];
  }
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}
