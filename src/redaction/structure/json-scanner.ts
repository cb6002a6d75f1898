import { matchAt } from '../rule.ts';

/** A string of a JSON text: offsets of its content, without quotes. */
export interface JsonString {
  readonly start: number;
  readonly end: number;
}

/** An object or an array; arrays keep only their key. */
export interface JsonNode {
  readonly isObject: boolean;
  /** Key under which it stands; that of the array for an element. */
  readonly key: string | undefined;
  readonly parent: JsonNode | undefined;
  readonly start: number;
  readonly strings: ReadonlyMap<string, JsonString>;
  /** False when the text ended, or stopped being JSON, inside. */
  isClosed: boolean;
}

/** A node while it is read; the map is made with its first string, since hostile text opens many objects and fills none. */
interface OpenNode extends JsonNode {
  strings: Map<string, JsonString>;
}

const NO_STRINGS: Map<string, JsonString> = new Map();

type Expected = 'key' | 'colon' | 'value' | 'comma';

const PLAIN = /[^"\n]{1,65536}/y;
const SCALAR = /[-+.\w]{1,4096}/y;

/**
 * All objects of all JSON texts inside `text`, also of cut ones. With `level` 1 it reads JSON that was put into a JSON
 * string, where every quote is `\"`; with 2 once more. Every character is visited once.
 */
export function scanJson(text: string, level: number): readonly JsonNode[] {
  const objects: JsonNode[] = [];
  const escapes = '\\'.repeat(2 ** level - 1);
  const blank =
    level === 0
      ? /\s{1,65536}/y
      : new RegExp(`(?:\\s|\\\\{${escapes.length},${escapes.length + 1}}[nrt]){1,65536}`, 'y');
  for (let at = text.indexOf('{'); at !== -1; at = text.indexOf('{', at)) at = readDocument(at);
  return objects;

  /** Reads one document from its `{`; returns where it ended or broke. */
  function readDocument(from: number): number {
    const stack: OpenNode[] = [];
    let expected: Expected = 'value';
    let key: string | undefined;
    let at = from;
    while (at < text.length) {
      at += matchAt(blank, text, at)?.[0].length ?? 0;
      const node = stack.at(-1);
      const character = text.charAt(at);
      if ((character === '{' || character === '[') && expected === 'value') {
        const child = open(character === '{', { key, parent: node, start: at });
        stack.push(child);
        key = child.isObject ? undefined : child.key;
        expected = child.isObject ? 'key' : 'value';
      } else if (node !== undefined && character === (node.isObject ? '}' : ']')) {
        node.isClosed = true;
        stack.pop();
        if (stack.length === 0) return at + 1;
        expected = 'comma';
      } else if (character === ',' && expected === 'comma') {
        expected = node?.isObject === true ? 'key' : 'value';
        key = node?.isObject === true ? undefined : node?.key;
      } else if (character === ':' && expected === 'colon') {
        expected = 'value';
      } else if (text.startsWith(`${escapes}"`, at) && (expected === 'key' || expected === 'value')) {
        const content = readString(at + escapes.length + 1);
        if (expected === 'value' && node?.isObject === true && key !== undefined) {
          if (node.strings === NO_STRINGS) node.strings = new Map();
          node.strings.set(key, content);
        }
        if (!content.isClosed) return content.end;
        if (expected === 'key') key = text.slice(content.start, content.end);
        expected = expected === 'key' ? 'colon' : 'comma';
        at = content.end + escapes.length;
      } else {
        const scalar = expected === 'value' ? matchAt(SCALAR, text, at) : undefined;
        if (scalar === undefined) return at === from ? at + 1 : at;
        expected = 'comma';
        at += scalar[0].length - 1;
      }
      at += 1;
    }
    return at;
  }

  function open(isObject: boolean, place: Pick<JsonNode, 'key' | 'parent' | 'start'>): OpenNode {
    const { key, parent, start } = place;
    const node: OpenNode = { key, parent, start, isObject, strings: NO_STRINGS, isClosed: false };
    if (isObject) objects.push(node);
    return node;
  }

  /** Reads to the closing quote of this level, the end of the line, or the end of the text. */
  function readString(start: number): JsonString & { isClosed: boolean } {
    let at = start;
    for (;;) {
      for (let run = matchAt(PLAIN, text, at); run !== undefined; run = matchAt(PLAIN, text, at)) at += run[0].length;
      if (at >= text.length || text.charAt(at) === '\n') return { start, end: at, isClosed: false };
      let backslashes = 0;
      while (at - backslashes > start && text.charAt(at - backslashes - 1) === '\\') backslashes += 1;
      const period = 2 ** (level + 1);
      if (backslashes % period === escapes.length) return { start, end: at - escapes.length, isClosed: true };
      // A quote that is escaped less deeply ends the string around this document.
      if (backslashes < escapes.length) return { start, end: at - backslashes, isClosed: false };
      at += 1;
    }
  }
}
