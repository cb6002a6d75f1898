import { CRITICAL_PERMISSIONS, formatPermission, type Permission } from '../../cluster-broker/access-rules.ts';
import { WarroomError } from '../../domain/errors.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';

/**
 * What the account that writes the summaries must not be able to do. Asked without a name, so a role for
 * `resourceNames: [claude-results]` grants none of it.
 */
const FORBIDDEN: readonly Permission[] = [
  ...CRITICAL_PERMISSIONS,
  ...['get', 'list', 'create', 'update', 'patch', 'delete', 'deletecollection'].map((verb) => configMaps(verb)),
  { verb: 'create', group: 'batch', resource: 'jobs' },
  { verb: 'patch', group: 'apps', resource: 'deployments' },
  { verb: 'create', group: 'rbac.authorization.k8s.io', resource: 'rolebindings' },
];

function configMaps(verb: string): Permission {
  return { verb, group: '', resource: 'configmaps' };
}

/**
 * Refuses an account that may write more than one ConfigMap: the read-only account of the cluster with rights added to it,
 * or that of an administrator.
 */
export async function refuseWideAccount(client: KubernetesClient, signal: AbortSignal): Promise<void> {
  const granted: string[] = [];
  for (const permission of FORBIDDEN) {
    const [resource = '', subresource] = permission.resource.split('/');
    const right = { ...permission, resource, ...(subresource === undefined ? {} : { subresource }) };
    if (await client.isAllowed(right, { signal })) granted.push(formatPermission(permission));
  }
  if (granted.length === 0) return;
  throw new WarroomError(
    'not-allowed',
    'the account of the configmap publisher may do more than write claude-results',
    {
      why: `RBAC grants ${granted.slice(0, 6).join(', ')}`,
      hint: 'bind it to the role of manifests/components/results-configmap, and to nothing else',
    },
  );
}
