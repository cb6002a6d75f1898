import { matchAt } from '../rule.ts';

/** Where a value stands, without its quotes. */
export interface ValueSpan {
  readonly start: number;
  readonly end: number;
  readonly isQuoted: boolean;
}

/** As in code, escaped in JSON, or in HTML. */
const OPENING_QUOTE = /\\{0,7}["']|&quot;|&#(?:34|39);/y;
const MAX_VALUE = 4096;

/** The value that begins at `start`; a bare one may go on to the next blank when it has the line for itself. */
export function valueAt(text: string, start: number, { isWholeLine = false } = {}): ValueSpan {
  const quote = matchAt(OPENING_QUOTE, text, start)?.[0];
  if (quote !== undefined) {
    const valueStart = start + quote.length;
    return { start: valueStart, end: quotedEnd(text, valueStart, quote), isQuoted: true };
  }
  const expression = isWholeLine ? /[^\s"'`]{0,4096}/y : /[^\s"'`<>,;&|)}\]\\]{0,4096}/y;
  return { start, end: start + (matchAt(expression, text, start)?.[0].length ?? 0), isQuoted: false };
}

/** Where the same quote comes again, escaped equally deep; else the end of the line. */
function quotedEnd(text: string, start: number, quote: string): number {
  const limit = Math.min(text.length, start + MAX_VALUE);
  const slice = text.slice(start, limit);
  for (const at of quotesIn(slice, quote)) {
    let escapes = 0;
    while (slice.charAt(at - 1 - escapes) === '\\') escapes += 1;
    if (quote.length === 1 ? escapes % 2 === 0 : escapes === 0) return start + at;
  }
  const line = slice.search(/[\r\n]/);
  return line === -1 ? limit : start + line;
}

function* quotesIn(text: string, quote: string): Generator<number> {
  for (let at = text.indexOf(quote); at !== -1; at = text.indexOf(quote, at + quote.length)) yield at;
}
