/**
 * Paths into parsed output: `a.b`, `list[*]`, `list[key=value]` for the entries with that field, `(a|b)` for several keys
 * at once. A path leads to any number of values; what is absent or null leads to none.
 */
export type Path = readonly Segment[];

type Segment =
  | { readonly kind: 'keys'; readonly keys: readonly string[] }
  | { readonly kind: 'all' }
  | { readonly kind: 'filter'; readonly key: string; readonly value: string };

const KEY = String.raw`[\w$@:/-]+`;
const TOKEN = new RegExp(
  String.raw`(?:(?<dot>\.)?(?:(?<key>${KEY})|\((?<keys>${KEY}(?:\|${KEY})+)\))|(?<all>\[\*\])|\[(?<field>${KEY})=(?<value>[^\]]*)\])`,
  'uy',
);

/** The path, or undefined when the text does not follow the grammar. */
export function parsePath(text: string): Path | undefined {
  const segments: Segment[] = [];
  let at = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const groups = TOKEN.exec(text)?.groups;
    if (groups === undefined) return undefined;
    const segment = segmentOf(groups);
    const isKey = segment.kind === 'keys';
    if (isKey && segments.length > 0 !== (groups['dot'] !== undefined)) return undefined;
    segments.push(segment);
    at = TOKEN.lastIndex;
  }
  return segments.length === 0 ? undefined : segments;
}

function segmentOf(groups: Readonly<Record<string, string | undefined>>): Segment {
  if (groups['all'] !== undefined) return { kind: 'all' };
  if (groups['field'] !== undefined) return { kind: 'filter', key: groups['field'], value: groups['value'] ?? '' };
  const keys = groups['keys']?.split('|') ?? [groups['key'] ?? ''];
  return { kind: 'keys', keys };
}

/** Every value that the path leads to, in order. */
export function readPath(root: unknown, path: Path): readonly unknown[] {
  let values: readonly unknown[] = [root];
  for (const segment of path) values = values.flatMap((value) => [...step(value, segment)]);
  return values.filter((value) => value !== undefined && value !== null);
}

/** Whether the list that the path goes through first exists at all, even when it is empty. */
export function hasList(root: unknown, path: Path): boolean {
  const end = path.findIndex((segment) => segment.kind !== 'keys');
  return readPath(root, end === -1 ? path : path.slice(0, end)).length > 0;
}

/** First key of a path, when it begins with a single one. */
export function firstKey(path: Path): string | undefined {
  const first = path[0];
  return first?.kind === 'keys' && first.keys.length === 1 ? first.keys[0] : undefined;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function* step(value: unknown, segment: Segment): Iterable<unknown> {
  if (segment.kind === 'keys') {
    if (!isRecord(value)) return;
    // Own fields only: output may name a field `constructor`.
    for (const key of segment.keys) if (Object.hasOwn(value, key)) yield value[key];
    return;
  }
  if (!Array.isArray(value)) return;
  const entries: readonly unknown[] = value;
  for (const entry of entries) {
    if (segment.kind === 'all') yield entry;
    else if (isRecord(entry) && Object.hasOwn(entry, segment.key) && String(entry[segment.key]) === segment.value)
      yield entry;
  }
}
