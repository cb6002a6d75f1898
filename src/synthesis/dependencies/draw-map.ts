import { isProblem, type DependencyMap, type Finding } from '../../domain/finding.ts';
import type { FindObject } from './find-object.ts';
import { isStrong, keyOf, reach, type Graph } from './graph.ts';

/** More than this nobody reads; the rest is counted. */
const MAX_NODES = 24;
const MAX_EDGES = 60;
const MAX_NEIGHBOURS = 4;
/** Longest name in the report contract. */
const MAX_NAME = 253;

/** What nearly everything has, and what only matters when something is wrong with it. */
const BACKGROUND = new Set(['configmap', 'secret', 'serviceaccount', 'storageclass', 'node']);

/**
 * The part of the graph around the findings: the objects that are faulty, what lies between them, and their nearest
 * neighbours. Undefined when no finding is about an object of the graph that depends on anything.
 */
export function drawMap(
  findings: readonly Finding[],
  { graph, find }: { readonly graph: Graph; readonly find: FindObject },
): DependencyMap | undefined {
  const findingsOf = new Map<string, string[]>();
  const faulty = new Set<string>();
  for (const finding of findings) {
    const object = find(finding.object);
    if (object === undefined) continue;
    const key = keyOf(object);
    findingsOf.set(key, [...(findingsOf.get(key) ?? []), finding.id]);
    if (isProblem(finding)) faulty.add(key);
  }
  const wanted = new Set([...faulty, ...between(graph, faulty), ...around(graph, faulty, findingsOf)]);
  const keys = [...wanted].slice(0, MAX_NODES);
  const idOf = new Map(keys.map((key, index) => [key, `N${index + 1}`]));
  const nodes = keys.flatMap((key): DependencyMap['nodes'] => {
    const node = graph.nodes.get(key);
    const id = idOf.get(key);
    if (node === undefined || id === undefined) return [];
    const { kind, namespace, name, side } = node;
    return [
      {
        ...{ id, kind: kind.slice(0, 63), name: name.slice(0, MAX_NAME), side, findings: findingsOf.get(key) ?? [] },
        ...(namespace === undefined ? {} : { namespace: namespace.slice(0, MAX_NAME) }),
      },
    ];
  });
  const edges = graph.edges.flatMap(({ from, to, why, confidence, evidence }): DependencyMap['edges'] => {
    const [source, sink] = [idOf.get(keyOf(from)), idOf.get(keyOf(to))];
    if (source === undefined || sink === undefined) return [];
    return [{ from: source, to: sink, why, confidence, ...(evidence === undefined ? {} : { evidence }) }];
  });
  return edges.length === 0 ? undefined : { nodes, edges: edges.slice(0, MAX_EDGES), more: wanted.size - keys.length };
}

/** What lies on a shortest way from one faulty object to another. */
function between(graph: Graph, faulty: ReadonlySet<string>): readonly string[] {
  const found = new Set<string>();
  for (const start of faulty) {
    const before = reach(graph, start, { direction: 'dependencies', follows: isStrong });
    for (const end of faulty) {
      for (let key = before.get(end); key !== undefined && key !== start; key = before.get(key)) found.add(key);
    }
  }
  return [...found];
}

/** Who depends on a faulty object, and what it depends on itself: those with findings first, then the surest. */
function around(
  graph: Graph,
  faulty: ReadonlySet<string>,
  findingsOf: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const isWorthShowing = (key: string): boolean =>
    findingsOf.has(key) || !BACKGROUND.has(graph.nodes.get(key)?.kind ?? '');
  return [...faulty].flatMap((key) =>
    [
      (graph.incoming.get(key) ?? []).map(({ from, confidence }) => ({ key: keyOf(from), confidence })),
      (graph.outgoing.get(key) ?? []).map(({ to, confidence }) => ({ key: keyOf(to), confidence })),
    ].flatMap((neighbours) =>
      neighbours
        .filter((each) => isWorthShowing(each.key))
        .sort(
          (a, b) =>
            Number(findingsOf.has(b.key)) - Number(findingsOf.has(a.key)) ||
            b.confidence - a.confidence ||
            a.key.localeCompare(b.key),
        )
        .slice(0, MAX_NEIGHBOURS)
        .map((each) => each.key),
    ),
  );
}
