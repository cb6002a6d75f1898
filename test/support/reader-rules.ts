import { ALLOWED_RESOURCES } from '../../src/cluster-broker/allowed-resources.ts';
import type { NeededRule } from '../../src/playbook/needed-access.ts';

/** What the broker forwards beyond its own lists in the configuration that we render. */
const ALLOWED_BESIDES = [{ group: 'cert-manager.io', resources: ['certificates'] }];

const HEALTH = ['/healthz', '/livez', '/readyz'].flatMap((path) => [path, `${path}/*`]);

/**
 * Rules of the role that a processor reads with: what the cluster broker forwards, and no more. There is no watch of
 * metrics, and logs have a role of their own.
 */
export function readerRules(): readonly NeededRule[] {
  return [
    ...[...ALLOWED_RESOURCES, ...ALLOWED_BESIDES].map(({ group, resources }) => ({
      apiGroups: [group],
      resources,
      verbs: group === 'metrics.k8s.io' ? ['get', 'list'] : ['get', 'list', 'watch'],
    })),
    { nonResourceURLs: [...HEALTH, '/version', '/debug/api_priority_and_fairness/*'], verbs: ['get'] },
  ];
}

/** manifests/access/reader-rules.yaml, whole. */
export function readerRulesFile(): string {
  const flow = (list: readonly string[]): string =>
    `[${list.map((each) => (/^[a-z]/u.test(each) ? each : `'${each}'`)).join(', ')}]`;
  const rules = readerRules().flatMap(({ apiGroups, resources, nonResourceURLs, verbs }) => [
    ...(nonResourceURLs === undefined ? [] : [`  - nonResourceURLs: ${flow(nonResourceURLs)}`]),
    ...(apiGroups === undefined ? [] : [`  - apiGroups: ${flow(apiGroups)}`]),
    ...(resources === undefined ? [] : [`    resources: ${flow(resources)}`]),
    `    verbs: ${flow(verbs)}`,
  ]);
  return `# What the cluster broker forwards (src/cluster-broker/allowed-resources.ts), and nothing else. A test writes this file:
# npx vitest run --project unit test/unit/install/reader-rules.test.ts -u
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: claude-warroom-reader
  labels: { app.kubernetes.io/name: claude-warroom }
rules:
${rules.join('\n')}
`;
}
