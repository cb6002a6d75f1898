import { ALLOWED_RESOURCES } from './allowed-resources.ts';

/** One thing that a credential of the processor may not be able to do; `group` is empty for the core group. */
export interface Permission {
  readonly verb: string;
  readonly group: string;
  /** `pods/exec` names a subresource. */
  readonly resource: string;
}

/** A rule as SelfSubjectRulesReview gives it. */
export interface ResourceRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
}

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'update', 'patch', 'delete', 'deletecollection'];

/** Reading of secrets, ways into containers and nodes, ways to become somebody else. */
const CRITICAL: readonly Permission[] = [
  ...permissions(READ, '', ['secrets']),
  // Exec over a WebSocket is asked for by GET.
  ...permissions(['get', 'create'], '', ['pods/exec', 'pods/attach', 'pods/portforward']),
  ...permissions(['get', 'create'], '', ['pods/proxy', 'services/proxy', 'nodes/proxy']),
  ...permissions(['create'], '', ['pods', 'serviceaccounts/token']),
  ...permissions(['patch', 'update'], '', ['pods/ephemeralcontainers']),
  ...permissions(['impersonate'], '', ['users', 'groups', 'serviceaccounts']),
  ...permissions(['escalate', 'bind'], 'rbac.authorization.k8s.io', ['roles', 'clusterroles']),
];

/** Changing what is looked at. */
const WRITES: readonly Permission[] = ALLOWED_RESOURCES.flatMap(({ group, resources }) =>
  permissions(WRITE, group, resources),
);

/** Asked one by one, for the whole cluster. */
export const CRITICAL_PERMISSIONS = CRITICAL;

/** What a credential may do beyond reading, as `get secrets` or `patch deployments.apps`; each once. */
export function findExcess(rules: readonly ResourceRule[]): readonly string[] {
  const excess = [...CRITICAL, ...WRITES].filter((permission) => rules.some((rule) => grants(rule, permission)));
  return [...new Set(excess.map(formatPermission))];
}

export function formatPermission({ verb, group, resource }: Permission): string {
  return `${verb} ${resource}${group === '' ? '' : `.${group}`}`;
}

/** As RBAC matches: `*` for everything, and a star before a subresource for that of all resources. */
function grants({ verbs, apiGroups, resources }: ResourceRule, { verb, group, resource }: Permission): boolean {
  const [, subresource] = resource.split('/');
  const wanted = ['*', resource, ...(subresource === undefined ? [] : [`*/${subresource}`])];
  return holds(verbs, ['*', verb]) && holds(apiGroups, ['*', group]) && holds(resources, wanted);
}

function holds(list: readonly string[], wanted: readonly string[]): boolean {
  return list.some((each) => wanted.includes(each));
}

function permissions(verbs: readonly string[], group: string, resources: readonly string[]): readonly Permission[] {
  return resources.flatMap((resource) => verbs.map((verb) => ({ verb, group, resource })));
}
