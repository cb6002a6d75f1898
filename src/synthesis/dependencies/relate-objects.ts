import { findControlPlanes } from './control-planes.ts';
import { normalised, type FindObject } from './find-object.ts';
import { isStrong, keyOf, reach, type Graph, type ObjectName } from './graph.ts';

/**
 * Whether trouble of one object can be trouble of another one.
 *
 * near     they belong together: the same object, one needs the other, one owner, control plane, namespace or machine
 * apart    they are known to have nothing to do with each other
 * unknown  nothing that was seen says either
 */
export type ObjectRelation = 'near' | 'apart' | 'unknown';

export type RelateObjects = (cause: string, effect: string) => ObjectRelation;

/** One of these that is ill makes no other one ill by being of the same kind. */
const THINGS = new Set(['node', 'machine', 'persistentvolumeclaim', 'persistentvolume', 'certificate']);
/** Nor do these, outside of a control plane, whose parts need each other. */
const WORKLOADS = new Set(['pod', 'job', 'cronjob', 'replicaset', 'deployment', 'statefulset', 'daemonset']);
const VOLUMES = new Set(['persistentvolumeclaim', 'persistentvolume']);
/** Parts of a platform serve each other in ways that no object tells of. */
const PLATFORM = /^(?:openshift|kube)(?:-|$)/u;

/** What a text names: an object that was seen, with its key; one that is known by its name; or nothing in particular. */
interface Place extends Partial<ObjectName> {
  readonly key?: string;
}

/** Relates objects by the texts by which findings name them. `isOneHost`: everything that was seen is one machine. */
export function objectRelater(
  graph: Graph,
  { find, isOneHost }: { readonly find: FindObject; readonly isOneHost: boolean },
): RelateObjects {
  const planeOf = findControlPlanes(graph);
  const place = remembered((text: string) => placeOf(text, find));
  const everythingBelow = remembered((key: string) => below(graph, key, () => true));
  const kindsBelow = remembered((key: string) => kindsOf(graph, below(graph, key, isStrong)));
  const owners = remembered((key: string) => ownersOf(graph, key));
  const showsVolumes = remembered((side: string) =>
    [...graph.nodes].some(
      ([key, node]) =>
        node.kind === 'pod' && node.side === side && [...VOLUMES].some((kind) => kindsBelow(key).has(kind)),
    ),
  );

  function areConnected(one: string, other: string): boolean {
    return (
      everythingBelow(one).has(other) ||
      everythingBelow(other).has(one) ||
      [...owners(one)].some((owner) => owners(other).has(owner))
    );
  }

  /** What an effect needs is known, and the cause is something else of that sort. */
  function isNotNeeded({ kind = '', side = '' }: Place, effect: Place): boolean {
    if (effect.key === undefined || effect.side !== side) return false;
    return kindsBelow(effect.key).has(kind) || (VOLUMES.has(kind) && effect.kind === 'pod' && showsVolumes(side));
  }

  return (causeText, effectText) => {
    const [cause, effect] = [place(causeText), place(effectText)];
    // `cluster`, `memory` and the like are about everything.
    if (cause.kind === undefined || effect.kind === undefined || causeText === effectText) return 'near';
    const areSeen = cause.key !== undefined && effect.key !== undefined;
    if (areSeen && (cause.key === effect.key || areConnected(cause.key, effect.key))) return 'near';
    if (areSeen && isNotNeeded(cause, effect)) return 'apart';
    const isSameKind = cause.kind === effect.kind;
    const isSamePlace =
      cause.namespace === effect.namespace && (cause.side ?? effect.side) === (effect.side ?? cause.side);
    if (areSeen && isSameKind && isSamePlace && THINGS.has(cause.kind)) return 'apart';
    const [one, other] = [planeOf(cause), planeOf(effect)];
    if (one !== undefined && one.plane === other?.plane && (one.role === 'part' || other.role === 'part'))
      return 'near';
    if (isNamespaceOf(cause, effect) || isNamespaceOf(effect, cause) || haveOneOperator(cause, effect)) return 'near';
    if (isOneHost) return isSameKind ? 'unknown' : 'near';
    if (!isSamePlace || cause.namespace === undefined || (isSameKind && PLATFORM.test(cause.namespace)))
      return 'unknown';
    return areSeen && isSameKind && WORKLOADS.has(cause.kind) ? 'apart' : 'near';
  };
}

function placeOf(text: string, find: FindObject): Place {
  const found = find(text);
  if (found !== undefined) return { ...found, key: keyOf(found) };
  const [kind = '', first, second] = normalised(text).split('/');
  if (kind === '' || first === undefined) return {};
  return second === undefined ? { kind, name: first } : { kind, namespace: first, name: second };
}

function isNamespaceOf({ kind, name }: Place, { namespace }: Place): boolean {
  return kind === 'namespace' && name === namespace;
}

/** An operator of OpenShift, what it operates, and where both live bear one name. */
function haveOneOperator(one: Place, other: Place): boolean {
  const name = operatorOf(one);
  return name !== undefined && name === operatorOf(other) && (one.kind !== 'pod' || other.kind !== 'pod');
}

function operatorOf({ kind, namespace = '', name }: Place): string | undefined {
  return kind === 'clusteroperator'
    ? name
    : /^openshift-(?<name>.+?)(?:-operator)?$/u.exec(namespace)?.groups?.['name'];
}

function below(graph: Graph, key: string, follows: Parameters<typeof reach>[2]['follows']): ReadonlySet<string> {
  return new Set(reach(graph, key, { direction: 'dependencies', follows }).keys());
}

function kindsOf(graph: Graph, keys: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...keys].flatMap((key) => graph.nodes.get(key)?.kind ?? []));
}

export function ownersOf(graph: Graph, key: string): ReadonlySet<string> {
  return new Set((graph.incoming.get(key) ?? []).filter(({ why }) => why === 'owns').map(({ from }) => keyOf(from)));
}

/** Findings are compared each with each: what one of them stands for is looked up once. */
function remembered<Value>(compute: (text: string) => Value): (text: string) => Value {
  const known = new Map<string, Value>();
  return (text) => {
    const value = known.has(text) ? known.get(text) : undefined;
    if (value !== undefined) return value;
    const fresh = compute(text);
    known.set(text, fresh);
    return fresh;
  };
}
