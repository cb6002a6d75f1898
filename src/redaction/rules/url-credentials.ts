import { matchAt, offsetsOf, type Find, type RedactionRule } from '../rule.ts';
import { isMixed } from '../secret-value.ts';

const AUTHORITY = /[^\s"'<>`/?#\\]{1,1024}/y;
/** A password with a slash that nobody encoded: goes on to the next @. */
const LOOSE_AUTHORITY = /[^\s"'<>`@]{1,512}@/y;
/** `user:password@tcp(host)`, as Go's SQL drivers write it. */
const GO_ADDRESS = ['@tcp(', '@unix('] as const;
const REFERENCE = /^(?:\$[({A-Za-z_].*|\{\{.*|<.*|%\{.*|\*+|x{3,}|\\?\[REDACTED.*)$/s;

/** Passwords in the user information of any URL, and tokens that stand there as the user. */
export const urlPasswordRule: RedactionRule = {
  id: 'url-password',
  keywords: ['://', ...GO_ADDRESS],
  *find({ text }) {
    for (const at of offsetsOf(text, '://')) {
      const find = inAuthority(text, at + 3);
      if (find !== undefined) yield find;
    }
    for (const address of GO_ADDRESS) {
      for (const at of offsetsOf(text, address)) {
        const before = /[\w.-]{1,64}:([^\s"'@]{1,128})$/.exec(text.slice(Math.max(0, at - 200), at))?.[1];
        if (before !== undefined) yield* secretAt(at - before.length, before);
      }
    }
  },
};

function inAuthority(text: string, start: number): Find | undefined {
  const authority = matchAt(AUTHORITY, text, start)?.[0];
  if (authority === undefined) return undefined;
  const at = authority.lastIndexOf('@');
  const colon = authority.indexOf(':');
  if (at !== -1) {
    const isPair = colon !== -1 && colon < at;
    const [find] = isPair
      ? secretAt(start + colon + 1, authority.slice(colon + 1, at))
      : secretAt(start, isMixed(authority.slice(0, at)) && at >= 16 ? authority.slice(0, at) : '');
    return find;
  }
  // `host:port` is no user information.
  if (colon === -1 || /^\d{0,5}(?:[,;)\]}].*)?$/.test(authority.slice(colon + 1))) return undefined;
  const loose = matchAt(LOOSE_AUTHORITY, text, start)?.[0];
  if (loose === undefined || loose.includes('://')) return undefined;
  const [find] = secretAt(start + colon + 1, loose.slice(colon + 1, -1));
  return find;
}

function secretAt(start: number, secret: string): readonly Find[] {
  if (secret === '' || REFERENCE.test(secret)) return [];
  return [{ start, end: start + secret.length, spreads: isMixed(secret) }];
}
