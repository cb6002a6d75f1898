import { matchAt, offsetsOf, type Find, type RedactionRule } from '../rule.ts';
import { isMixed, isSecretValue } from '../secret-value.ts';

const SCHEME = 'bearer|basic|token|negotiate|apikey|digest|aws4-hmac-sha256|ntlm|hawk|gssapi';
const AUTHORIZATION = new RegExp(
  `authorization\\\\{0,3}["']?(?:\\s{0,4}[:=,]\\s{0,8}|\\s{1,4})\\[?\\s{0,4}\\\\{0,3}["']?(?:(${SCHEME})(?:\\s|%20|\\+){1,4})?`,
  'y',
);
const CREDENTIAL = /[^\s"'\\,;<>]{1,8192}/y;
/** `name="value", name=value …` */
const PARAMETERS = /(?:[\w-]{1,64}=(?:\\{0,3}"[^"\r\n]{0,512}"|[^\s,"]{1,1024})(?:,\s{0,4})?){1,20}/y;
const TO_LINE_END = /[^\r\n"'\\<>]{1,8192}/y;
const HEADER = /\\{0,3}["']?\s{0,4}[:=,]\s{0,8}\[?\s{0,4}\\{0,3}["']?/y;
const HEADER_NAMES = [
  'x-api-key',
  'x-auth-token',
  'x-vault-token',
  'private-token',
  'x-amz-security-token',
  'api-key',
] as const;

/** The credential of an `Authorization` or `Proxy-Authorization` header, whatever wrote it down. */
export const authorizationRule: RedactionRule = {
  id: 'authorization',
  keywords: ['authorization'],
  *find({ text, lower }) {
    let done = 0;
    for (const at of offsetsOf(lower, 'authorization')) {
      if (at < done) continue;
      const intro = matchAt(AUTHORIZATION, lower, at);
      if (intro === undefined) continue;
      const scheme = intro[1];
      const start = at + intro[0].length;
      const isLong = scheme === 'digest' || scheme === 'aws4-hmac-sha256' || scheme === 'hawk';
      const value = matchAt(isLong ? PARAMETERS : CREDENTIAL, text, start)?.[0];
      if (value === undefined || !(scheme === undefined ? isMixed(value) && value.length >= 16 : isCredential(value)))
        continue;
      done = start + value.length;
      yield { start, end: done, spreads: !isLong && isMixed(value) };
    }
  },
};

/** `Bearer …` and `Basic …` outside a header line. */
export const looseCredentialRule: RedactionRule = {
  id: 'authorization',
  keywords: ['bearer', 'basic'],
  *find({ text, lower }) {
    for (const scheme of ['bearer', 'basic']) {
      for (const at of offsetsOf(lower, scheme)) {
        if (/[a-z0-9]/.test(lower.charAt(at - 1))) continue;
        const blank = matchAt(/(?:\s|%20){1,4}/y, text, at + scheme.length)?.[0];
        if (blank === undefined) continue;
        const start = at + scheme.length + blank.length;
        const value = matchAt(/[A-Za-z0-9+/_.~=-]{6,8192}/y, text, start)?.[0];
        if (value === undefined) continue;
        const isFound = scheme === 'basic' ? isUserAndPassword(value) : value.length >= 16 && isMixed(value);
        if (isFound) yield { start, end: start + value.length, spreads: true };
      }
    }
  },
};

/** Session cookies, and the headers by which well-known services take their keys. */
export const headerRule: RedactionRule = {
  id: 'http-header',
  keywords: ['cookie', ...HEADER_NAMES],
  *find({ text, lower }) {
    for (const name of HEADER_NAMES) {
      for (const at of offsetsOf(lower, name)) yield* valueAfter(text, at + name.length, CREDENTIAL);
    }
    let done = 0;
    for (const at of offsetsOf(lower, 'cookie')) {
      if (at < done) continue;
      for (const { start, end } of valueAfter(text, at + 'cookie'.length, TO_LINE_END)) {
        // Something is assigned in every cookie; a sentence about cookies has no pair.
        if (!/^[\w.!#$%&*+^|~-]{1,128}=./.test(text.slice(start, end))) continue;
        done = end;
        yield { start, end };
      }
    }
  },
};

/** A user and a password as base64, which is how registries keep them. */
export const dockerAuthRule: RedactionRule = {
  id: 'docker-auth',
  keywords: ['auth'],
  *find({ text, lower }) {
    for (const at of offsetsOf(lower, 'auth')) {
      const intro = matchAt(/auth\\{0,3}["']?\s{0,4}:\s{0,8}\\{0,3}["']?/y, text, at);
      if (intro === undefined) continue;
      const start = at + intro[0].length;
      const value = matchAt(/[A-Za-z0-9+/=_-]{8,8192}/y, text, start)?.[0];
      if (value !== undefined && isUserAndPassword(value)) yield { start, end: start + value.length, spreads: true };
    }
  },
};

function* valueAfter(text: string, nameEnd: number, value: RegExp): Generator<Find> {
  const separator = matchAt(HEADER, text, nameEnd);
  if (separator === undefined) return;
  const start = nameEnd + separator[0].length;
  const found = matchAt(value, text, start)?.[0];
  if (found !== undefined && isCredential(found)) yield { start, end: start + found.length, spreads: isMixed(found) };
}

function isCredential(value: string): boolean {
  // `Bearer realm=…` is the question of a server, not an answer.
  return value.length >= 4 && isSecretValue(value, 'secret') && !/^realm=/i.test(value);
}

function isUserAndPassword(base64: string): boolean {
  const decoded = Buffer.from(base64, 'base64').toString('latin1');
  return /^[\x20-\x39\x3b-\x7e]{0,256}:[\x20-\x7e\x80-\xff]{1,1024}$/.test(decoded);
}
