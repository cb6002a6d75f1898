import { isSignatureNamespace, type SignatureNamespace } from '../domain/signature.ts';
import { formatPublicKey, parsePublicKey, weaknessOf, type PublicKey } from './public-key.ts';

/** One key of one principal, as a line of the list of allowed signers says it (ssh-keygen(1), ALLOWED SIGNERS). */
export interface AllowedSigner {
  readonly principal: string;
  /** What the key may sign; never empty. */
  readonly namespaces: readonly SignatureNamespace[];
  /** UTC, `YYYYMMDDHHMMSSZ` in the file. */
  readonly validAfter?: Date;
  readonly validBefore?: Date;
  readonly key: PublicKey;
  readonly comment: string;
}

export interface SignersProblem {
  readonly line: number;
  readonly message: string;
}

export type AllowedSigners =
  | { readonly ok: true; readonly signers: readonly AllowedSigner[] }
  | { readonly ok: false; readonly problems: readonly SignersProblem[] };

const PRINCIPAL = /^[A-Za-z0-9][A-Za-z0-9._@+:/-]{0,199}$/u;
/** Two keys per person are enough for a rotation; the number bounds the work of ssh-keygen. */
const MAX_SIGNERS = 2000;

/**
 * Reads the list more strictly than ssh-keygen does: one literal principal per line (a pattern would verify as any name),
 * namespaces always named, no certificate authorities, and each key once.
 */
export function parseAllowedSigners(text: string): AllowedSigners {
  const signers: AllowedSigner[] = [];
  const problems: SignersProblem[] = [];
  const owners = new Map<string, string>();
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const entry = parseLine(line);
    if (typeof entry === 'string') {
      problems.push({ line: index + 1, message: entry });
      continue;
    }
    const owner = owners.get(entry.key.fingerprint);
    if (owner !== undefined) {
      const message = owner === entry.principal ? 'stands twice' : `is that of ${owner} as well`;
      problems.push({ line: index + 1, message: `the key of ${entry.principal} ${message}` });
    }
    owners.set(entry.key.fingerprint, entry.principal);
    signers.push(entry);
  }
  if (signers.length > MAX_SIGNERS) problems.push({ line: 1, message: `more than ${MAX_SIGNERS} keys` });
  return problems.length === 0 ? { ok: true, signers } : { ok: false, problems };
}

/** A line that `parseAllowedSigners` reads back as it was. */
export function formatAllowedSigner(signer: AllowedSigner): string {
  const { principal, namespaces, validAfter, validBefore, key, comment } = signer;
  const options = [
    `namespaces="${namespaces.join(',')}"`,
    ...(validAfter === undefined ? [] : [`valid-after="${formatTime(validAfter)}"`]),
    ...(validBefore === undefined ? [] : [`valid-before="${formatTime(validBefore)}"`]),
  ].join(',');
  // A comment may come from whoever asks to be enrolled: it must not begin a line of its own.
  const note = comment.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return `${principal} ${options} ${formatPublicKey(key)}${note === '' ? '' : ` ${note}`}`;
}

/** `YYYYMMDDHHMMSSZ`, as ssh-keygen takes it for UTC. */
export function formatTime(at: Date): string {
  return at.toISOString().replaceAll(/[-:T]|\.\d+/gu, '');
}

/** A signer, or what is wrong with the line. */
function parseLine(line: string): AllowedSigner | string {
  const [, principal = line, rest = ''] = /^(\S+)[ \t]+(.*)$/u.exec(line) ?? [];
  if (!PRINCIPAL.test(principal)) {
    const shown = JSON.stringify(principal.slice(0, 40));
    return `${shown} is not one literal name: patterns and lists are not accepted`;
  }
  const [, options = '', keyText = '', comment = ''] =
    /^([^" \t]*(?:"[^"]*"[^" \t]*)*)[ \t]*(\S*[ \t]*\S*)[ \t]*(.*)$/u.exec(rest) ?? [];
  const parsed = parseOptions(options);
  if (typeof parsed === 'string') return parsed;
  const key = parsePublicKey(keyText);
  if (key === undefined) return 'there is no public key after the options';
  const weakness = weaknessOf(key);
  if (weakness !== undefined) return weakness;
  return { principal, ...parsed, key, comment };
}

type Options = Pick<AllowedSigner, 'namespaces' | 'validAfter' | 'validBefore'>;

function parseOptions(text: string): Options | string {
  let namespaces: readonly SignatureNamespace[] = [];
  const times: { validAfter?: Date; validBefore?: Date } = {};
  for (const option of text.match(/[^,"]+="[^"]*"|[^,]+/gu) ?? []) {
    const [, name = option, value = ''] = /^([a-z-]+)="([^"]*)"$/u.exec(option) ?? [];
    if (name === 'namespaces') {
      const names = value.split(',');
      const unknown = names.find((each) => !isSignatureNamespace(each));
      if (unknown !== undefined) return `namespace ${JSON.stringify(unknown)} is not one of this program`;
      namespaces = names.filter(isSignatureNamespace);
    } else if (name === 'valid-after' || name === 'valid-before') {
      const at = parseTime(value);
      if (at === undefined) return `${name} needs a time such as "20270101000000Z"`;
      times[name === 'valid-after' ? 'validAfter' : 'validBefore'] = at;
    } else {
      // The options are missing and this is the key: said below.
      if (/^(?:ssh|ecdsa|sk)-/u.test(option)) break;
      return `option ${JSON.stringify(name)} is not accepted; allowed are namespaces, valid-after and valid-before`;
    }
  }
  if (namespaces.length === 0) return 'namespaces="…" is missing: say what the key may sign';
  return { namespaces, ...times };
}

/** Only UTC: without `Z` ssh-keygen reads the time zone of the machine. */
function parseTime(text: string): Date | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?Z$/u.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour = '00', minute = '00', second = '00'] = match;
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at.getTime()) ? undefined : at;
}
