import { isWarroomError } from '../../domain/errors.ts';
import {
  blockingWebhooks,
  hasReadyEndpoint,
  type BlockingWebhook,
  type Namespaces,
} from '../../install/blocking-webhooks.ts';
import { valueAt } from '../../install/json-patch.ts';
import { NAMESPACE } from '../../install/kubernetes-object.ts';
import { isRecord } from '../../schema/record.ts';
import { checkOfError, type Check } from '../doctor/check.ts';
import type { Kubectl } from './kubectl.ts';
import { listObjects } from './list-objects.ts';

/** Namespaces of the manifests; that of sessions need not be there. */
const NAMESPACES = [NAMESPACE, `${NAMESPACE}-sessions`];

const CONFIGURATIONS = ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations']
  .map((kind) => `${kind}.admissionregistration.k8s.io`)
  .join(',');

/**
 * Whether somebody answers every admission webhook that can keep pods of the processor, of agents and of sessions from being
 * made. One that nobody answers is found when an investigation cannot begin, which is too late.
 */
export async function checkWebhooks(kubectl: Kubectl): Promise<readonly Check[]> {
  const name = 'webhooks';
  try {
    const namespaces = await namespacesOf(kubectl);
    const webhooks = blockingWebhooks(await listObjects(kubectl, [CONFIGURATIONS]), namespaces);
    const silent: string[] = [];
    for (const webhook of webhooks) if (!(await isAnswered(kubectl, webhook))) silent.push(describe(webhook));
    if (silent.length === 0) {
      const outside = webhooks.filter(({ service }) => service === undefined).map(describe);
      const asked = `each of ${webhooks.length} that can refuse our pods is answered`;
      const text = webhooks.length === 0 ? 'none can refuse our pods' : asked;
      return [
        {
          name,
          state: 'ok',
          text: outside.length === 0 ? text : `${text}; outside of the cluster, not tried: ${outside.join(', ')}`,
        },
      ];
    }
    const fix =
      'have its service repaired, or its failurePolicy and namespaceSelector changed; until then no new pod starts';
    return silent.map((each) => ({ name, state: 'fail', text: `nobody answers ${each}, which refuses our pods`, fix }));
  } catch (error) {
    if (!isWarroomError(error)) throw error;
    return [checkOfError(name, error, 'warn')];
  }
}

async function namespacesOf(kubectl: Kubectl): Promise<Namespaces> {
  const found = await Promise.all(
    NAMESPACES.map(async (name) => [name, await kubectl.json(['get', 'namespace', name])] as const),
  );
  return new Map(
    found.flatMap(([name, namespace]) => {
      const labels = valueAt(namespace, '/metadata/labels');
      return namespace === undefined ? [] : [[name, isRecord(labels) ? labels : {}]];
    }),
  );
}

async function isAnswered(kubectl: Kubectl, { service }: BlockingWebhook): Promise<boolean> {
  if (service === undefined) return true;
  const label = `kubernetes.io/service-name=${service.name}`;
  const slices = await listObjects(kubectl, ['endpointslices.discovery.k8s.io', '-n', service.namespace, '-l', label]);
  return slices.some(hasReadyEndpoint);
}

function describe({ configuration, webhook, service }: BlockingWebhook): string {
  const where = service === undefined ? '' : ` (service ${service.namespace}/${service.name})`;
  return `${configuration}: ${webhook}${where}`;
}
