import { WarroomError } from '../domain/errors.ts';
import type { ClusterView } from './clusters.ts';
import type { NamedTarget } from './resolve-group.ts';

/** A target with the hosted cluster that is meant by it, when its hub answers for it. */
export interface PairedTarget extends NamedTarget {
  readonly hosted?: { readonly name: string; readonly namespace: string };
}

/**
 * A hosted cluster is looked at together with its control plane, and that lives on the hub: its registration names the
 * hub, whose processor reads both sides. Only a hosted cluster that has a processor of its own is asked itself.
 */
export function pairWithHub(clusters: readonly ClusterView[], target: NamedTarget): PairedTarget {
  const cluster = clusters.find(({ name }) => name === target.name);
  const hub = cluster === undefined ? undefined : answeringHub(cluster);
  if (cluster === undefined || hub === undefined) return target;
  const namespace = cluster.namespaces.find((name) => name.endsWith(`-${cluster.name}`)) ?? `clusters-${cluster.name}`;
  return { ...target, name: hub, hosted: { name: cluster.name, namespace } };
}

/** Name of the hub whose processor answers for a hosted cluster; undefined when it has a processor of its own. */
export function answeringHub({ type, hub, processors }: ClusterView): string | undefined {
  return type === 'hosted' && processors.length === 0 ? hub : undefined;
}

/**
 * The one namespace of a request, with those that its hosted clusters bring along. Throws `usage` where two are meant: a
 * request has one namespace for all of its clusters.
 */
export function pairedNamespace(targets: readonly PairedTarget[], given: string | undefined): string | undefined {
  const paired = targets.flatMap(({ name, hosted }) => (hosted === undefined ? [] : [{ hub: name, ...hosted }]));
  const [first, ...others] = paired;
  if (first === undefined) return given;
  const other = others.find(({ namespace }) => namespace !== first.namespace);
  if (other !== undefined) {
    throw new WarroomError('usage', `${first.name} and ${other.name} cannot be asked in one request`, {
      why: `their hubs look at the namespaces ${first.namespace} and ${other.namespace}, and a request has one`,
      hint: 'send one request for each',
    });
  }
  if (given === undefined || given === first.namespace) return first.namespace;
  throw new WarroomError(
    'usage',
    `${first.name} is answered by its hub ${first.hub}, by the namespace ${first.namespace}`,
    {
      why: `--namespace ${given} would be a namespace of the hub`,
      hint: `leave it out, and name what you mean inside the cluster:  --resource namespace/${given}`,
    },
  );
}
