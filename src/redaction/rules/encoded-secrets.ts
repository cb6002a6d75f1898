import { matchAt, type Find, type RedactionRule, type Subject } from '../rule.ts';

/** Base64 in one piece, or the first line of it as `base64` and PEM wrap it. */
const BASE64 = /[A-Za-z0-9+/]{16,65536}={0,2}/g;
const BASE64_URL = /[A-Za-z0-9_-]{16,65536}={0,2}/g;
/** No expression may run over more at once: the stack of the expression engine is limited. */
const MORE = /[A-Za-z0-9+/_-]{1,65536}={0,2}/y;
const NEXT_LINE = /\r?\n[ \t]{0,40}([A-Za-z0-9+/_-]{1,76}={0,2})(?=\r?\n|$)/y;
const HEX =
  /(?<![0-9A-Za-z])(?:[0-9a-f]{2}){12,32768}(?![0-9A-Za-z])|(?<![0-9A-Za-z])(?:[0-9A-F]{2}){12,32768}(?![0-9A-Za-z])/g;
const URL_TEXT = /[\w.~!$&()*+,;:@/?=%-]{12,65536}/g;
const PERCENT = /%[0-9A-Fa-f]{2}/g;
/** A line that was wrapped has one of these lengths; the last one may be shorter. */
const LINE_LENGTHS: ReadonlySet<number> = new Set([64, 76]);
const MIN_PERCENT_CODES = 3;

/**
 * Text that was encoded once or several times and holds a secret: the whole encoded text goes, because a part of it would
 * not decode. What decodes to bytes, such as a digest or a certificate, is none of this.
 */
export const encodedSecretRule: RedactionRule = {
  id: 'encoded-secret',
  keywords: [],
  *find(subject) {
    yield* base64Finds(subject, BASE64);
    yield* base64Finds(subject, BASE64_URL);
    subject.checkBudget();
    yield* hexFinds(subject);
    if (subject.text.includes('%')) yield* percentFinds(subject);
  },
};

function* base64Finds({ text, holdsSecret, checkBudget }: Subject, pattern: RegExp): Generator<Find> {
  const expression = new RegExp(pattern);
  for (let match = expression.exec(text), count = 0; match !== null; match = expression.exec(text), count++) {
    if (count % 1024 === 0) checkBudget();
    if (pattern === BASE64_URL && !/[_-]/.test(match[0])) continue;
    const { index: start } = match;
    let end = start + match[0].length;
    if (match[0].length >= 65_536) {
      for (let more = matchAt(MORE, text, end); more !== undefined; more = matchAt(MORE, text, end))
        end += more[0].length;
      expression.lastIndex = end;
    }
    let blob = text.slice(start, end);
    if (LINE_LENGTHS.has(blob.length)) {
      const width = blob.length;
      for (let line = matchAt(NEXT_LINE, text, end); line?.[1] !== undefined; line = matchAt(NEXT_LINE, text, end)) {
        if (line[1].length > width) break;
        blob += line[1];
        end += line[0].length;
        if (line[1].length < width) break;
      }
      expression.lastIndex = end;
    }
    // After a full last line a word may have been taken for one more.
    const decoded = decodedText(blob) ?? (end - start > blob.length ? decodedText(match[0]) : undefined);
    if (decoded !== undefined && holdsSecret(decoded)) yield { start, end };
  }
}

function* hexFinds({ text, holdsSecret }: Subject): Generator<Find> {
  for (const match of text.matchAll(HEX)) {
    const decoded = readable(Buffer.from(match[0], 'hex'));
    if (decoded !== undefined && holdsSecret(decoded)) yield { start: match.index, end: match.index + match[0].length };
  }
}

function* percentFinds({ text, holdsSecret }: Subject): Generator<Find> {
  for (const match of text.matchAll(URL_TEXT)) {
    const codes = match[0].match(PERCENT)?.length ?? 0;
    if (codes < MIN_PERCENT_CODES) continue;
    const latin = match[0].replace(PERCENT, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)));
    const decoded = readable(Buffer.from(latin, 'latin1'));
    if (decoded !== undefined && holdsSecret(decoded)) yield { start: match.index, end: match.index + match[0].length };
  }
}

/** The text that base64 or base64url encodes, from whichever of its first four characters it begins. */
function decodedText(blob: string): string | undefined {
  const head = blob.slice(0, 48);
  for (let offset = 0; offset < 4; offset++) {
    if (readable(Buffer.from(head.slice(offset), 'base64').subarray(0, -3)) === undefined) continue;
    const decoded = readable(Buffer.from(blob.slice(offset), 'base64'));
    if (decoded !== undefined) return decoded;
  }
  return undefined;
}

/** The bytes as text, unless they are no text. */
function readable(bytes: Buffer): string | undefined {
  if (bytes.length < 8) return undefined;
  for (const byte of bytes.subarray(0, 8)) {
    if (byte < 9 || (byte > 13 && byte < 32) || byte === 127) return undefined;
  }
  const text = bytes.toString('utf8');
  return /[\p{Cc}\ufffd]/u.test(text.replace(/[\n\r\t]/g, '')) ? undefined : text;
}
