import { MIN_KNOWN_LENGTH } from './encodings.ts';
import type { RuleFind } from './spans.ts';

/** One spelling of a secret. */
export interface Needle {
  readonly text: string;
  readonly secret: string;
  readonly rule: string;
  /** Found only where no letter or digit touches it; for short values that may be part of a word. */
  readonly isWhole: boolean;
}

export interface LiteralSearch {
  /** False when it is there already, or too short. */
  add(needle: Needle): boolean;
  find(text: string): Iterable<RuleFind>;
}

const BASE = 31;
const BASE_OF_FIRST = BASE ** (MIN_KNOWN_LENGTH - 1);

/**
 * Looks for any number of needles in one walk over the text: a rolling hash of six characters picks the candidates.
 * Needles shorter than six characters are ignored.
 */
export function createLiteralSearch(): LiteralSearch {
  const byHash = new Map<number, Needle[]>();
  const known = new Set<string>();
  // Most positions end here: one bit of memory instead of a map lookup.
  const filter = new Uint8Array(65_536);

  return {
    add(needle) {
      if (needle.text.length < MIN_KNOWN_LENGTH || known.has(needle.text)) return false;
      known.add(needle.text);
      const hash = hashOf(needle.text);
      filter[slotOf(hash)] = 1;
      const bucket = byHash.get(hash) ?? [];
      bucket.push(needle);
      bucket.sort((a, b) => b.text.length - a.text.length);
      byHash.set(hash, bucket);
      return true;
    },
    *find(text) {
      if (known.size === 0 || text.length < MIN_KNOWN_LENGTH) return;
      let hash = hashOf(text);
      let free = 0;
      for (let at = 0; ; at++) {
        if (at >= free && filter[slotOf(hash)] === 1) {
          const needle = byHash.get(hash)?.find((candidate) => standsAt(candidate, text, at));
          if (needle !== undefined) {
            free = at + needle.text.length;
            yield { start: at, end: free, secret: needle.secret, rule: needle.rule };
          }
        }
        const next = at + MIN_KNOWN_LENGTH;
        if (next >= text.length) return;
        hash = (Math.imul(hash - Math.imul(text.charCodeAt(at), BASE_OF_FIRST), BASE) + text.charCodeAt(next)) | 0;
      }
    },
  };
}

function hashOf(text: string): number {
  let hash = 0;
  for (let index = 0; index < MIN_KNOWN_LENGTH; index++) hash = (Math.imul(hash, BASE) + text.charCodeAt(index)) | 0;
  return hash;
}

function slotOf(hash: number): number {
  return (hash ^ (hash >>> 16)) & 0xffff;
}

function standsAt(needle: Needle, text: string, at: number): boolean {
  if (!text.startsWith(needle.text, at)) return false;
  if (!needle.isWhole) return true;
  const end = at + needle.text.length;
  return !isWordCharacter(text.charAt(at - 1)) && !isWordCharacter(text.charAt(end));
}

function isWordCharacter(character: string): boolean {
  return /^[A-Za-z0-9_-]$/.test(character);
}
