import type { Graph, ObjectName } from './graph.ts';
import { keyOf } from './graph.ts';

/** Short names that playbooks and people use. */
const ALIASES: Readonly<Record<string, string>> = {
  pvc: 'persistentvolumeclaim',
  pv: 'persistentvolume',
  hpa: 'horizontalpodautoscaler',
  svc: 'service',
  csr: 'certificatesigningrequest',
};

export type FindObject = (text: string) => ObjectName | undefined;

/**
 * Finds what the object of a finding names in a graph: `kind/namespace/name`, `kind/name`, or the bare name of a unit, a
 * container or a program. What fits several objects is none of them.
 */
export function objectFinder(graph: Graph): FindObject {
  const byText = new Map<string, Map<string, ObjectName>>();
  for (const node of graph.nodes.values()) {
    for (const text of textsOf(node)) {
      const found = byText.get(text) ?? new Map<string, ObjectName>();
      byText.set(text, found);
      found.set(keyOf(node), node);
    }
  }
  return (text) => {
    const found = byText.get(normalised(text));
    const [only] = found?.values() ?? [];
    return found?.size === 1 ? only : undefined;
  };
}

function textsOf({ kind, namespace, name }: ObjectName): readonly string[] {
  if (kind === 'unit') return [name, `unit/${name}`];
  return namespace === undefined ? [`${kind}/${name}`] : [`${kind}/${namespace}/${name}`, `${kind}/${name}`];
}

/** `persistentvolumeclaim/shop/data` of `pvc/shop/data`. */
export function normalised(text: string): string {
  const parts = text.split('/');
  if (parts.length === 1) return text;
  const [kind = '', ...names] = parts;
  const plain = kind.toLowerCase();
  // What is about a part of an object, such as its tunnel, is about the object.
  return [ALIASES[plain] ?? plain, ...names.slice(0, 2)].join('/');
}
