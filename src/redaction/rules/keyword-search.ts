/** A keyword that stands at an offset of a text. */
export interface KeywordHit {
  readonly at: number;
  readonly index: number;
}

const MIN_KEYWORD = 3;
const SLOTS = 65_536;

/**
 * Finds all of several hundred keywords in one walk: three characters select the few that can stand at an offset. The
 * keywords are in lower case and have at least three characters, and so is the text.
 */
export function createKeywordSearch(
  keywords: readonly string[],
): (text: string, from: number, to: number) => Generator<KeywordHit> {
  const bySlot = new Map<number, number[]>();
  const isUsed = new Uint8Array(SLOTS);
  for (const [index, keyword] of keywords.entries()) {
    if (keyword.length < MIN_KEYWORD) throw new Error(`keyword ${keyword} is too short`);
    const slot = slotOf(keyword, 0);
    isUsed[slot] = 1;
    bySlot.set(slot, [...(bySlot.get(slot) ?? []), index]);
  }
  return function* hits(text, from, to) {
    const last = Math.min(to, text.length - MIN_KEYWORD + 1);
    for (let at = from; at < last; at++) {
      const slot = slotOf(text, at);
      if (isUsed[slot] !== 1) continue;
      for (const index of bySlot.get(slot) ?? []) {
        if (text.startsWith(keywords[index] ?? '', at)) yield { at, index };
      }
    }
  };
}

function slotOf(text: string, at: number): number {
  const mixed = text.charCodeAt(at) * 961 + text.charCodeAt(at + 1) * 31 + text.charCodeAt(at + 2);
  return (mixed ^ (mixed >>> 7)) & (SLOTS - 1);
}
