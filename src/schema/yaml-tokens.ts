import { CST, Lexer } from 'yaml';
import { MAX_DEPTH } from './value-rules.ts';

export interface TokenFault {
  readonly offset: number;
  readonly message: string;
  readonly hint?: string;
}

/** Tokens that make a document mean more than it shows: references to elsewhere, types, other versions of YAML. */
const FORBIDDEN: ReadonlyMap<string, { readonly message: string; readonly hint?: string }> = new Map([
  ['anchor', { message: 'anchors (&) are not allowed', hint: 'put text that begins with & in quotes' }],
  ['alias', { message: 'aliases (*) are not allowed', hint: 'put text that begins with * in quotes' }],
  ['tag', { message: 'tags (!) are not allowed', hint: 'put text that begins with ! in quotes' }],
  ['directive-line', { message: 'directives (%) are not allowed' }],
]);

/** Marks of the lexer that take no room in the text. */
const WIDTHLESS: ReadonlySet<string> = new Set([CST.DOCUMENT, CST.FLOW_END, CST.SCALAR]);

/**
 * The first token that a war room file may not have, found before the text is parsed: parsing repeated anchors takes
 * quadratic time. Expects text without control characters.
 */
export function forbiddenToken(text: string): TokenFault | undefined {
  let offset = 0;
  let isScalar = false;
  for (const source of new Lexer().lex(text)) {
    if (WIDTHLESS.has(source)) {
      isScalar = source === CST.SCALAR;
      continue;
    }
    const forbidden = isScalar ? undefined : FORBIDDEN.get(CST.tokenType(source) ?? '');
    if (forbidden !== undefined) return { offset, ...forbidden };
    isScalar = false;
    offset += source.length;
  }
  return undefined;
}

/**
 * Offset of the first value that lies too deep, counted without recursion. Making nodes of syntax is recursive, and
 * when the stack runs out inside a regular expression the process ends; nothing can catch that.
 */
export function tooDeep(syntax: readonly CST.Token[]): number | undefined {
  const open = syntax.map((token) => ({ token, depth: 0 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (depth > MAX_DEPTH) return token.offset;
    for (const inner of innerTokens(token)) open.push({ token: inner, depth: depth + 1 });
  }
  return undefined;
}

function innerTokens(token: CST.Token): readonly CST.Token[] {
  if (token.type === 'document') return token.value === undefined ? [] : [token.value];
  if (!CST.isCollection(token)) return [];
  return token.items.flatMap(({ key, value }) => [key, value]).filter((inner) => inner != null);
}
