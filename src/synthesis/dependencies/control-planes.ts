import type { Graph, ObjectName } from './graph.ts';

/** What an object has to do with a hosted control plane. */
export interface ControlPlaneRole {
  /** Namespace of the control plane on the hub. */
  readonly plane: string;
  /** `part` of it, or in the cluster that it serves. */
  readonly role: 'part' | 'served';
}

export type FindControlPlane = (object: Partial<ObjectName>) => ControlPlaneRole | undefined;

/** Objects whose existence says that their namespace is a control plane; of pods and the like also by their names. */
const MARKERS = new Set(['hostedcontrolplane', 'controlplanecomponent']);
const SERVERS = /^(?:etcd|kube-apiserver)(?:-|$)/u;
/** Of an OpenShift cluster that hosts itself, not of a hosted one. */
const PLATFORM = /^(?:openshift|kube)-/u;
/** Names that findings have for parts of a control plane that are no objects of the API. */
const PARTS = new Set(['etcd', 'apiserver', 'prioritylevel']);

/** Finds the hosted control plane of an object; where there are several, only that of an object that tells which. */
export function findControlPlanes({ nodes }: Graph): FindControlPlane {
  const planes = new Set([...nodes.values()].flatMap(planesOf));
  const [only] = planes;
  const sole = planes.size === 1 ? only : undefined;
  return ({ kind = '', namespace, name = '', side }) => {
    if (namespace !== undefined && planes.has(namespace)) return { plane: namespace, role: 'part' };
    if (kind === 'hostedcluster') return { plane: `${namespace ?? ''}-${name}`, role: 'part' };
    if (sole === undefined) return undefined;
    if (PARTS.has(kind) || (kind === 'nodepool' && sole.startsWith(`${namespace ?? ''}-`))) {
      return { plane: sole, role: 'part' };
    }
    return side === 'hosted' ? { plane: sole, role: 'served' } : undefined;
  };
}

function planesOf({ kind, namespace = '', name }: ObjectName): readonly string[] {
  if (kind === 'hostedcluster') return [`${namespace}-${name}`];
  const isPlane = MARKERS.has(kind) || (SERVERS.test(name) && ['pod', 'statefulset', 'deployment'].includes(kind));
  return isPlane && namespace !== '' && !PLATFORM.test(namespace) ? [namespace] : [];
}
