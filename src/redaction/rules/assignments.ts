import { matchAt, type Find, type RedactionRule, type Subject } from '../rule.ts';
import { secretNameKind, type NameKind } from '../secret-name.ts';
import { isMixed, isOpaque, isSecretValue, standsOut } from '../secret-value.ts';

/** Every name that can be secret holds one of these. */
const KEYWORDS = [
  'passw',
  'passphrase',
  'passcode',
  'pass',
  'pwd',
  'psk',
  'secret',
  'token',
  'key',
  'cred',
  'auth',
  'api',
  'sid',
  'pat',
] as const;
const KEYWORD = /passw|passphrase|passcode|pass|pwd|psk|_pw|secret|token|key|cred|auth|api|sid|pat/g;
const NAME_CHARACTER = /[A-Za-z0-9_.-]/;
const MAX_NAME = 64;
const REST_OF_NAME = /[A-Za-z0-9_.-]{0,64}/y;
/** Closing quote of the name, `=`, `:`, `=>` or `:=`, and the blanks of a table that is aligned. */
const SEPARATOR = /(\\{0,7}["'][\])]?)?[ \t]{0,4}(=>|:=|=|:)[ \t]{0,60}/y;
/** `the key is VALUE`, `Session Token VALUE`, `setopt(PASSWORD, "VALUE")`: the value must speak for itself. */
const LOOSE_SEPARATOR = /["']?[ \t]{1,4}(?:(?:is|was)[ \t]{1,4})?|,[ \t]{0,4}(?=["'])/y;
const ELEMENT = />[^<]{3,4096}(?=<)/y;
/** `--password VALUE`, `"--password", "VALUE"`, `- --password⏎- VALUE`. */
const FLAG_SEPARATOR = /[ \t]{1,8}|\\{0,3}["'][ \t]{0,4},\s{0,40}|["']?\r?\n[ \t]{0,40}- /y;
const OPENING_QUOTE = /(\\{0,7})(["'])/y;
const MAX_VALUE = 4096;
const BLOCK_SCALAR = /[|>][+-]?\d?[ \t]{0,8}\r?\n/y;
const CALL = /^(?=[\w.$]*[._A-Z])[A-Za-z_$][\w.$]{0,128}\([\w ,.]{0,128}\)?;?$/;
const LINE_START = /^[ \t]*(?:[-+>#] ?)*(?:export |set |Environment=|ENV )?["']?$/;

/** `KEY=value`, `key: value`, `"key": "value"` and `--flag value` where the name promises a secret. */
export const assignmentRule: RedactionRule = { id: 'assignment', keywords: KEYWORDS, find: findAssignments };

function* findAssignments({ text, lower, checkBudget }: Subject): Generator<Find> {
  const keyword = new RegExp(KEYWORD);
  for (let hit = keyword.exec(lower), count = 0; hit !== null; hit = keyword.exec(lower), count++) {
    if (count % 4096 === 0) checkBudget();
    const start = nameStart(text, hit.index);
    const end = hit.index + (matchAt(REST_OF_NAME, text, hit.index)?.[0].length ?? 0);
    keyword.lastIndex = Math.max(end, keyword.lastIndex);
    // Marks of earlier rules are named after what they replace.
    if (text.startsWith('[REDACTED:', start - '[REDACTED:'.length)) continue;
    const name = text.slice(start, end);
    const kind = secretNameKind(name);
    if (kind === undefined) continue;
    const find = valueFind(text, {
      start,
      end,
      kind,
      isFlag: /^--?[A-Za-z]/.test(name) && !/\w/.test(text.charAt(start - 1)),
    });
    if (find === undefined) continue;
    keyword.lastIndex = Math.max(keyword.lastIndex, find.end);
    yield find;
  }
}

interface Name {
  readonly start: number;
  readonly end: number;
  readonly kind: NameKind;
  readonly isFlag: boolean;
}

function nameStart(text: string, at: number): number {
  let start = at;
  while (start > 0 && at - start < MAX_NAME && NAME_CHARACTER.test(text.charAt(start - 1))) start -= 1;
  return start;
}

function valueFind(text: string, name: Name): Find | undefined {
  const separator = matchAt(SEPARATOR, text, name.end);
  if (separator === undefined) {
    if (text.charAt(name.start - 1) === '<') return element(text, name);
    const gap = name.isFlag ? matchAt(FLAG_SEPARATOR, text, name.end) : undefined;
    if (gap === undefined) {
      const loose = matchAt(LOOSE_SEPARATOR, text, name.end);
      return loose === undefined ? undefined : opaque(text, unquotedOrQuoted(text, name.end + loose[0].length, false));
    }
    return judged(text, unquotedOrQuoted(text, name.end + gap[0].length, false), name.kind);
  }
  const start = name.end + separator[0].length;
  const isAtLineStart = LINE_START.test(lineBefore(text, name.start));
  if (isAtLineStart && separator[2] === ':') {
    const block = blockScalar(text, { start, column: indentOf(text, name.start) });
    if (block !== undefined) return block;
  }
  const span = unquotedOrQuoted(text, start, isAtLineStart && !name.isFlag);
  if (span.isQuoted || separator[2] !== ':') return judged(text, span, name.kind);
  return prose(text, span, { kind: name.kind, isAtLineStart });
}

/** `<password>VALUE</password>` */
function element(text: string, name: Name): Find | undefined {
  const match = matchAt(ELEMENT, text, name.end);
  if (match === undefined) return undefined;
  return judged(text, { start: name.end + 1, end: name.end + match[0].length, isQuoted: true }, name.kind);
}

function opaque(text: string, span: ValueSpan): Find | undefined {
  return isOpaque(text.slice(span.start, span.end)) ? judged(text, span, 'secret') : undefined;
}

interface ValueSpan {
  readonly start: number;
  readonly end: number;
  readonly isQuoted: boolean;
}

function judged(text: string, span: ValueSpan, kind: NameKind): Find | undefined {
  const value = text.slice(span.start, span.end);
  // A call such as `getPassword()`, or the beginning of a structure.
  const isCode = CALL.test(value) || /^[{[](?![A-Z0-9-]{2,12}[}\]])/.test(value) || text.charAt(span.end) === '(';
  if (!span.isQuoted && isCode) return undefined;
  if (!isSecretValue(value, kind)) return undefined;
  return { start: span.start, end: span.end, spreads: isMixed(value) };
}

/** A bare value after a colon may be YAML, or a sentence such as `invalid token: unexpected end`. */
function prose(text: string, span: ValueSpan, place: { kind: NameKind; isAtLineStart: boolean }): Find | undefined {
  const find = judged(text, span, place.kind);
  if (find === undefined) return undefined;
  const value = text.slice(span.start, span.end);
  const rest = matchAt(/[^\r\n]{0,512}/y, text, span.end)?.[0] ?? '';
  const isAlone = rest.trim() === '' || /^[ \t]+#/.test(rest) || rest.startsWith(',');
  if (place.isAtLineStart && isAlone) return find;
  if (place.isAtLineStart && place.kind === 'password') {
    return { start: span.start, end: span.end + rest.trimEnd().length };
  }
  return standsOut(value) ? find : undefined;
}

function unquotedOrQuoted(text: string, start: number, isWholeLine: boolean): ValueSpan {
  const quote = matchAt(OPENING_QUOTE, text, start);
  if (quote !== undefined) {
    const valueStart = start + quote[0].length;
    return { start: valueStart, end: quotedEnd(text, valueStart, quote[0]), isQuoted: true };
  }
  const expression = isWholeLine ? /[^\s"'`]{0,4096}/y : /[^\s"'`<>,;&|)}\]\\]{0,4096}/y;
  return { start, end: start + (matchAt(expression, text, start)?.[0].length ?? 0), isQuoted: false };
}

/** Where the same quote comes again, escaped equally deep; else the end of the line. */
function quotedEnd(text: string, start: number, quote: string): number {
  const limit = Math.min(text.length, start + MAX_VALUE);
  const slice = text.slice(start, limit);
  for (const at of quotesIn(slice, quote)) {
    let escapes = 0;
    while (slice.charAt(at - 1 - escapes) === '\\') escapes += 1;
    if (quote.length === 1 ? escapes % 2 === 0 : escapes === 0) return start + at;
  }
  const line = slice.search(/[\r\n]/);
  return line === -1 ? limit : start + line;
}

function* quotesIn(text: string, quote: string): Generator<number> {
  for (let at = text.indexOf(quote); at !== -1; at = text.indexOf(quote, at + quote.length)) yield at;
}

/** The indented lines below `key: |`. */
function blockScalar(text: string, key: { start: number; column: number }): Find | undefined {
  const header = matchAt(BLOCK_SCALAR, text, key.start);
  if (header === undefined) return undefined;
  const start = key.start + header[0].length;
  let end = start;
  while (end < text.length && end - start < 16_384) {
    const line = matchAt(/([ \t]*)([^\r\n]{0,4096})(?:\r?\n)?/y, text, end);
    if (line === undefined || (line[2] !== '' && (line[1] ?? '').length <= key.column)) break;
    end += line[0].length;
    if (line[0] === '') break;
  }
  const block = text.slice(start, end);
  const from = start + (block.length - block.trimStart().length);
  const to = start + block.trimEnd().length;
  return to - from < 3 ? undefined : { start: from, end: to };
}

function lineBefore(text: string, at: number): string {
  const before = text.slice(Math.max(0, at - 80), at);
  return before.slice(Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1);
}

function indentOf(text: string, at: number): number {
  return /^[ \t]*/.exec(lineBefore(text, at))?.[0].length ?? 0;
}
