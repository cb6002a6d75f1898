import type { KubernetesClient, Right } from '../../kubernetes/client.ts';

/** What the account needs in its own namespace, and nothing beyond. */
const NEEDED: readonly Right[] = [
  ...rights('batch', 'jobs', ['create', 'get', 'list', 'watch', 'patch', 'delete']),
  ...rights('', 'pods', ['list', 'watch']),
  { verb: 'get', group: '', resource: 'pods', subresource: 'log' },
  ...rights('', 'events', ['list', 'watch']),
  ...rights('', 'secrets', ['create']),
  ...rights('coordination.k8s.io', 'leases', ['get', 'create', 'update']),
];

/** What would make more of it than a maker of Jobs: the secrets of its namespace, and a way into its pods. */
const TOO_MUCH: readonly Right[] = [
  ...rights('', 'secrets', ['get', 'list']),
  ...['get', 'create'].map((verb) => ({ verb, group: '', resource: 'pods', subresource: 'exec' })),
];

function rights(group: string, resource: string, verbs: readonly string[]): readonly Right[] {
  return verbs.map((verb) => ({ verb, group, resource }));
}

type Reviewer = Pick<KubernetesClient, 'isAllowed'>;

/** Rights that the account needs and has not, for people. */
export async function missingRights(client: Reviewer): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const right of NEEDED) if (!(await client.isAllowed(right))) missing.push(describe(right));
  return missing;
}

/** Rights that it has and should not have, for people. */
export async function excessiveRights(client: Reviewer): Promise<readonly string[]> {
  const excess: string[] = [];
  for (const right of TOO_MUCH) if (await client.isAllowed(right)) excess.push(describe(right));
  return excess;
}

function describe({ verb, resource, subresource }: Right): string {
  return `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`;
}
