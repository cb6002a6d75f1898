/** Deeper documents are refused: everything that walks a document does so by recursion. */
const MAX_DEPTH = 100;

/** A double holds every integer of fifteen digits. */
const LONG_INTEGER_DIGITS = 16;

export type JsonReading =
  | { readonly kind: 'read'; readonly value: unknown; readonly isPartial: boolean }
  | { readonly kind: 'unreadable'; readonly why: string };

/**
 * Reads a JSON document. Integers of sixteen digits and more become texts, because ids of etcd and of file systems lose
 * digits as numbers. Of a document that was cut, the elements of lists that are complete are kept.
 */
export function readJsonText(text: string, options: { readonly isCut: boolean }): JsonReading {
  const scan = scanJson(text);
  if (scan.depth > MAX_DEPTH) return { kind: 'unreadable', why: `the output nests deeper than ${MAX_DEPTH} levels` };
  const whole = parseJson(scan.text);
  if (whole !== undefined) return { kind: 'read', value: whole.value, isPartial: options.isCut };
  if (!options.isCut) return { kind: 'unreadable', why: 'the output is not valid JSON' };
  const rest = scan.cutAt === undefined ? undefined : parseJson(`${scan.text.slice(0, scan.cutAt)}${scan.closing}`);
  return rest === undefined
    ? { kind: 'unreadable', why: 'the output was cut before the first complete entry of the document' }
    : { kind: 'read', value: rest.value, isPartial: true };
}

interface Scan {
  /** The text with long integers between quotes. */
  readonly text: string;
  readonly depth: number;
  /** Where the last complete element of the outermost list ends, and what closes everything there. */
  readonly cutAt?: number;
  readonly closing: string;
}

/** One pass without regular expressions: a text of a cut document may never end. */
function scanJson(text: string): Scan {
  const pieces: string[] = [];
  const open: string[] = [];
  let copiedTo = 0;
  let added = 0;
  let depth = 0;
  let listDepth: number | undefined;
  let cut: { readonly at: number; readonly closing: string } | undefined;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character === '"') {
      at = endOfText(text, at);
    } else if (character === '{' || character === '[') {
      open.push(character === '{' ? '}' : ']');
      depth = Math.max(depth, open.length);
      if (character === '[') listDepth ??= open.length;
    } else if (character === '}' || character === ']') {
      // A list that has ended is complete; only one that is still open at the end was cut.
      if (open.length === listDepth) listDepth = cut = undefined;
      open.pop();
    } else if (character === ',' && open.length === listDepth) {
      // An element ends before a comma of its list; the last one of a cut text may be half an element.
      cut = { at: at + added, closing: [...open].reverse().join('') };
    } else if (isDigit(character)) {
      const end = endOfNumber(text, at);
      if (end - at >= LONG_INTEGER_DIGITS && isInteger(text, at, end)) {
        const start = text[at - 1] === '-' ? at - 1 : at;
        pieces.push(text.slice(copiedTo, start), `"${text.slice(start, end)}"`);
        copiedTo = end;
        added += 2;
      }
      at = end - 1;
    }
  }
  pieces.push(text.slice(copiedTo));
  return { text: pieces.join(''), depth, closing: cut?.closing ?? '', ...(cut === undefined ? {} : { cutAt: cut.at }) };
}

/** Index of the closing quote, or of the end of the document. */
function endOfText(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9';
}

function endOfNumber(text: string, start: number): number {
  let at = start;
  while (at < text.length && '0123456789.eE+-'.includes(text[at] ?? ' ')) at++;
  return at;
}

function isInteger(text: string, start: number, end: number): boolean {
  return /^\d+$/u.test(text.slice(start, end));
}

/** Wrapped, because `null` is a valid document. */
function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return { value };
  } catch {
    return undefined;
  }
}
