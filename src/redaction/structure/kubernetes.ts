import type { Find } from '../rule.ts';
import { secretNameKind } from '../secret-name.ts';
import { isSecretValue } from '../secret-value.ts';

/** A Secret, or a list whose items say no kind of their own. */
export const SECRET_KIND = /kind\\{0,7}["']?\s{0,4}:\s{0,4}\\{0,7}["']?Secret(?:List)?\b/;
const ANY_KIND = /kind\\{0,7}["']?\s{0,4}:/;
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Keys of Secrets whose values are names: hidden where they stand, but not hunted elsewhere. */
const NAME_KEYS =
  /^(?:namespace|user(?:name)?|login|host(?:name)?|port|db(?:name)?|database|ur[il]|endpoint|server|name|type|e?mail|region|bucket|schema|.*\.(?:crt|pem|cert|ca)|ca(?:-bundle)?)$/i;
/** What a user of a kubeconfig proves itself with. */
const USER_KEYS = new Set(['token', 'password', 'client-key-data']);
/** Settings of an auth provider that say where, not with what. */
const PROVIDER_NAMES = new Set(
  'name cmd-path cmd-args expiry token-key expiry-key idp-issuer-url client-id scopes apiserver-id environment tenant-id'.split(
    ' ',
  ),
);
const ENCRYPTION_PROVIDERS = new Set(['aescbc', 'aesgcm', 'secretbox']);
const REGISTRY_KEYS = new Set(['auth', 'password', 'identitytoken', 'registrytoken']);

interface Span {
  readonly start: number;
  readonly end: number;
}

/** The value of `key` under `data` or `stringData` of a Secret. */
export function secretDataFind(text: string, key: string, span: Span): Find | undefined {
  const value = text.slice(span.start, span.end).trim();
  if (value === '' || value === '""' || value === "''") return undefined;
  const decoded = decodedBase64(value);
  const secret = decoded ?? value;
  const isName = NAME_KEYS.test(key);
  return { ...span, secret, spreads: !isName && value.length >= 6, isSure: true };
}

/** The text that `value` encodes; undefined when it is no base64 of a text. */
export function decodedBase64(value: string): string | undefined {
  if (value.length % 4 !== 0 || !/^[A-Za-z0-9+/]{4,}={0,2}$/.test(value)) return undefined;
  const bytes = Buffer.from(value, 'base64');
  const decoded = bytes.toString('utf8');
  return /[\p{Cc}\ufffd]/u.test(decoded.replace(/[\n\r\t]/g, '')) ? undefined : decoded;
}

/** Whether all values of a cut document are base64, as they are in a Secret and hardly ever in a ConfigMap. */
export function areAllBase64(values: readonly string[]): boolean {
  const whole = values.slice(0, -1);
  const last = values.at(-1) ?? '';
  return (
    values.length > 0 &&
    whole.every((value) => /^[A-Za-z0-9+/]{4,}={0,2}$/.test(value) && value.length % 4 === 0) &&
    /^[A-Za-z0-9+/]{8,}={0,2}$/.test(last)
  );
}

/** The annotation repeats the whole object; it goes when that object is a Secret, or may be one. */
export function isSecretConfiguration(value: string): boolean {
  return SECRET_KIND.test(value) || (!ANY_KIND.test(value) && value.trim().length > 2);
}

/** Where a pair stands: keys of the mappings around it, innermost first. */
export interface Place {
  readonly path: readonly (string | undefined)[];
}

/**
 * Whether `key` at this place holds a credential: of a kubeconfig, a registry, a route, an encryption configuration, or a
 * file or user that Ignition writes onto a machine.
 */
export function isCredentialKey(key: string, { path }: Place, value: string): boolean {
  if (key === 'client-key-data' || key === 'passwordHash') return true;
  if (key === 'source' && path[0] === 'contents' && path[1] === 'files') return value.startsWith('data:');
  if (key === 'secret' && path[0] === 'keys') return ENCRYPTION_PROVIDERS.has(path[1] ?? '');
  // A name or a path of a key is shorter.
  if (key === 'key' && path[0] === 'tls') return value.length >= 64;
  if (path[0] === 'user' && USER_KEYS.has(key)) return true;
  if (path.slice(0, 2).includes('auth-provider')) return !PROVIDER_NAMES.has(key);
  return path[1] === 'auths' && REGISTRY_KEYS.has(key);
}

/** Whether the value of an environment pair is secret: by its name, or because a login helper gets it. */
export function isSecretPair(name: string, value: string, { path }: Place): boolean {
  if (path[0] === 'env' && path[1] === 'exec') return value.length >= 3;
  const kind = secretNameKind(name);
  return kind !== undefined && isSecretValue(value, kind);
}
