import { asText } from './compare-values.ts';
import { FORMATS, formatFigure } from './figures.ts';
import { parsePath } from './path.ts';
import { lookup, type Scope } from './scope.ts';

const PLACEHOLDER = /\$\{([^{}]*)\}/gu;

/** `path?node is|nodes are`: the number and the words that fit it. */
const COUNTED = /^(?<path>[^?|]+)\?(?<one>[^?|]*)\|(?<many>[^?|]*)$/u;

/** `path|duration`, `path|bytes`: a figure as people read it. */
const FORMATTED = new RegExp(String.raw`^(?<path>.+)\|(?<format>${[...FORMATS.keys()].join('|')})$`, 'u');

/** What stands for a value that the item does not have. */
const ABSENT = 'unknown';

/**
 * Text on one line with `${path}` replaced from the item, the step or what is named; cut at `maxCharacters`.
 * `${path?node is|nodes are}` is `1 node is` or `3 nodes are`, `${path|duration}` is `2 hours 5 minutes`, and
 * `${path|bytes}` is `1.9 GiB`.
 */
export function renderText(template: string, scope: Scope, maxCharacters: number): string {
  const text = template.replace(PLACEHOLDER, (_whole, path: string) => oneLine(shownAt(path, scope)));
  return cut(oneLine(text), maxCharacters);
}

/**
 * A command to copy. Values come from the system that is looked at, so each is quoted for a shell when it holds anything
 * but plain characters; a value that cannot be shown on one line, or is absent, gives no command.
 */
export function renderCommand(template: string, scope: Scope, maxCharacters: number): string | undefined {
  if (!templatePaths(template).every((path) => isCommandWord(valueAt(path, scope)))) return undefined;
  const text = template.replace(PLACEHOLDER, (_whole, path: string) => quoteForShell(valueAt(path, scope)));
  return text.length <= maxCharacters ? text : undefined;
}

/** Value for a name of `bind`, or a setting: as it is, not cut and not on one line; undefined when a part of it is absent. */
export function renderValue(template: string, scope: Scope): string | undefined {
  if (templatePaths(template).some((path) => valueAt(path, scope) === ABSENT)) return undefined;
  return template.replace(PLACEHOLDER, (_whole, path: string) => valueAt(path, scope));
}

/** A leading dash would make the value an option; invisible characters would hide what is run. */
function isCommandWord(value: string): boolean {
  if (value === '' || value === ABSENT || value.startsWith('-')) return false;
  return !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(value);
}

/** Paths that a template uses. */
export function templatePaths(template: string): readonly string[] {
  return [...template.matchAll(PLACEHOLDER)].map(
    (match) => (COUNTED.exec(match[1] ?? '') ?? FORMATTED.exec(match[1] ?? ''))?.groups?.['path'] ?? match[1] ?? '',
  );
}

/** Plain values as they are; anything else between single quotes. */
function quoteForShell(value: string): string {
  if (/^[\w@%+=:,./][\w@%+=:,./-]*$/u.test(value)) return value;
  return `'${value.replaceAll("'", String.raw`'\''`)}'`;
}

function shownAt(text: string, scope: Scope): string {
  const formatted = FORMATTED.exec(text)?.groups;
  if (formatted !== undefined) {
    const value = valueAt(formatted['path'] ?? '', scope);
    return formatFigure(value, formatted['format'] ?? '') ?? value;
  }
  const { path, one = '', many = '' } = COUNTED.exec(text)?.groups ?? {};
  if (path === undefined) return valueAt(text, scope);
  const value = valueAt(path, scope);
  return `${value} ${value === '1' ? one : many}`;
}

function valueAt(pathText: string, scope: Scope): string {
  const path = parsePath(pathText);
  const value = path === undefined ? undefined : lookup(scope, path)[0];
  return value === undefined ? ABSENT : asText(value);
}

function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}

/** Cut by characters, never through a pair of surrogates. */
export function cut(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  const head = text.slice(0, maxCharacters - 1).replace(/[\uD800-\uDBFF]$/u, '');
  return `${head}…`;
}
