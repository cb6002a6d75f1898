import { createHmac } from 'node:crypto';
import { matchAt, offsetsOf, type Find, type RedactionRule } from './rule.ts';

/** What is no secret and shall not be readable all the same; everything else stays. */
export interface Obfuscation {
  /** IP and hardware addresses. Loopback, unspecified and multicast ones say nothing and stay. */
  readonly addresses?: boolean;
  /** Host names below these domains, and the domains themselves. */
  readonly domains?: readonly string[];
  /** Names of nodes; `*` stands for any part of a name. */
  readonly nodeNames?: readonly string[];
  /** Names that are shown all the same: those by which a result is found and attributed. */
  readonly keep?: readonly string[];
}

/**
 * Rules that put a pseudonym in place of a name: the same name has the same pseudonym within one result, and without the
 * key of the result it cannot be guessed.
 */
export function obfuscationRules(what: Obfuscation, key: Uint8Array): readonly RedactionRule[] {
  const pseudonym = (kind: string, name: string): string =>
    `${kind}-${createHmac('sha256', key).update(`${kind} ${name}`).digest('hex').slice(0, 6)}`;
  const { addresses = false, domains = [], nodeNames = [], keep = [] } = what;
  return [
    ...(nodeNames.length > 0 ? [nodeNameRule({ patterns: nodeNames, keep }, (name) => pseudonym('node', name))] : []),
    ...(domains.length > 0 ? [domainRule(domains, pseudonym)] : []),
    ...(addresses
      ? [addressRule('address', IPV4, ipv4Kind, pseudonym), addressRule('address', IPV6, ipv6Kind, pseudonym)]
      : []),
    ...(addresses ? [addressRule('hardware-address', MAC, () => 'mac', pseudonym)] : []),
  ];
}

type Pseudonym = (kind: string, name: string) => string;

const IPV4 = /(?<![\w.-])(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)/g;
const IPV6 = /(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])/g;
const MAC = /(?<![\w:-])(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}(?![\w:-])/g;

function addressRule(
  id: string,
  pattern: RegExp,
  kindOf: (address: string) => string | undefined,
  pseudonym: Pseudonym,
): RedactionRule {
  return {
    id,
    keywords: pattern === IPV4 ? ['.'] : [':'],
    isCosmetic: true,
    *find({ text }) {
      for (const match of text.matchAll(pattern)) {
        const kind = kindOf(match[0]);
        if (kind === undefined) continue;
        const end = match.index + match[0].length;
        yield { start: match.index, end, pseudonym: pseudonym(kind, match[0].toLowerCase()) };
      }
    },
  };
}

/** Whether an address is private says how a packet travels, so it stays visible. */
function ipv4Kind(address: string): string | undefined {
  const [a = 0, b = 0, ...rest] = address.split('.').map(Number);
  if ([a, b, ...rest].some((part) => part > 255)) return undefined;
  if (a === 0 || a === 127 || a >= 224) return undefined;
  const isPrivate =
    a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || (a === 100 && b >= 64 && b < 128);
  if (a === 169 && b === 254) return 'ipv4-link-local';
  return isPrivate ? 'ipv4-private' : 'ipv4-public';
}

function ipv6Kind(address: string): string | undefined {
  const groups = address.toLowerCase().split(':');
  // `12:30:45` is a time and `::` is no host.
  if (!address.includes('::') && groups.length !== 8) return undefined;
  if (groups.every((group) => /^0*1?$/.test(group)) || /^ff/.test(groups[0] ?? '')) return undefined;
  if (/^fe[89ab]/.test(groups[0] ?? '')) return 'ipv6-link-local';
  return /^f[cd]/.test(groups[0] ?? '') ? 'ipv6-private' : 'ipv6-public';
}

const LABELS = /(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})\.){0,10}$/;

function domainRule(domains: readonly string[], pseudonym: Pseudonym): RedactionRule {
  const names = domains.map((domain) => domain.toLowerCase().replace(/^\*?\./, ''));
  return {
    id: 'domain',
    keywords: names,
    isCosmetic: true,
    *find({ text, lower }) {
      for (const name of names) {
        for (const at of offsetsOf(lower, name)) {
          const end = at + name.length;
          if (/[a-z0-9-]/.test(lower.charAt(end)) || /^\.[a-z0-9]/.test(lower.slice(end, end + 2))) continue;
          const host = LABELS.exec(text.slice(Math.max(0, at - 256), at))?.[0] ?? '';
          if (host === '' && /[A-Za-z0-9_-]/.test(text.charAt(at - 1))) continue;
          const domain = `${pseudonym('domain', name)}.invalid`;
          const shown = host === '' ? domain : `${pseudonym('host', host.toLowerCase())}.${domain}`;
          yield { start: at - host.length, end, pseudonym: shown };
        }
      }
    },
  };
}

/** A result is found by the id of its request. */
const REQUEST_ID = /^\d{4}-\d\d-\d\d-\d{4}-/;
const NAME = /[A-Za-z0-9][A-Za-z0-9.-]{0,252}/y;

function nodeNameRule(
  names: { readonly patterns: readonly string[]; readonly keep: readonly string[] },
  pseudonym: (name: string) => string,
): RedactionRule {
  const globs = names.patterns.map((pattern) => createGlob(pattern.toLowerCase()));
  const kept = new Set(names.keep);
  return {
    id: 'node-name',
    keywords: [],
    isCosmetic: true,
    *find({ text, lower }): Generator<Find> {
      for (let at = 0; at < text.length;) {
        const name = matchAt(NAME, lower, at)?.[0].replace(/[.-]+$/, '');
        if (name === undefined) {
          at += 1;
          continue;
        }
        if (!kept.has(name) && !REQUEST_ID.test(name) && globs.some((glob) => glob(name)))
          yield { start: at, end: at + name.length, pseudonym: pseudonym(name) };
        at += name.length;
      }
    },
  };
}

/** Greedy from the left, which is enough for `*` alone and takes linear time. */
function createGlob(pattern: string): (name: string) => boolean {
  const [first = '', ...others] = pattern.split('*');
  const last = others.pop();
  return (name) => {
    if (last === undefined) return name === pattern;
    if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
    let at = first.length;
    for (const part of others) {
      const found = name.indexOf(part, at);
      if (found === -1) return false;
      at = found + part.length;
    }
    return at <= name.length - last.length;
  };
}
