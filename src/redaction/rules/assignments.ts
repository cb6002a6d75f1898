import { matchAt, type Find, type RedactionRule, type Subject } from '../rule.ts';
import { secretNameKind, type NameKind } from '../secret-name.ts';
import { isMade, isMixed, isOpaque, isSecretValue, standsOut } from '../secret-value.ts';
import { valueAt, type ValueSpan } from './value-span.ts';

/** Every name that can be secret holds one of these. */
const KEYWORDS = [
  'passw',
  'pasw',
  'pssw',
  'psw',
  'private',
  'access',
  'pw',
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
const KEYWORD =
  /pa?s{1,2}w|passphrase|passcode|pass|pwd|psk|_pw|(?<![a-z])pw(?![a-z])|secret|token|key|cred|auth|api|sid|pat|private|access/g;
const NAME_CHARACTER = /[A-Za-z0-9_.-]/;
const MAX_NAME = 64;
const REST_OF_NAME = /[A-Za-z0-9_.-]{0,64}/y;
/** Closing quote of the name, `=`, `:`, `=>` or `:=`, and the blanks of a table that is aligned. */
const SEPARATOR = /(\\{0,7}["'][\])]?)?(?:[ \t]{0,4}(=>|:=|=|:)(?!=)|[ \t]{5,24}(=>))[ \t]{0,60}/y;
/** What connects a name with a quoted value only: a comparison, a type, the value of a pair, another choice. */
const QUOTED_SEPARATORS = [
  /(?:\\{0,7}["'])?[\])]{0,2}[ \t]{0,4}[!=]={1,2}[ \t]{0,4}(?=["'])/y,
  /[ \t]?:[ \t]?[A-Za-z_][\w.<>?*]{0,31}[ \t]{0,4}=[ \t]{0,4}(?=["'])/y,
  /["'][ \t]{1,8}value=(?=["'])/iy,
  /["']?[\])]{0,2}[ \t]{1,4}(?:or|\|\||\?\?|\?:)[ \t]{1,4}(?=["'])/y,
] as const;
/** `CURLOPT_PASSWORD, "VALUE"`, `getenv("PASSWORD", "VALUE")`: in a list of names the next one would stand there. */
const COMMA = /(["']?),[ \t]{0,4}[bru]{0,1}(?=["'])/y;
/** `#define PASSWORD "VALUE"`, `password 'VALUE'`, `the password is "VALUE"`. */
const QUOTED_AFTER_BLANK = /["']?[ \t]{1,4}(?:(?:is|was)[ \t]{1,4})?(?=["'])/y;
/** `the key is VALUE`, `Session Token VALUE`: the value must speak for itself. */
const LOOSE_SEPARATOR = /["']?[ \t]{1,4}(?:(?:is|was)[ \t]{1,4})?/y;
/** `machine HOST login NAME password VALUE` of a .netrc file. */
const NETRC_LOGIN = /\b(?:login|account)\s{1,40}\S{1,128}\s{1,40}$/;
/** `some-secret-key-VALUE`: the value has become a part of the name. */
const GLUED =
  /(?:(?:secret|private|token|access|api|auth|key)[-_.]?){1,4}(?<=[-_.])([A-Za-z0-9+/=]{20,512})(?![A-Za-z0-9_.-])/iy;
const ELEMENT = />[^<]{3,4096}(?=<\/)/y;
/** `--password VALUE`, `"--password", "VALUE"`, `- --password⏎- VALUE`. */
const FLAG_SEPARATOR = /[ \t]{1,8}|\\{0,3}["'][ \t]{0,4},\s{0,40}|["']?\r?\n[ \t]{0,40}- /y;
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
    const kind = kindAt(text, name, start);
    const isFlag = /^--?[A-Za-z]/.test(name) && !/\w/.test(text.charAt(start - 1));
    const named = kind === undefined ? undefined : valueFind(text, { start, end, kind, isFlag });
    const find = named ?? glued(text, hit.index);
    if (find === undefined) continue;
    keyword.lastIndex = Math.max(keyword.lastIndex, find.end);
    yield find;
  }
}

/** In `private key` and `API Key` the word before decides, as it does in `private_key`. */
function kindAt(text: string, name: string, start: number): NameKind | undefined {
  const kind = secretNameKind(name);
  if (kind !== 'key') return kind;
  const word = /\b(?:secret|private|access|api)[ \t]$/i.exec(text.slice(Math.max(0, start - 9), start))?.[0];
  return word === undefined ? kind : secretNameKind(word.trim() + '_' + name);
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
    return afterFlag(text, name) ?? afterQuotedSeparator(text, name) ?? afterBlank(text, name);
  }
  const typed = matchAt(QUOTED_SEPARATORS[1], text, name.end);
  if (typed !== undefined) return judged(text, valueAt(text, name.end + typed[0].length), name.kind);
  const start = name.end + separator[0].length;
  const isAtLineStart = LINE_START.test(lineBefore(text, name.start));
  if (isAtLineStart && separator[2] === ':') {
    const block = blockScalar(text, { start, column: indentOf(text, name.start) });
    if (block !== undefined) return block;
  }
  const span = valueAt(text, start, { isWholeLine: isAtLineStart && !name.isFlag });
  if (span.isQuoted || separator[2] !== ':') return judged(text, span, name.kind);
  return prose(text, span, { kind: name.kind, isAtLineStart });
}

/** `<password>VALUE</password>` */
function element(text: string, name: Name): Find | undefined {
  const match = matchAt(ELEMENT, text, name.end);
  if (match === undefined) return undefined;
  return judged(text, { start: name.end + 1, end: name.end + match[0].length, isQuoted: true }, name.kind);
}

function afterFlag(text: string, name: Name): Find | undefined {
  const gap = name.isFlag ? matchAt(FLAG_SEPARATOR, text, name.end) : undefined;
  return gap === undefined ? undefined : judged(text, valueAt(text, name.end + gap[0].length), name.kind);
}

function afterQuotedSeparator(text: string, name: Name): Find | undefined {
  for (const separator of QUOTED_SEPARATORS) {
    const match = matchAt(separator, text, name.end);
    if (match !== undefined) return judged(text, valueAt(text, name.end + match[0].length), name.kind);
  }
  const comma = text.charAt(name.start - 1) === '/' ? undefined : matchAt(COMMA, text, name.end);
  if (comma === undefined || text.charAt(name.end + comma[0].length + 1) === '-') return undefined;
  const span = valueAt(text, name.end + comma[0].length);
  const isConstant = comma[1] === '' && name.kind === 'password';
  return isConstant || isMixed(text.slice(span.start, span.end)) ? judged(text, span, name.kind) : undefined;
}

function afterBlank(text: string, name: Name): Find | undefined {
  const quoted = matchAt(QUOTED_AFTER_BLANK, text, name.end);
  if (quoted !== undefined && name.kind === 'password') {
    return judged(text, valueAt(text, name.end + quoted[0].length), 'password');
  }
  const blank = matchAt(LOOSE_SEPARATOR, text, name.end);
  if (blank === undefined) return undefined;
  const span = valueAt(text, name.end + blank[0].length);
  const value = text.slice(span.start, span.end);
  if (name.kind === 'password' && NETRC_LOGIN.test(text.slice(Math.max(0, name.start - 220), name.start))) {
    return judged(text, span, 'password');
  }
  // A bare key is followed by what it finds more often than by what it is.
  const isPromised = name.kind !== 'key' && name.kind !== 'vague';
  return isOpaque(value) || (isPromised && isMade(value)) ? judged(text, span, 'secret') : undefined;
}

function glued(text: string, at: number): Find | undefined {
  const match = matchAt(GLUED, text, at);
  const value = match?.[1] ?? '';
  if (match === undefined || !isMade(value)) return undefined;
  const end = at + match[0].length;
  return { start: end - value.length, end, spreads: true };
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
