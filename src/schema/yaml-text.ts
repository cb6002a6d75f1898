import { Composer, isMap, isScalar, isSeq, Parser } from 'yaml';
import type { Pair, YAMLMap, YAMLSeq } from 'yaml';
import { failedReading, oversize, type Reading, type TextFault } from './reading.ts';
import { createLocate, createPlaceAt, type Path, type Place, type Spot } from './text-map.ts';
import { codePointName, keyFault, numberFault, textFault, TOO_DEEP } from './value-rules.ts';
import { forbiddenToken, tooDeep } from './yaml-tokens.ts';

export const DEFAULT_MAX_YAML_BYTES = 64 * 1024;

const COMPOSER_OPTIONS = {
  version: '1.2',
  schema: 'core',
  // Compares every key with every other one: seconds for a file of 60 kB. Our own check is linear.
  uniqueKeys: false,
  stringKeys: true,
  strict: true,
  prettyErrors: false,
  logLevel: 'silent',
} as const;

/** Syntax errors up to which the whole text is looked at for the first and clearest one. */
const MAX_SYNTAX_ERRORS = 100;

/** Control characters that have no business in a file, line ends and tabs aside; some confuse the lexer. */
const RAW_CONTROL = /(?![\t\n\r])[\p{Cc}\p{Cs}]/u;

/**
 * Reads one YAML 1.2 document as plain data. Anything that could make two readers see different data is refused:
 * aliases, anchors, tags, directives, further documents, repeated keys, inexact numbers, control characters.
 */
export function readYaml(text: string, options: { readonly maxBytes?: number } = {}): Reading {
  const tooLarge = oversize(text, options.maxBytes ?? DEFAULT_MAX_YAML_BYTES);
  if (tooLarge !== undefined) return tooLarge;
  const placeAt = createPlaceAt(text);
  const control = RAW_CONTROL.exec(text);
  if (control !== null) {
    return failedReading(
      placeAt(control.index),
      `contains the character ${codePointName(control[0])}, which is not allowed`,
    );
  }
  const forbidden = forbiddenToken(text);
  if (forbidden !== undefined) return failedReading(placeAt(forbidden.offset), forbidden.message, forbidden.hint);

  const syntax = [...new Parser().parse(text)];
  const deep = tooDeep(syntax);
  if (deep !== undefined) return failedReading(placeAt(deep), TOO_DEEP);
  // Composing makes an Error with a stack of each of them, a second's work for a file of 64 KiB.
  const errors = syntax.filter((token) => token.type === 'error');
  const [error] = errors;
  if (error !== undefined && errors.length > MAX_SYNTAX_ERRORS) return notYaml(placeAt(error.offset), error.message);
  const [document, second] = new Composer(COMPOSER_OPTIONS).compose(syntax);
  if (document === undefined) return failedReading({ line: 1, column: 1 }, 'the file is empty');
  const complaint = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0])[0];
  if (complaint !== undefined) return notYaml(placeAt(complaint.pos[0]), complaint.message);
  if (second !== undefined) return failedReading(placeAt(second.range[0]), 'a second document (---) is not allowed');
  if (document.contents === null) return failedReading({ line: 1, column: 1 }, 'the file is empty');

  const walk = walkYaml(document.contents);
  if (walk.faults.length > 0) {
    const faults = walk.faults.map(({ offset, ...fault }): TextFault => ({ ...fault, place: placeAt(offset) }));
    return { ok: false, faults };
  }
  return { ok: true, value: walk.value, locate: createLocate(text, walk.spot) };
}

function notYaml(place: Place, message: string): Reading {
  const words = message.charAt(0).toLowerCase() + message.slice(1);
  return failedReading(place, `is not valid YAML: ${words.slice(0, 200)}`);
}

interface Walked {
  readonly value: unknown;
  readonly spot: Spot;
}

interface OffsetFault {
  readonly path: Path;
  readonly offset: number;
  readonly message: string;
  readonly hint?: string;
}

/** Makes plain data from nodes, and remembers where everything stands. */
function walkYaml(root: unknown): Walked & { readonly faults: readonly OffsetFault[] } {
  const faults: OffsetFault[] = [];

  function walk(node: unknown, path: Path, fallback: number): Walked {
    if (isMap(node)) return walkMap(node, path, node.range?.[0] ?? fallback);
    if (isSeq(node)) return walkList(node, path, node.range?.[0] ?? fallback);
    if (node !== null && !isScalar(node)) throw new Error('an alias came through the token check');
    const offset = node?.range?.[0] ?? fallback;
    const value: unknown = node?.value ?? null;
    const message = scalarFault(value);
    if (message !== undefined) {
      const written = node?.source?.slice(0, 40) ?? '';
      const isNumber = typeof value === 'number';
      faults.push({
        path,
        offset,
        message: isNumber ? `${written} ${message}` : message,
        ...(isNumber ? { hint: 'put it in quotes if it is text' } : {}),
      });
    }
    return { value, spot: { value: offset } };
  }

  function walkMap(map: YAMLMap, path: Path, offset: number): Walked {
    const value: Record<string, unknown> = {};
    const children = new Map<string, Spot>();
    for (const pair of map.items) {
      const key = keyOf(pair, offset);
      if (typeof key === 'number') {
        faults.push({ path, offset: key, message: 'a name must be text' });
        continue;
      }
      const message = children.has(key.name) ? 'is given twice' : keyFault(key.name);
      if (message !== undefined) {
        faults.push({ path: [...path, key.name], offset: key.offset, message });
        continue;
      }
      const child = walk(pair.value, [...path, key.name], key.offset);
      value[key.name] = child.value;
      children.set(key.name, { ...child.spot, key: key.offset });
    }
    return { value, spot: { value: offset, children } };
  }

  function walkList(list: YAMLSeq, path: Path, offset: number): Walked {
    const entries = list.items.map((item, index) => walk(item, [...path, index], offset));
    const children = new Map(entries.map((entry, index) => [String(index), entry.spot]));
    return { value: entries.map((entry) => entry.value), spot: { value: offset, children } };
  }

  const walked = walk(root, [], 0);
  return { ...walked, faults };
}

function scalarFault(value: unknown): string | undefined {
  if (typeof value === 'string') return textFault(value);
  if (typeof value === 'number') return numberFault(value);
  return undefined;
}

/** Name and place of a key; only the place when it is not text. */
function keyOf(pair: Pair, fallback: number): { readonly name: string; readonly offset: number } | number {
  if (!isScalar(pair.key)) return fallback;
  const offset = pair.key.range?.[0] ?? fallback;
  return typeof pair.key.value === 'string' ? { name: pair.key.value, offset } : offset;
}
