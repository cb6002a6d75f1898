export type LiteralWord =
  { readonly kind: 'literal'; readonly value: string } | { readonly kind: 'refused'; readonly why: string };

/** Characters that mean something to a shell when nothing quotes them. */
const SPECIAL = /[$`*?[\](){}~<>|&;\s]/u;
const DOUBLE_QUOTED_ESCAPES = '$`"\\';
const ANSI_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
]);

/**
 * The text that one word of a shell command stands for, when it stands for exactly one and always the same text. A
 * second reader beside the parser: where the two differ, nothing runs.
 */
export function readLiteralWord(source: string): LiteralWord {
  let value = '';
  let at = 0;
  while (at < source.length) {
    const character = source.charAt(at);
    if (character === "'") {
      const end = source.indexOf("'", at + 1);
      if (end < 0) return refused('a quote is not closed');
      value += source.slice(at + 1, end);
      at = end + 1;
      continue;
    }
    const quoted =
      character === '"'
        ? readDoubleQuoted(source, at + 1)
        : source.startsWith("$'", at)
          ? readAnsiQuoted(source, at + 2)
          : readBare(source, at);
    if (typeof quoted === 'string') return refused(quoted);
    value += quoted.value;
    at = quoted.end;
  }
  return { kind: 'literal', value };
}

interface Piece {
  readonly value: string;
  readonly end: number;
}

function readBare(source: string, at: number): Piece | string {
  const character = source.charAt(at);
  if (character === '\\') {
    const next = source.charAt(at + 1);
    if (next === '') return 'it ends in a backslash';
    return { value: next === '\n' ? '' : next, end: at + 2 };
  }
  if (SPECIAL.test(character)) return `${meaningOf(character)}; put it in single quotes when it is meant as text`;
  return { value: character, end: at + 1 };
}

function readDoubleQuoted(source: string, start: number): Piece | string {
  let value = '';
  for (let at = start; at < source.length; at++) {
    const character = source.charAt(at);
    if (character === '"') return { value, end: at + 1 };
    if (character === '$' || character === '`') return `${meaningOf(character)}; single quotes make it text`;
    if (character !== '\\') {
      value += character;
      continue;
    }
    at++;
    const next = source.charAt(at);
    if (next === '\n') continue;
    value += next !== '' && DOUBLE_QUOTED_ESCAPES.includes(next) ? next : `\\${next}`;
  }
  return 'a quote is not closed';
}

function readAnsiQuoted(source: string, start: number): Piece | string {
  let value = '';
  for (let at = start; at < source.length; at++) {
    const character = source.charAt(at);
    if (character === "'") return { value, end: at + 1 };
    if (character !== '\\') {
      value += character;
      continue;
    }
    at++;
    const escaped = ANSI_ESCAPES.get(source.charAt(at));
    if (escaped === undefined)
      return "$'…' may hold \\n, \\t, \\\\ and quotes only; write other characters as they are";
    value += escaped;
  }
  return 'a quote is not closed';
}

function meaningOf(character: string): string {
  switch (character) {
    case '$':
    case '`':
      return 'variables and command substitution are not expanded here';
    case '*':
    case '?':
    case '[':
    case ']':
      return 'file name patterns are not expanded here';
    case '{':
    case '}':
      return 'braces are not expanded here';
    case '~':
      return '~ is not expanded here';
    default:
      return `${character} has a meaning in a shell`;
  }
}

function refused(why: string): LiteralWord {
  return { kind: 'refused', why };
}
