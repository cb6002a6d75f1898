import { RE2JS } from 're2js';
import { ALL_FORMATS } from '../formats/all-formats.ts';
import type { TokenIssuer, TokenRow } from '../formats/token-format.ts';
import { lowerAscii, matchAt, type Find, type RedactionRule, type Subject } from '../rule.ts';
import { createKeywordSearch } from './keyword-search.ts';

/** Where a format stands in relation to its keyword. */
type Place = 'prefixed' | 'inside' | 'named';

interface Format {
  readonly id: string;
  readonly place: Place;
  readonly pattern: string;
  /** Characters of the words among which a `named` or `inside` token is looked for. */
  readonly word: RegExp;
  /** Made when the keyword is met for the first time: compiling all of them takes half a second. */
  compiled?: RE2JS;
}

/** The budget is checked after so many characters. */
const WINDOW = 64 * 1024;
/** What a pattern may look at from its keyword on. */
const REACH = 4096;
/** A token that its keyword names begins within so many characters of it. */
const NAMED_REACH = 64;
const MAX_CANDIDATES = 5;
const INSIDE_REACH = 256;
/** A token is removed with what goes on without a break: a longer one than documented is one all the same. */
const REST = /[A-Za-z0-9_-]{1,4096}/y;

const PLAIN_WORD = /[A-Za-z0-9_.~-]{6,4096}/y;
const WORD_PARTS: Readonly<Record<string, RegExp>> = {
  '/+': /[A-Za-z0-9_.~+/-]{6,4096}={0,2}/y,
  '+': /[A-Za-z0-9_.~+-]{6,4096}/y,
  ':': /[A-Za-z0-9_.~:/+-]{6,4096}/y,
  '%': /[A-Za-z0-9_.~%/+-]{6,4096}={0,2}/y,
  '=': /[A-Za-z0-9_.~-]{6,4096}={0,2}/y,
};

/** Tokens that their issuers made easy to recognise, or that stand right after the name of their issuer. */
export const issuedTokenRule: RedactionRule = createTokenRule(ALL_FORMATS);

/** Patterns run in linear time, and only around a keyword: hostile text costs a bounded amount for each. */
export function createTokenRule(issuers: readonly TokenIssuer[]): RedactionRule {
  const keywords: string[] = [];
  const formats: Format[] = [];
  for (const issuer of issuers) {
    for (const place of ['prefixed', 'inside', 'named'] as const) {
      for (const row of issuer[place] ?? []) add(row, place);
    }
  }
  const hits = createKeywordSearch(keywords);
  return { id: 'token', keywords: [], find };

  function add([id, names, pattern]: TokenRow, place: Place): void {
    const format: Format = { id, place, pattern, word: wordOf(pattern, place) };
    for (const keyword of names.split(' ')) {
      keywords.push(lowerAscii(keyword));
      formats.push(format);
    }
  }

  function* find(subject: Subject): Generator<Find> {
    const { text, lower } = subject;
    let done = 0;
    /** How far each format has judged the words around its keyword: a word that holds it often is judged once. */
    const judged = new Map<Format, number>();
    for (let from = 0; from < lower.length; from += WINDOW) {
      subject.checkBudget();
      for (const { at, index } of hits(lower, from, from + WINDOW)) {
        const format = formats[index];
        const keyword = keywords[index] ?? '';
        if (format === undefined || at < done || at < (judged.get(format) ?? 0)) continue;
        if (format.place === 'inside') judged.set(format, wordEnd(text, format, at));
        const span = spanOf(text, format, { at, keyword });
        if (span === undefined) continue;
        done = format.place === 'named' ? done : span.end;
        yield { ...span, rule: format.id, spreads: true };
      }
    }
  }
}

function spanOf(text: string, format: Format, hit: { at: number; keyword: string }): Find | undefined {
  switch (format.place) {
    case 'prefixed':
      return prefixedAt(text, format, hit);
    case 'inside':
      return around(text, format, hit.at);
    case 'named':
      return namedAfter(text, format, hit.at + hit.keyword.length);
  }
}

