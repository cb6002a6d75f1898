import type { NameKind } from './secret-name.ts';

/** Words that stand after a secret-like name and say something about the secret instead of being one. */
const STATE_WORDS = new Set(
  (
    'true false yes no on off null none nil undefined unset set empty unknown missing invalid valid expired expiring ' +
    'incorrect wrong required optional enabled disabled default changed unchanged rejected accepted denied redacted ' +
    'hidden masked omitted private public files file compat systemd sss ldap nis env environment prompt stdin ask ' +
    'authentication authorization auth must is are was has had not cannot could does do did should will for from the a ' +
    'an to in of and or with please error failed failure mismatch too length minimum string number boolean object array str int bool bytes'
  ).split(' '),
);
const NUMBER = /^[+-]?\d+(?:\.\d+)?(?:ns|us|ms|s|m|h|d|%|[KMGT]i?B?)?$/;
const PATH = /^(?:\/(?!\/)[\w.@%+-]*(?:\/|$|\.)|\.{1,2}\/|~\/|[A-Za-z]:\\|[a-z][a-z0-9+.-]{1,20}:\/\/)/;
const VARIABLE = /^(?:\$(?:[A-Za-z_({]|$)|\{\{|%\{|%[sdvq%]|%\w+%$|<[^>]*>?$|@[A-Za-z]+@?$)/;
const MASKED = /^(?:[*xX.•#_-]{3,}|\\?\[?REDACTED.*|\*{2,}.*\*{2,}|\(.*\))$/s;
const DIGEST = /^sha(?:1|256|384|512):[0-9a-f]+$/;
const OBJECT_NOUN =
  /(?:^|-)(?:secrets?|tokens?|tls|certs?|certificates?|credentials?|creds|keys?|config|dockercfg|kubeconfig|password|pull|auth|ca|bundle|token-[a-z0-9]{4,6}|dockercfg-[a-z0-9]{4,6})$/;
const OBJECT_NAME = /^(?:[a-z0-9][a-z0-9-]{0,62}\/)?[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

/** Whether a value that stands beside a secret-like name is a secret, and not a state, a number, a path or a reference. */
export function isSecretValue(value: string, kind: NameKind): boolean {
  const text = value.trim();
  if (text.length < 3 || STATE_WORDS.has(text.toLowerCase().replace(/[.:;,!]+$/, ''))) return false;
  if (NUMBER.test(text))
    return kind === 'password' ? /^\d{4,}$/.test(text) : kind === 'secret' && /^\d{24,}$/.test(text);
  if (PATH.test(text) || VARIABLE.test(text) || MASKED.test(text) || DIGEST.test(text)) return false;
  if (isObjectName(text)) return false;
  if (kind === 'key') return isOpaque(text);
  if (kind === 'owned') return isOpaque(text) || isMade(text);
  return kind !== 'vague' || isMixed(text);
}

/**
 * Letters and digits in a mixture that nobody thought up: no name, address, date, commit, digest or UUID. Short values
 * must mix upper and lower case too.
 */
export function isOpaque(value: string): boolean {
  if (!/^[A-Za-z0-9_+/=.~!@#$%^&*-]{12,1024}$/.test(value) || !isMixed(value)) return false;
  if (NEVER.some((pattern) => pattern.test(value)) || /^\d{4}-\d\d-\d\d/.test(value)) return false;
  // `web-7d9f8b6c5d-x2k4q`, `ip-10-0-3-17.example.internal`
  if (/^[a-z0-9]{1,19}(?:[-./][a-z0-9]{1,19})+$/.test(value)) return false;
  if (value.length < 16 && !(/[a-z]/.test(value) && /[A-Z]/.test(value))) return false;
  const changes = value.match(/[A-Za-z](?=\d)|\d(?=[A-Za-z])/g)?.length ?? 0;
  const isOneWord = value.length >= 24 && /^[A-Za-z0-9]+$/.test(value);
  return changes >= 3 && new Set(value).size >= 8 && (isOneWord || longestWord(value) < 10);
}

/**
 * What a machine makes when it needs an identifier: hex digits, a UUID, letters and digits in one piece. That says nothing
 * by itself, so a name that promises a secret must stand beside it.
 */
export function isMade(value: string): boolean {
  if (value.length < 16 || value.length > 512 || PATH.test(value) || isObjectName(value)) return false;
  if (UUID.test(value) || /^(?:[0-9a-f]{20,512}|[0-9A-F]{20,512}|\d{30,512})$/.test(value)) return true;
  if (!/^[A-Za-z0-9_+/=~-]+$/.test(value) || /^[a-z0-9]{1,19}(?:[-_/][a-z0-9]{1,19})+$/.test(value)) return false;
  const digits = value.match(/\d/g)?.length ?? 0;
  const longestPart = Math.max(...value.split(/[_+/=~-]/).map((part) => part.length));
  return digits >= 3 && /[A-Za-z]/.test(value) && longestPart >= 16;
}

/**
 * At least twenty characters of all three kinds that change often enough that no word is in between. Paths, versions and
 * names in camel case are not random.
 */
export function isRandom(value: string): boolean {
  if (value.length < 20 || value.length > 200 || PATH.test(value) || /(?:\/[^/]{0,15}){3}/.test(value)) return false;
  if (!/[a-z]/.test(value) || !/[A-Z]/.test(value) || !/\d/.test(value)) return false;
  const changes = value.match(/[A-Za-z](?=\d)|\d(?=[A-Za-z])/g)?.length ?? 0;
  const cases = value.match(/[a-z](?=[A-Z])|[A-Z](?=[A-Z0-9])/g)?.length ?? 0;
  return changes >= 4 && cases >= 3 && new Set(value).size >= 12 && longestWord(value) < 8;
}

/** At least 24 letters of one case and digits, more than hexadecimal ones: names have words or dashes in between. */
export function isRandomInOneCase(value: string): boolean {
  if (!/^(?:[a-z0-9]{24,200}|[A-Z0-9]{24,200})$/.test(value) || /^[0-9a-f]+$/i.test(value)) return false;
  const changes = value.match(/[A-Za-z](?=\d)|\d(?=[A-Za-z])/g)?.length ?? 0;
  return changes >= 6 && new Set(value).size >= 12 && longestWord(value.toLowerCase()) < 9;
}

/** A name is made of words; a run of random letters hardly ever gets long without a digit or a capital. */
function longestWord(value: string): number {
  return Math.max(0, ...(value.match(/[a-z]+/g) ?? []).map((word) => word.length));
}

/** Whether a bare word in prose looks like a secret: a plain word in lower case does not. */
export function standsOut(value: string): boolean {
  return value.length >= 4 && !/^[A-Za-z]?[a-z'-]+[.:;,!?]?$/.test(value);
}

/** Letters and digits, at least eight: unlikely to be a word. */
export function isMixed(value: string): boolean {
  return value.length >= 8 && /[A-Za-z]/.test(value) && /\d/.test(value);
}

const COMMON = new Set(
  (
    'default admin administrator password secret changeme kubernetes openshift postgres postgresql mysql mariadb redis ' +
    'mongodb rabbitmq example production staging development internal cluster localhost registry service ' +
    'opaque generic system prometheus grafana monitoring username unknown enabled disabled certificate kubelet etcd ' +
    'apiserver kube-apiserver kube-system openshift-config controller scheduler operator worker master control-plane ' +
    'service-account serviceaccount namespace warning failed running pending succeeded required database server client'
  ).split(' '),
);
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const NEVER = [
  /^[0-9.,:_-]+$/, // numbers, addresses, times
  UUID,
  /^(?:sha256:)?(?:[0-9a-f]{40}|[0-9a-f]{64})$/i, // commit, digest
  /^[\d.]+\/\d+$/, // network
];

/**
 * Whether a value may be removed wherever it occurs: it is long enough and no word that reports are made of. Where the
 * structure around it says that it is a secret, it may look like a word.
 */
export function maySpread(value: string, { isSure = false }: { readonly isSure?: boolean } = {}): boolean {
  if (value.length < 6 || value.length > 4096 || COMMON.has(value.toLowerCase())) return false;
  if (NEVER.some((pattern) => pattern.test(value))) return false;
  if (isSure) return true;
  if (PATH.test(value) || isObjectName(value)) return false;
  return !/^[A-Za-z][a-z]*$/.test(value) || value.length >= 12;
}

/** `db-credentials`, `openshift-monitoring/grpc-tls`, `default-token-x7k2p`: where a secret lies, not what it is. */
function isObjectName(value: string): boolean {
  return value.includes('-') && OBJECT_NAME.test(value) && OBJECT_NOUN.test(value);
}
