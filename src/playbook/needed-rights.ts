import type { Playbook, PlaybookStep } from '../schema/generated.ts';
import { mayLookInside, rulesOf, scopeOf } from './needed-access.ts';

/** One thing that a credential must be able to read so that a step is not denied. */
export interface NeededRight {
  readonly verb: string;
  readonly what:
    | { readonly kind: 'resource'; readonly group: string; readonly resource: string; readonly name?: string }
    | { readonly kind: 'url'; readonly url: string };
  /** Undefined for the whole cluster, and for a namespace that only a request names: then in every one of them. */
  readonly namespace?: string;
  /** Ids of the playbooks with a step that needs it. */
  readonly playbooks: readonly string[];
}

/** Where rights are looked for: the cluster of the processor itself, or one that it reaches by a kubeconfig. */
export type RightsPlace = 'self' | 'hosted';

/**
 * Everything that playbooks for this type of cluster read in a place, each right once. What needs `create` is exec, with
 * which no processor starts: nobody is told to grant it.
 */
export function neededRights(
  playbooks: readonly Playbook[],
  { type, place }: { readonly type: 'hub' | 'hosted' | 'host'; readonly place: RightsPlace },
): readonly NeededRight[] {
  const rights = new Map<string, NeededRight>();
  for (const { metadata, spec } of playbooks) {
    if (!spec.targets.includes(type)) continue;
    const isInside = mayLookInside({ spec });
    const steps = spec.steps.filter((step) => isAt(step, { type, place, isInside }));
    for (const right of steps.flatMap(rightsOf).filter(({ verb }) => verb !== 'create')) {
      const key = formatRight(right);
      const known = rights.get(key)?.playbooks ?? [];
      rights.set(key, { ...right, playbooks: [...new Set([...known, metadata.id])] });
    }
  }
  return [...rights.values()];
}

/** `list pods.metrics.k8s.io`, `get configmaps/cluster-config in kube-system`, `get /healthz`. */
export function formatRight({ verb, what, namespace }: Omit<NeededRight, 'playbooks'>): string {
  if (what.kind === 'url') return `${verb} ${what.url}`;
  const { group, resource, name } = what;
  const full = `${resource}${group === '' ? '' : `.${group}`}${name === undefined ? '' : `/${name}`}`;
  return `${verb} ${full}${namespace === undefined ? '' : ` in ${namespace}`}`;
}

/** The other side of a hub is a hosted cluster, and the other way round. */
function isAt(
  { via }: PlaybookStep,
  {
    type,
    place,
    isInside,
  }: { readonly type: 'hub' | 'hosted' | 'host'; readonly place: RightsPlace; readonly isInside: boolean },
): boolean {
  if (place === 'hosted') return via === 'hosted' || (via === undefined && isInside);
  return via !== (type === 'hosted' ? 'hub' : 'hosted') && via !== 'host' && via !== 'processor';
}

function rightsOf({ rbac = [] }: PlaybookStep): readonly Omit<NeededRight, 'playbooks'>[] {
  return rbac.flatMap((right) => {
    const scope = right.url === undefined ? scopeOf(right) : 'cluster';
    const place = scope === 'cluster' || scope.startsWith('<') ? {} : { namespace: scope };
    return rulesOf(right).flatMap(({ verbs, apiGroups = [], resources = [], resourceNames, nonResourceURLs = [] }) =>
      verbs.flatMap((verb) => [
        ...nonResourceURLs.map((url) => ({ verb, what: { kind: 'url', url } as const })),
        ...apiGroups.flatMap((group) =>
          resources.flatMap((resource) =>
            (resourceNames ?? [undefined]).map((name) => {
              const named = name === undefined ? {} : { name };
              return { verb, what: { kind: 'resource', group, resource, ...named } as const, ...place };
            }),
          ),
        ),
      ]),
    );
  });
}
