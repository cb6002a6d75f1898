/** What is looked at: a request of our own names its target within the first lines. */
const MAX_LINES = 2000;
const MAX_LINE = 200;
const MAX_NAMES = 20;
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/u;

/**
 * Names of the clusters that a request file seems to address, for bytes that nobody has vouched for: line by line,
 * without a parser, in the block style that this program writes. It decides only which cluster publishes the rejection;
 * a file that hides its addressee from it is nobody's.
 */
export function scanTargetNames(text: string): readonly string[] {
  const names = new Set<string>();
  let place: Place = { kind: 'top' };
  for (const line of text.split('\n', MAX_LINES)) {
    const indent = /^ {0,40}/u.exec(line)?.[0].length ?? 0;
    const words = line.slice(indent, indent + MAX_LINE).trimEnd();
    if (words === '' || words.startsWith('#')) continue;
    place = placeOf(place, indent, words);
    const name = nameIn(place, words);
    if (name !== undefined) names.add(name);
    if (names.size === MAX_NAMES) break;
  }
  return [...names];
}

type Place =
  | { readonly kind: 'top' }
  | { readonly kind: 'spec' }
  /** Below `targetCluster:` or `targetClusters:`, whose key stands at this column. */
  | { readonly kind: 'target'; readonly column: number };

function placeOf(place: Place, indent: number, words: string): Place {
  if (indent === 0) return words === 'spec:' ? { kind: 'spec' } : { kind: 'top' };
  if (place.kind === 'top') return place;
  if (/^targetClusters?:/u.test(words)) return { kind: 'target', column: indent };
  // Entries of a list may stand below the first letter of its key.
  if (place.kind === 'target' && indent <= place.column && !words.startsWith('- ')) return { kind: 'spec' };
  return place;
}

function nameIn(place: Place, words: string): string | undefined {
  if (place.kind !== 'target') return undefined;
  const block = /^(?:- {1,8})?name: {1,8}(\S{1,80})$/u.exec(words)?.[1];
  const flow = /\{[^{}]{0,150}\bname: {1,8}([^\s,{}]{1,80}) {0,8}[,}]/u.exec(words)?.[1];
  const name = (block ?? flow)?.replace(/^(["'])(.*)\1$/u, '$2');
  return name !== undefined && NAME.test(name) ? name : undefined;
}
