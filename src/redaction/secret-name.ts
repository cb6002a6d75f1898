/** How much a name says about its value. */
export type NameKind =
  /** A password: any value counts, numbers too. */
  | 'password'
  /** A token, a key, a client secret. */
  | 'secret'
  /** Often the name of an object or a file; the value must look like a secret itself. */
  | 'vague'
  /** The key of something that has a name, `finnhub_key`; the value must look as if a machine had made it. */
  | 'owned'
  /** A key of any kind; the value must look as if nobody could have thought it up. */
  | 'key';

/** Also as people mistype and shorten it: `pswd`, `pasword`. */
const PASSWORD = /(?:pa?s{1,2}wo?r?d|passphrase|passwort|passcode|pwd|(?:store|key|user|db|admin|root|trust)pass)$/;
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
const OWNED = new Set(['key', 'private', 'access']);
const JOINED_OWNED = /[a-z0-9]key$/;
/** Keys that find something instead of opening it, and keys that everybody may see. */
const LOOKUP_OWNERS = new Set(
  (
    'cache queue pod object node uid partition primary foreign idempotency map lookup resource item store index sort ' +
    'group work dedup hash public pub host trace metric event row label annotation field column hot shard routing ' +
    'request span tag topology entry element message record lease lock revision range start end namespace name feature ' +
    'flag attribute property parameter param header translation'
  ).split(' '),
);
const LOOKUP_KEY = /(?:pub|public|hot|mon|tur|whis|primary|foreign|sort|host|cache)key$/;
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
  if (PASSWORD.test(last)) return 'password';
  if (last === 'pass' || last === 'psk' || last === 'pw') return before === '' ? 'vague' : 'password';
  if (SECRET.test(last) && CURSORS.has(before)) return undefined;
  if (SECRET.test(last)) return REFERRERS.has(before) ? 'vague' : 'secret';
  if (JOINED_KEY.test(last) || (last === 'key' && KEY_OWNERS.has(before))) return 'secret';
  if (VAGUE.has(last)) return 'vague';
  if (LOOKUP_KEY.test(last) || (last === 'key' && LOOKUP_OWNERS.has(before))) return undefined;
  if (JOINED_OWNED.test(last) || (OWNED.has(last) && before !== '')) return 'owned';
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
