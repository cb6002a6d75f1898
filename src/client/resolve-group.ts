import type { ClusterView } from './clusters.ts';

/** What a person names: a cluster as it stands, or a group of hosts as its cluster and what to look at there. */
export interface NamedTarget {
  readonly name: string;
  readonly resource?: string;
}

/**
 * The cluster that serves a group of hosts. A cluster of the same name comes first, and a group that several clusters
 * have is nobody's: then the name is left to `resolveTarget`, which says what there is.
 */
export function resolveGroup(clusters: readonly ClusterView[], name: string): NamedTarget {
  if (clusters.some((cluster) => cluster.name === name)) return { name };
  const [owner, ...others] = clusters.filter(({ groups }) => groups.some((group) => group.name === name));
  if (owner === undefined || others.length > 0) return { name };
  return { name: owner.name, resource: `group/${name}` };
}
