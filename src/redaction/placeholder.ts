import { createHmac } from 'node:crypto';

/** A mark, also as markdown escapes it. */
const PLACEHOLDER = /\\?\[REDACTED:[a-z0-9-]{1,40}:[0-9a-f]{4}\\?\]/g;

interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * `[REDACTED:<rule>:<h4>]`, where h4 is the beginning of an HMAC of the value: two marks that are equal stand for the
 * same value, and without the key of the run nobody can test guesses.
 */
export function formatPlaceholder(rule: string, value: string, key: Uint8Array): string {
  return `[REDACTED:${rule}:${createHmac('sha256', key).update(value).digest('hex').slice(0, 4)}]`;
}

/** Where marks stand in `text`, in order. */
export function placeholdersIn(text: string): readonly Range[] {
  if (!text.includes('[REDACTED:')) return [];
  return Array.from(text.matchAll(PLACEHOLDER), (match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** The parts of `range` that lie outside all `marks`; both in order, so one cursor over the marks is enough. */
export function outsideOf(range: Range, marks: readonly Range[], cursor: { index: number }): readonly Range[] {
  for (let mark = marks[cursor.index]; mark !== undefined && mark.end <= range.start; mark = marks[cursor.index]) {
    cursor.index += 1;
  }
  const parts: Range[] = [];
  let start = range.start;
  for (let index = cursor.index; ; index++) {
    const mark = marks[index];
    if (mark === undefined || mark.start >= range.end) break;
    if (mark.start > start) parts.push({ start, end: mark.start });
    start = Math.max(start, mark.end);
  }
  if (start < range.end) parts.push({ start, end: range.end });
  return parts;
}
