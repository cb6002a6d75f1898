import { GAP_CHARACTERS, gapLine, isMark, SUM_CHARACTERS, sumLine } from './left-out.ts';
import { isDocument, lineSpans, type LineSpans, type Span } from './line-spans.ts';
import { newestOf } from './newest-lines.ts';
import type { StepData } from './parse-output.ts';
import { shortenLine } from './shorten-line.ts';

export interface KeepOptions {
  readonly maxBytes: number;
  /** Indexes of lines that are quoted, what matters most first. */
  readonly quoted: readonly number[];
  /** What is worth more of the rest: what comes first, or of a log the newest lines. */
  readonly rest: 'first' | 'newest';
}

/** Objects of a document are kept in parts when they take more than one part in so many of the room. */
const UNITS = 12;

/**
 * Chooses what is recorded of an output that does not fit, and returns it with its lines renumbered; what is judged of it
 * stays whole. First come the lines that are quoted, then the objects that they stand in, then the rest. Objects of a JSON
 * document are kept within what encloses them: without its marks the text is a document still, and no value loses the name
 * beside it by which a secret is recognised.
 */
export function keepLines(whole: StepData, options: KeepOptions): StepData {
  const [isJson, quoted] = [isDocument(whole), new Set(options.quoted)];
  const lines = whole.lines.map((line, index) => shortenLine(line, { isJson, isQuoted: quoted.has(index) }));
  const choice = new Choice(lines, options.maxBytes - SUM_CHARACTERS - GAP_CHARACTERS);
  const isLarge = (span: Span): boolean => choice.sizeOf(span) > options.maxBytes / UNITS;
  const spans = lineSpans(whole, isLarge);
  addQuoted(choice, options.quoted, spans);
  if (options.rest === 'newest') choice.addNewest();
  else addFirst(choice, spans, isLarge);
  return assembled(whole, lines, choice);
}

function addQuoted(choice: Choice, quoted: readonly number[], spans: LineSpans): void {
  const chains = quoted.map((line) => ({ line, chain: spans.around(line) }));
  // Every quote before the surroundings of any.
  for (const { line, chain } of chains) {
    const [inner, ...outer] = chain;
    if (inner === undefined || !choice.add(inner, outer)) choice.add([line, line], chain);
  }
  for (const { chain } of chains) {
    for (let index = chain.length - 1; index >= 0; index--) {
      const span = chain[index];
      if (span !== undefined && choice.add(span, chain.slice(index + 1))) break;
    }
  }
}

/** From the start on; a line that is too long for anything hides no others. */
function addFirst(choice: Choice, { units }: LineSpans, isLarge: (span: Span) => boolean): void {
  for (const { span, within } of units) {
    if (!choice.add(span, within) && !isLarge(span)) return;
  }
}

/** Lines that are kept, and the room that is left. */
class Choice {
  readonly #lines: readonly string[];
  readonly #kept: Uint8Array;
  /** Bytes of all lines before each. */
  readonly #before: Float64Array;
  #room: number;

  constructor(lines: readonly string[], room: number) {
    this.#lines = lines;
    this.#kept = new Uint8Array(lines.length);
    this.#before = new Float64Array(lines.length + 1);
    this.#room = room;
    for (const [index, line] of lines.entries())
      this.#before[index + 1] = this.#at(index) + Buffer.byteLength(line) + 1;
  }

  has(line: number): boolean {
    return this.#kept[line] === 1;
  }

  sizeOf([from, to]: Span): number {
    return this.#at(to + 1) - this.#at(from);
  }

  /** Adds lines, and of what encloses them the first and the last line; says whether there was room for all of it. */
  add(span: Span, within: readonly Span[]): boolean {
    // Half of it may be there already, but not most.
    if (this.sizeOf(span) > this.#room * 2) return false;
    const ends = within.flatMap(([from, to]) => [from, to]);
    const fresh = new Set(ends.filter((line) => !this.has(line)));
    for (let line = span[0]; line <= span[1]; line++) if (!this.has(line)) fresh.add(line);
    let cost = 0;
    for (const line of fresh) {
      const isAfterGap = line > 0 && !this.has(line - 1) && !fresh.has(line - 1);
      cost += this.sizeOf([line, line]) + (isAfterGap ? GAP_CHARACTERS : 0);
    }
    if (cost > this.#room) return false;
    for (const line of fresh) this.#kept[line] = 1;
    this.#room -= cost;
    return true;
  }

  /** The newest lines of every source; each gap costs room too, which shows only when they are chosen. */
  addNewest(): void {
    for (let share = this.#room; share > 0;) {
      const newest = new Set(newestOf(this.#lines, { maxBytes: share, isKept: (line) => this.has(line) }));
      const isThere = (line: number): boolean => newest.has(line) || this.has(line);
      let cost = 0;
      for (const line of newest) {
        cost += (this.has(line) ? 0 : this.sizeOf([line, line])) + (isThere(line - 1) ? 0 : GAP_CHARACTERS);
      }
      if (cost <= this.#room) {
        for (const line of newest) this.#kept[line] = 1;
        return;
      }
      share -= cost - this.#room;
    }
  }

  #at(line: number): number {
    return this.#before[line] ?? 0;
  }
}

function assembled(whole: StepData, lines: readonly string[], choice: Choice): StepData {
  // What ends with a line break has an empty line behind it that is none.
  const ofLines = lines.at(-1) === '' ? lines.length - 1 : lines.length;
  const written: string[] = [];
  const places = new Map<number, number>();
  let gap = 0;
  let keptBytes = 0;
  for (const [index, line] of lines.slice(0, ofLines).entries()) {
    if (!choice.has(index)) {
      gap++;
      continue;
    }
    if (gap > 0) written.push(gapLine(gap));
    gap = 0;
    places.set(index, written.length);
    keptBytes += Buffer.byteLength(line) + 1;
    written.push(line);
  }
  if (gap > 0) written.push(gapLine(gap));
  const ofBytes = Buffer.byteLength(whole.lines.join('\n'));
  const left = { lines: ofLines - places.size, ofLines, bytes: Math.max(0, ofBytes - keptBytes), ofBytes };
  const text = isDocument(whole) ? withoutLastCommas(written) : written;
  return { ...whole, lines: [...text, sumLine(left), ''], spanOf: (item) => movedSpan(whole.spanOf(item), places) };
}

/** Behind the last entry that is left of an object or a list. */
function withoutLastCommas(lines: readonly string[]): readonly string[] {
  const fixed = [...lines];
  let last: number | undefined;
  for (const [index, line] of lines.entries()) {
    if (isMark(line)) continue;
    const before = fixed[last ?? -1];
    if (last !== undefined && before !== undefined && /^\s*[\]}]/u.test(line)) fixed[last] = before.replace(/,$/u, '');
    last = index;
  }
  return fixed;
}

/** Of what was kept in part, the part. */
function movedSpan(span: Span | undefined, places: ReadonlyMap<number, number>): Span | undefined {
  if (span === undefined) return undefined;
  let [from, to] = span;
  while (from <= to && !places.has(from)) from++;
  while (to > from && !places.has(to)) to--;
  const [first, last] = [places.get(from), places.get(to)];
  return first === undefined || last === undefined || from > to ? undefined : [first, last];
}
