import { failedReading, oversize, type Reading, type TextFault } from './reading.ts';
import { createLocate, createPlaceAt, type Path, type Spot } from './text-map.ts';
import { keyFault, MAX_DEPTH, numberFault, textFault, TOO_DEEP } from './value-rules.ts';

export const DEFAULT_MAX_JSON_BYTES = 8 * 1024 * 1024;

/**
 * Reads one JSON document under the rules of YAML files: no repeated or unsafe keys, no inexact numbers, no control
 * characters, bounded depth. `JSON.parse` makes the value; a scan of our own finds faults and remembers places.
 */
export function readJson(text: string, options: { readonly maxBytes?: number } = {}): Reading {
  const tooLarge = oversize(text, options.maxBytes ?? DEFAULT_MAX_JSON_BYTES);
  if (tooLarge !== undefined) return tooLarge;
  const placeAt = createPlaceAt(text);
  const scan = scanJson(text);
  if (!scan.ok) return failedReading(placeAt(scan.offset), `is not valid JSON: ${scan.message}`);
  if (scan.faults.length > 0) {
    const faults = scan.faults.map(({ offset, ...fault }): TextFault => ({ ...fault, place: placeAt(offset) }));
    return { ok: false, faults };
  }
  const value: unknown = JSON.parse(text);
  return { ok: true, value, locate: createLocate(text, scan.root) };
}

interface OffsetFault {
  readonly path: Path;
  readonly offset: number;
  readonly message: string;
}

type Scan =
  | { readonly ok: true; readonly root: Spot; readonly faults: readonly OffsetFault[] }
  | { readonly ok: false; readonly offset: number; readonly message: string };

/** Ends a scan at the first place that is not JSON. */
class JsonSyntaxError extends Error {
  readonly offset: number;

  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const SPACE = /[ \t\n\r]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

function scanJson(text: string): Scan {
  const faults: OffsetFault[] = [];
  let at = 0;

  function take(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  }

  function fail(expected: string): never {
    const found = at < text.length ? JSON.stringify(String.fromCodePoint(text.codePointAt(at) ?? 0)) : 'the end';
    throw new JsonSyntaxError(at, `expected ${expected}, found ${found}`);
  }

  function value(path: Path): Spot {
    take(SPACE);
    const offset = at;
    if (path.length > MAX_DEPTH) throw new JsonSyntaxError(at, TOO_DEEP);
    const first = text[at];
    if (first === '{') return { value: offset, children: group(path) };
    if (first === '[') return { value: offset, children: list(path) };
    if (first === '"') check(path, offset, textFault(quoted()));
    else if (take(WORD) === undefined) {
      const number = take(NUMBER);
      if (number === undefined) fail('a value');
      const message = numberFault(Number(number));
      check(path, offset, message === undefined ? undefined : `${number.slice(0, 40)} ${message}`);
    }
    return { value: offset };
  }

  function group(path: Path): ReadonlyMap<string, Spot> {
    const children = new Map<string, Spot>();
    at += 1;
    take(SPACE);
    while (text[at] !== '}') {
      const key = at;
      if (text[at] !== '"') fail(children.size === 0 ? 'a name in double quotes or "}"' : 'a name in double quotes');
      const name = quoted();
      check([...path, name], key, keyFault(name));
      if (children.has(name)) check([...path, name], key, 'is given twice');
      take(SPACE);
      if (text[at] !== ':') fail('":"');
      at += 1;
      children.set(name, { ...value([...path, name]), key });
      if (!comma('}')) break;
    }
    at += 1;
    return children;
  }

  function list(path: Path): ReadonlyMap<string, Spot> {
    const children = new Map<string, Spot>();
    at += 1;
    take(SPACE);
    while (text[at] !== ']') {
      children.set(String(children.size), value([...path, children.size]));
      if (!comma(']')) break;
    }
    at += 1;
    return children;
  }

  /** Whether another entry follows; after a comma the closing bracket is a mistake. */
  function comma(end: string): boolean {
    take(SPACE);
    if (text[at] === end) return false;
    if (text[at] !== ',') fail(`"," or "${end}"`);
    at += 1;
    take(SPACE);
    if (text[at] === end) fail('another entry after ","');
    return true;
  }

  function quoted(): string {
    const start = at;
    at += 1;
    while (text[at] !== '"') {
      if (at >= text.length || text.charCodeAt(at) < 0x20) fail('the closing quote');
      if (text[at] !== '\\') at += 1;
      else if (take(ESCAPE) === undefined) fail('an escape such as \\n or \\u00e9');
    }
    at += 1;
    return String(JSON.parse(text.slice(start, at)));
  }

  function check(path: Path, offset: number, message: string | undefined): void {
    if (message !== undefined) faults.push({ path, offset, message });
  }

  try {
    const root = value([]);
    take(SPACE);
    if (at < text.length) fail('the end');
    return { ok: true, root, faults };
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    return { ok: false, offset: error.offset, message: error.message };
  }
}
