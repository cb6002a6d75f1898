import { matchAt, offsetsOf, type Find, type RedactionRule, type Subject } from '../rule.ts';

const BEGIN = /-{4,5} ?BEGIN (?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY(?: BLOCK)? ?-{4,5}/y;
const END = /-{4,5} ?END (?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY(?: BLOCK)? ?-{4,5}/y;
/** Armour of a long key; an RSA key of 16384 bits takes 13 KiB. */
const MAX_BLOCK = 32 * 1024;
/** `-----BEGIN` of a PEM file, once encoded. */
const ENCODED_BEGIN = 'LS0tLS1CRUdJTi';
const BASE64_RUN = /[A-Za-z0-9+/=_-]{1,65536}/y;

/**
 * Private keys in PEM armour, whole, with `\n` for line ends, indented, without END because the output was cut, or
 * without BEGIN because only the tail was asked for. Certificates and public keys stay.
 */
export const privateKeyRule: RedactionRule = {
  id: 'private-key',
  keywords: ['private key'],
  find: findArmoured,
};

/** A PEM private key that was encoded once more, as in a kubeconfig. */
export const encodedPrivateKeyRule: RedactionRule = {
  id: 'private-key',
  keywords: [ENCODED_BEGIN.toLowerCase()],
  *find({ text }) {
    for (const start of offsetsOf(text, ENCODED_BEGIN)) {
      const isPrivate = Buffer.from(text.slice(start, start + 80), 'base64')
        .toString('latin1')
        .includes('PRIVATE KEY');
      const run = isPrivate ? matchAt(BASE64_RUN, text, start) : undefined;
      if (run !== undefined) yield { start, end: start + run[0].length };
    }
  },
};

function* findArmoured({ text }: Subject): Generator<Find> {
  let done = 0;
  for (const at of offsetsOf(text, 'PRIVATE KEY')) {
    if (at < done) continue;
    const line = Math.max(done, at - 80);
    const begin = armourAt(BEGIN, text, line, at);
    if (begin !== undefined) {
      const bodyStart = begin.index + begin[0].length;
      done = bodyEnd(text, bodyStart);
      // A BEGIN line alone, as in a sentence about keys, gives nothing away.
      if (/[A-Za-z0-9+/]{8}/.test(text.slice(bodyStart, bodyStart + 400))) yield { start: begin.index, end: done };
      continue;
    }
    const end = armourAt(END, text, line, at);
    if (end === undefined) continue;
    const start = bodyStartBefore(text, end.index, done);
    done = end.index + end[0].length;
    if (end.index - start >= 16) yield { start, end: done };
  }
}

/** The armour line that holds the words at `wordsAt`, if it begins at `from` or later. */
function armourAt(armour: RegExp, text: string, from: number, wordsAt: number): RegExpExecArray | undefined {
  const word = armour === BEGIN ? 'BEGIN ' : 'END ';
  const inLine = text.slice(from, wordsAt).lastIndexOf(word);
  if (inLine === -1) return undefined;
  const wordAt = from + inLine;
  let start = wordAt;
  while (start > from && wordAt - start < 6 && /[- ]/.test(text.charAt(start - 1))) start -= 1;
  for (let at = start; at < wordAt; at++) {
    const match = matchAt(armour, text, at);
    if (match !== undefined) return match;
  }
  return undefined;
}

function bodyEnd(text: string, bodyStart: number): number {
  const limit = Math.min(text.length, bodyStart + MAX_BLOCK);
  const block = text.slice(bodyStart, limit);
  const next = block.search(/-{4,5} ?BEGIN /);
  const own = next === -1 ? block : block.slice(0, next);
  const end = own.search(/-{4,5} ?END [A-Z0-9 ]{0,64}PRIVATE KEY(?: BLOCK)? ?-{4,5}/);
  const armour = end === -1 ? undefined : matchAt(END, own, end);
  if (armour !== undefined) return bodyStart + end + armour[0].length;
  return truncatedBodyEnd(text, bodyStart, bodyStart + own.length);
}

/** Goes on while lines are key material: base64, or a header of an encrypted key. */
function truncatedBodyEnd(text: string, bodyStart: number, limit: number): number {
  let end = bodyStart;
  while (end < limit) {
    const line = matchAt(
      /(?:\\{1,4}[nr]|[\s"'|>+,])*(?:(?:Proc-Type|DEK-Info|Version|Comment): [^\n\\]{0,200}|[A-Za-z0-9+/=]{1,8192})/y,
      text,
      end,
    );
    if (line === undefined || (end > bodyStart && /[a-z]{3,}$/i.test(line[0]) && isProse(text, end, line[0]))) break;
    end += line[0].length;
  }
  return Math.min(end, limit);
}

/** A short word after a line end or a blank is the text that follows, not key material. */
function isProse(text: string, at: number, line: string): boolean {
  const material = line.replace(/^(?:\\+[nr]|[\s"'|>+,])+/, '');
  return material.length < 24 && !/[+/=0-9]/.test(material) && text.charAt(at + line.length) !== '=';
}

function bodyStartBefore(text: string, end: number, from: number): number {
  const floor = Math.max(from, end - MAX_BLOCK);
  let start = end;
  while (start > floor && /[A-Za-z0-9+/=\s\\]/.test(text.charAt(start - 1))) start -= 1;
  return start;
}
