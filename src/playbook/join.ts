import type { PlaybookCondition, PlaybookJoin } from '../schema/generated.ts';
import { asText, type Verdict } from './compare-values.ts';
import type { StepData } from './parse-output.ts';
import { isRecord, parsePath, readPath, type Path } from './path.ts';
import { lookup, type Scope } from './scope.ts';

/** What was found in the output of another step. */
export interface JoinResult {
  readonly verdict: Verdict;
  readonly items: readonly unknown[];
}

type CompileAll = (conditions: readonly PlaybookCondition[]) => (scope: Scope) => Verdict;

/** Lists that the outputs of steps have by their form. */
const LISTS = ['items', 'rows', 'lines', 'series'] as const;

/**
 * Compiles a look into the output of another step. It is unknown while that step is not known, and when too little is
 * found in an output that was cut. The outputs are indexed once, so that thousands of items can be joined with thousands.
 */
export function compileJoin(join: PlaybookJoin, compileAll: CompileAll): (scope: Scope) => JoinResult {
  const equal = (join.equal ?? []).map(([theirs = '', ours = '']) => ({
    theirs: parsePath(theirs),
    ours: parsePath(ours),
  }));
  const pairs = equal.flatMap(({ theirs, ours }) =>
    theirs === undefined || ours === undefined ? [] : [{ theirs, ours }],
  );
  const list = join.iterate === undefined ? undefined : parsePath(join.iterate);
  const test = compileAll(join.where ?? []);
  const atLeast = join.atLeast ?? 1;
  const indexes = new WeakMap<StepData, ItemIndex>();

  return (scope) => {
    const outputs = scope.outputs?.(join.step);
    if (outputs === undefined) return { verdict: 'unknown', items: [] };
    const found: unknown[] = [];
    let hasUnknown = false;
    for (const data of outputs) {
      const index = indexes.get(data) ?? indexOf(itemsOf(data.root, list), pairs[0]?.theirs);
      indexes.set(data, index);
      if (data.isPartial) hasUnknown = true;
      for (const item of candidates(index, pairs, scope)) {
        const verdict = test(innerScope(scope, item, join.as));
        if (verdict === 'yes') found.push(item);
        if (verdict === 'unknown') hasUnknown = true;
      }
    }
    if (found.length >= atLeast) return { verdict: 'yes', items: found };
    return { verdict: hasUnknown ? 'unknown' : 'no', items: found };
  };
}

export interface Pair {
  readonly theirs: Path;
  readonly ours: Path;
}

interface ItemIndex {
  readonly items: readonly unknown[];
  /** By each text at the first path; absent when there is no pair. */
  readonly byText?: ReadonlyMap<string, readonly unknown[]>;
}

/** Items of an output that a join looks at. */
export function itemsOf(root: unknown, list: Path | undefined): readonly unknown[] {
  if (list !== undefined) return readPath(root, list);
  if (Array.isArray(root)) return root;
  if (!isRecord(root)) return [];
  for (const name of LISTS) {
    const items = root[name];
    if (Array.isArray(items)) return items;
  }
  return [root];
}

function indexOf(items: readonly unknown[], path: Path | undefined): ItemIndex {
  if (path === undefined) return { items };
  const byText = new Map<string, unknown[]>();
  for (const item of items) {
    for (const text of new Set(readPath(item, path).map(asText))) {
      const group = byText.get(text);
      if (group === undefined) byText.set(text, [item]);
      else group.push(item);
    }
  }
  return { items, byText };
}

function candidates(index: ItemIndex, pairs: readonly Pair[], scope: Scope): readonly unknown[] {
  const [first, ...others] = pairs;
  if (first === undefined || index.byText === undefined) return index.items;
  const wanted = new Set(lookup(scope, first.ours).map(asText));
  const items = [...new Set([...wanted].flatMap((text) => index.byText?.get(text) ?? []))];
  return items.filter((item) => others.every((pair) => areEqual(pair, item, scope)));
}

/** Whether an item of another step has one of the values that are wanted. */
export function areEqual({ theirs, ours }: Pair, item: unknown, scope: Scope): boolean {
  const wanted = new Set(lookup(scope, ours).map(asText));
  return readPath(item, theirs).some((value) => wanted.has(asText(value)));
}

/** Inside, paths lead into the other item unless they begin with a name. */
export function innerScope(scope: Scope, item: unknown, name: string | undefined): Scope {
  return name === undefined ? { ...scope, item } : { ...scope, item, vars: { ...scope.vars, [name]: item } };
}
