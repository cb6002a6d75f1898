/** How much a name says about its value. */
export type NameKind =
  /** A password: any value counts, numbers too. */
  | 'password'
  /** A token, a key, a client secret. */
  | 'secret'
  /** Often the name of an object or a file; the value must look like a secret itself. */
  | 'vague'
  /** A key of any kind; the value must look as if nobody could have thought it up. */
  | 'key';

const PASSWORD = /(?:password|passwd|passphrase|passwort|passcode)$/;
const SECRET = /(?:token|secret)$/;
const JOINED_KEY = /(?:api|access|secret|private|signing|encryption|auth|account|shared|master)key$/;
const KEY_OWNERS = new Set(
  'api access secret private signing encryption auth account shared master storage client session hmac aes jwt'.split(
    ' ',
  ),
);
const VAGUE = new Set(['credential', 'credentials', 'creds']);
/** May hold anything from a field name to a credential. */
const KEYS = new Set('key auth api sid pat'.split(' '));
const JOINED_OPAQUE = /(?:key|auth)$/;
/** Tokens that only say where a listing goes on. */
const CURSORS = new Set('page next continue continuation sync cancellation cancel resume'.split(' '));
/** `pullSecret`, `--tls-secret`: mostly the name of a Secret. */
const REFERRERS = new Set('pull tls cert certificate serving ca existing'.split(' '));
/** Words after the deciding one that do not change what it means. */
const MODIFIERS = new Set(
  'old new current previous prev next value plain plaintext b64 base64 data string str hash primary secondary'.split(
    ' ',
  ),
);

/**
 * What the last words of a name promise: `DB_PASSWORD`, `clientSecret`, `--api-key`, `X-Auth-Token`. Undefined for
 * their false friends, where another word decides: `secretName`, `tokenTTL`, `password_policy`, `tokenizer`.
 */
export function secretNameKind(name: string): NameKind | undefined {
  const words = wordsOf(name);
  while (words.length > 1 && isModifier(words.at(-1) ?? '')) words.pop();
  const last = (words.at(-1) ?? '').replace(/\d+$/, '');
  const before = words.at(-2) ?? '';
  if (PASSWORD.test(last) || last === 'pwd') return 'password';
  if (last === 'pass' || last === 'psk' || last === 'pw') return before === '' ? 'vague' : 'password';
  if (SECRET.test(last) && CURSORS.has(before)) return undefined;
  if (SECRET.test(last)) return REFERRERS.has(before) ? 'vague' : 'secret';
  if (JOINED_KEY.test(last) || (last === 'key' && KEY_OWNERS.has(before))) return 'secret';
  if (VAGUE.has(last)) return 'vague';
  return KEYS.has(last) || JOINED_OPAQUE.test(last) ? 'key' : undefined;
}

function isModifier(word: string): boolean {
  return MODIFIERS.has(word) || /^\d+$/.test(word);
}

function wordsOf(name: string): string[] {
  return name
    .slice(-128)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}
