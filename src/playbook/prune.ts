import { isRecord } from './path.ts';

type Segment =
  | { readonly kind: 'any-depth' }
  | { readonly kind: 'all' }
  | { readonly kind: 'keys'; readonly keys: readonly string[] };
type PrunePath = readonly Segment[];

const KEY = String.raw`[\w$@:/-]+`;
const TOKEN = new RegExp(
  String.raw`(?<deep>\*\*)(?:\.|$)|(?<all>\[\*\]|\*)(?:\.|(?=\[)|$)|\((?<keys>${KEY}(?:\|${KEY})+)\)(?:\.|(?=\[)|$)|(?<key>${KEY})(?:\.|(?=\[)|$)`,
  'uy',
);

/**
 * A path of `drop` or `keep`: like other paths, with `**` for any depth and `*` for every key. Undefined when the text
 * does not follow that grammar.
 */
export function parsePrunePath(text: string): PrunePath | undefined {
  const segments: Segment[] = [];
  let at = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const groups = TOKEN.exec(text)?.groups;
    if (groups === undefined) return undefined;
    if (groups['deep'] !== undefined) segments.push({ kind: 'any-depth' });
    else if (groups['all'] !== undefined) segments.push({ kind: 'all' });
    else segments.push({ kind: 'keys', keys: groups['keys']?.split('|') ?? [groups['key'] ?? ''] });
    at = TOKEN.lastIndex;
  }
  return segments.length === 0 || text.endsWith('.') ? undefined : segments;
}

/** The value without what `drop` names and, when `keep` is given, with nothing but what `keep` names. */
export function prune(
  value: unknown,
  paths: { readonly drop?: readonly string[]; readonly keep?: readonly string[] },
): unknown {
  const step = rememberedStep();
  const kept = paths.keep === undefined ? value : keepOnly(value, starts(paths.keep), step);
  return paths.drop === undefined ? kept : dropAll(kept, starts(paths.drop), step);
}

/** Rests of paths that still have to be walked from here; an empty rest means that this is what the path names. */
type Rests = readonly PrunePath[];

function starts(texts: readonly string[]): Rests {
  return texts.flatMap((text) => {
    const path = parsePrunePath(text);
    return path === undefined ? [] : unfold(path);
  });
}

/** `**` may also stand for nothing. */
function unfold(path: PrunePath): Rests {
  return path[0]?.kind === 'any-depth' ? [path, ...unfold(path.slice(1))] : [path];
}

type Step = (rests: Rests, key: string | undefined) => Rests;

/** Thousands of objects have the same keys at the same places: each of these is looked at once. */
function rememberedStep(): Step {
  const known = new Map<Rests, Map<string | undefined, Rests>>();
  return (rests, key) => {
    const nexts = known.get(rests) ?? new Map<string | undefined, Rests>();
    if (nexts.size === 0) known.set(rests, nexts);
    const next = nexts.get(key) ?? stepInto(rests, key);
    nexts.set(key, next);
    return next;
  };
}

function stepInto(rests: Rests, key: string | undefined): Rests {
  return rests
    .flatMap((path): Rests => {
      const [first, ...rest] = path;
      if (first === undefined) return [];
      if (first.kind === 'any-depth') return [path];
      if (first.kind === 'all') return unfold(rest);
      return key !== undefined && first.keys.includes(key) ? unfold(rest) : [];
    })
    .flatMap((path) => (path[0]?.kind === 'any-depth' ? unfold(path) : [path]));
}

const isNamed = (rests: Rests): boolean => rests.some((path) => path.length === 0);

function dropAll(value: unknown, rests: Rests, step: Step): unknown {
  if (rests.length === 0) return value;
  if (Array.isArray(value)) {
    const inside = step(rests, undefined);
    return isNamed(inside) ? [] : value.map((child: unknown) => dropAll(child, inside, step));
  }
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, child]) => {
      const inside = step(rests, key);
      return isNamed(inside) ? [] : [[key, dropAll(child, inside, step)]];
    }),
  );
}

/** Undefined when nothing of the value is kept. */
function keepOnly(value: unknown, rests: Rests, step: Step): unknown {
  if (isNamed(rests)) return value;
  if (rests.length === 0) return undefined;
  if (Array.isArray(value)) {
    const inside = step(rests, undefined);
    return value.map((child: unknown) => keepOnly(child, inside, step)).filter((child) => child !== undefined);
  }
  if (!isRecord(value)) return undefined;
  const entries = Object.entries(value).map(([key, child]) => [key, keepOnly(child, step(rests, key), step)] as const);
  const kept = entries.filter(([, child]) => child !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
