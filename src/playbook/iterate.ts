import type { PlaybookRule } from '../schema/generated.ts';
import type { Candidate } from './detectors/detector.ts';
import { firstKey, hasList, parsePath, readPath } from './path.ts';

/** An item with what is named on the way to it. */
export interface NamedCandidate extends Candidate {
  readonly vars?: Readonly<Record<string, unknown>>;
}

/**
 * The items that an `iterate` leads to; the whole output without one. With names every path but the first begins with
 * an earlier name, and the last one is the item. Undefined when the first list is not in the output at all.
 */
export function iterateItems(root: unknown, iterate: PlaybookRule['iterate']): readonly NamedCandidate[] | undefined {
  if (iterate === undefined) return [{ item: root, source: root }];
  if (typeof iterate === 'string') {
    return pathItems(root, iterate)?.map((item) => ({ item, source: item }));
  }
  let found: readonly NamedCandidate[] = [{ item: root, source: root, vars: {} }];
  for (const [index, [name, text]] of Object.entries(iterate).entries()) {
    if (index === 0) {
      const items = pathItems(root, text);
      if (items === undefined) return undefined;
      found = items.map((item) => ({ item, source: item, vars: { [name]: item } }));
      continue;
    }
    const path = parsePath(text) ?? [];
    found = found.flatMap(({ vars = {}, source }) => {
      const base = Object.hasOwn(vars, firstKey(path) ?? '') ? vars : root;
      return readPath(base, path).map((item) => ({
        item,
        // A text or a number has no place of its own.
        source: typeof item === 'object' ? item : source,
        vars: { ...vars, [name]: item },
      }));
    });
  }
  return found;
}

function pathItems(root: unknown, text: string): readonly unknown[] | undefined {
  const path = parsePath(text);
  return path === undefined || !hasList(root, path) ? undefined : readPath(root, path);
}
