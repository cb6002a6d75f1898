/** An object of a target, by what names it. */
export interface ObjectName {
  /** In lower case and in the singular: `pod`, `persistentvolumeclaim`, `unit`, `container`, `process`. */
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  /** Place that it was seen in; names of two clusters are not the same. */
  readonly side: string;
}

/** `from` does its work only while `to` does. */
export interface Dependency {
  readonly from: ObjectName;
  readonly to: ObjectName;
  /** In words that stand between the two: `routes to`. */
  readonly why: string;
  readonly confidence: number;
  readonly evidence?: string;
}

/** How sure a dependency is by where it is known from (facts of the playbooks, B.6). */
export const CONFIDENCE = { declared: 0.95, observed: 0.8, nameMatch: 0.6 } as const;

/** What only a name suggests is shown, and explains nothing. */
export function isStrong({ confidence }: Pick<Dependency, 'confidence'>): boolean {
  return confidence >= CONFIDENCE.observed;
}

/** No chain of causes that a person could follow is longer; it also bounds the work. */
const MAX_DEPTH = 8;

export interface Graph {
  /** By the text of `keyOf`. */
  readonly nodes: ReadonlyMap<string, ObjectName>;
  readonly edges: readonly Dependency[];
  /** Dependencies of a node, and dependencies on it, by its key. */
  readonly outgoing: ReadonlyMap<string, readonly Dependency[]>;
  readonly incoming: ReadonlyMap<string, readonly Dependency[]>;
}

export function keyOf({ side, kind, namespace = '', name }: ObjectName): string {
  return JSON.stringify([side, kind, namespace, name]);
}

/** One edge between two objects: the surest that is known. An object does not depend on itself. */
export function createGraph(dependencies: readonly Dependency[], objects: readonly ObjectName[] = []): Graph {
  const nodes = new Map<string, ObjectName>();
  for (const object of objects) nodes.set(keyOf(object), object);
  const edges = new Map<string, Dependency>();
  for (const dependency of dependencies) {
    const [from, to] = [keyOf(dependency.from), keyOf(dependency.to)];
    if (from === to) continue;
    nodes.set(from, nodes.get(from) ?? dependency.from);
    nodes.set(to, nodes.get(to) ?? dependency.to);
    const pair = `${from} ${to}`;
    const known = edges.get(pair);
    if (known === undefined || known.confidence < dependency.confidence) edges.set(pair, dependency);
  }
  const list = [...edges.values()];
  return { nodes, edges: list, outgoing: grouped(list, ({ from }) => from), incoming: grouped(list, ({ to }) => to) };
}

function grouped(
  edges: readonly Dependency[],
  end: (edge: Dependency) => ObjectName,
): ReadonlyMap<string, readonly Dependency[]> {
  const groups = new Map<string, Dependency[]>();
  for (const edge of edges) {
    const key = keyOf(end(edge));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [edge]);
    else group.push(edge);
  }
  return groups;
}

/** Which edges are followed, and from which end. */
export interface Way {
  readonly direction: 'dependencies' | 'dependants';
  readonly follows: (edge: Dependency) => boolean;
}

/** Everything that can be reached from a node, itself not among it, with the node before it on a shortest way. */
export function reach(graph: Graph, start: string, { direction, follows }: Way): ReadonlyMap<string, string> {
  const before = new Map<string, string>();
  let front = [start];
  for (let depth = 0; depth < MAX_DEPTH && front.length > 0; depth++) {
    const next: string[] = [];
    for (const key of front) {
      const edges = (direction === 'dependencies' ? graph.outgoing : graph.incoming).get(key) ?? [];
      for (const edge of edges.filter(follows)) {
        const other = keyOf(direction === 'dependencies' ? edge.to : edge.from);
        if (other === start || before.has(other)) continue;
        before.set(other, key);
        next.push(other);
      }
    }
    front = next;
  }
  return before;
}