function prefixedAt(text: string, format: Format, { at, keyword }: { at: number; keyword: string }): Find | undefined {
  if (/^[A-Za-z0-9]/.test(keyword) && continuesWord(text, at)) return undefined;
  const matcher = compiled(format).matcher(text.slice(at, at + REACH));
  if (!matcher.lookingAt()) return undefined;
  const group = matcher.groupCount() > 0 ? 1 : 0;
  let end = at + matcher.end(group);
  // Documentation marks its examples like this.
  if (text.slice(at, end).endsWith('EXAMPLE')) return undefined;
  for (let rest = matchAt(REST, text, end); rest !== undefined; rest = matchAt(REST, text, end)) end += rest[0].length;
  return { start: at + matcher.start(group), end: end + (matchAt(/={0,2}/y, text, end)?.[0].length ?? 0) };
}

/** Whether a word goes on at an offset; a line end that was escaped, or a percent code, is none. */
function continuesWord(text: string, at: number): boolean {
  if (!/[A-Za-z0-9]/.test(text.charAt(at - 1))) return false;
  return !/(?:\\[nrt]|%[0-9A-Fa-f]{2}|\x1b\[[0-9;]{0,8}m)$/.test(text.slice(Math.max(0, at - 10), at));
}

/** The word around the keyword, when all of it is a token. */
function around(text: string, format: Format, at: number): Find | undefined {
  const floor = Math.max(0, at - INSIDE_REACH);
  let start = at;
  while (start > floor && isWordAt(text, format, start - 1)) start -= 1;
  const end = wordEnd(text, format, at);
  return isToken(text.slice(start, end), format) ? { start, end } : undefined;
}

function wordEnd(text: string, format: Format, at: number): number {
  let end = at;
  while (end < text.length && end - at < INSIDE_REACH && isWordAt(text, format, end)) end += 1;
  return end;
}

function isWordAt(text: string, format: Format, at: number): boolean {
  const character = text.charAt(at);
  return /[A-Za-z0-9_~-]/.test(character) || (/[.+/:]/.test(character) && format.pattern.includes(character));
}

/** The first of the next few words that is a token as a whole. */
function namedAfter(text: string, format: Format, from: number): Find | undefined {
  const limit = Math.min(text.length, from + NAMED_REACH);
  let candidates = 0;
  for (let at = from; at < limit && candidates < MAX_CANDIDATES;) {
    const word = matchAt(format.word, text, at)?.[0];
    if (word === undefined) {
      at += 1;
      continue;
    }
    candidates += 1;
    const isApart = at > from || /[^A-Za-z0-9]/.test(text.charAt(from - 1));
    if (isApart && word.length >= 12 && isToken(word, format)) return { start: at, end: at + word.length };
    at += word.length;
  }
  return undefined;
}

function isToken(word: string, format: Format): boolean {
  return word.length <= REACH && compiled(format).matches(word);
}

function compiled(format: Format): RE2JS {
  format.compiled ??= RE2JS.compile(format.pattern);
  return format.compiled;
}

function wordOf(pattern: string, place: Place): RegExp {
  if (place === 'prefixed') return PLAIN_WORD;
  const literal = pattern.replace(/\(\?:/g, '(');
  if (literal.includes(':') || literal.includes('|]')) return WORD_PARTS[':'] ?? PLAIN_WORD;
  if (literal.includes('%')) return WORD_PARTS['%'] ?? PLAIN_WORD;
  if (literal.includes('/')) return WORD_PARTS['/+'] ?? PLAIN_WORD;
  if (literal.includes('+')) return WORD_PARTS['+'] ?? PLAIN_WORD;
  if (literal.includes('=')) return WORD_PARTS['='] ?? PLAIN_WORD;
  return PLAIN_WORD;
}
