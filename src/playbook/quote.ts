import type { Evidence } from '../domain/evidence.ts';
import type { Citation } from '../schema/generated.ts';
import { STDERR_LINE } from './evidence-text.ts';
import type { StepData } from './parse-output.ts';

/** Characters that a quote may have after white space is collapsed (decisions: exact quote). */
const MIN_QUOTE_CHARACTERS = 8;
const MAX_QUOTE_CHARACTERS = 300;

export interface QuoteSource {
  readonly data: StepData;
  readonly evidence: Evidence;
}

/** What is to be shown. */
export interface Wanted {
  readonly item: unknown;
  /** Words of the playbook. */
  readonly words?: string;
  /** Fields of a JSON document that a rule looked at, the best first. */
  readonly fields?: readonly string[];
}

/** How findings and changes come to their citations. */
export type Cite = (source: QuoteSource, wanted: Wanted) => Citation | undefined;

/**
 * Cites the recorded, redacted text: the wanted words when they stand in it, else the line that the raw line became. A
 * rule sees raw text, so its words may be gone; then there is no citation rather than an invented one.
 */
export function cite(source: QuoteSource, wanted: Wanted): Citation | undefined {
  const recorded = source.evidence.text.split('\n');
  const quote = quoteOfOutput(source.data, recorded, wanted) ?? quoteOfComplaint(recorded, wanted.words);
  return quote === undefined ? undefined : { evidence: source.evidence.id, quote, verified: false };
}

function quoteOfOutput(data: StepData, recorded: readonly string[], wanted: Wanted): string | undefined {
  const index = quotedLine(data, wanted);
  if (index === undefined) return undefined;
  const raw = data.lines[index];
  const line = raw === undefined ? undefined : recordedLine(recorded, { raw, index, rawLines: data.lines.length });
  if (line === undefined) return undefined;
  const words =
    wanted.words !== undefined && collapse(line).includes(wanted.words) ? quotable(wanted.words) : undefined;
  return words ?? quotable(line);
}

/** The line of stderr with the words, or among them: a command that fails says why there, and nothing on stdout. */
function quoteOfComplaint(recorded: readonly string[], words: string | undefined): string | undefined {
  const separatorAt = recorded.indexOf(STDERR_LINE);
  if (words === undefined || words === '' || separatorAt === -1) return undefined;
  const line = recorded.slice(separatorAt + 1).find((text) => {
    const said = collapse(text).trim();
    return said !== '' && (said.includes(words) || words.includes(said));
  });
  return line === undefined ? undefined : quotable(line);
}

/** Line to quote, as an index: of a row its own; of an object the one with the words, else with the first field that a rule looked at. */
export function quotedLine(data: StepData, { item, words, fields = [] }: Wanted): number | undefined {
  const span = data.spanOf(item);
  if (span === undefined) return words === undefined ? undefined : lineWith(data, [0, data.lines.length - 1], words);
  if (span[0] === span[1]) return span[0];
  for (const text of [...(words === undefined ? [] : [words]), ...fields]) {
    const index = lineWith(data, span, text);
    if (index !== undefined) return index;
  }
  // The bracket of an object says nothing; its first field may.
  return fields.length === 0 ? undefined : span[0] + 1;
}

function lineWith(data: StepData, [from, to]: readonly [number, number], words: string): number | undefined {
  for (let index = from; index <= to; index++) {
    if (collapse(data.lines[index] ?? '').includes(words)) return index;
  }
  return undefined;
}

/** The same line after redaction: unchanged at its place, or anywhere, or what stands at its place when no line was added. */
function recordedLine(
  recorded: readonly string[],
  place: { readonly raw: string; readonly index: number; readonly rawLines: number },
): string | undefined {
  if (recorded[place.index] === place.raw || recorded.includes(place.raw)) return place.raw;
  const separatorAt = recorded.indexOf(STDERR_LINE);
  const length = separatorAt === -1 ? recorded.length : separatorAt;
  // With stderr behind it, the empty end after the last line break is not a line of its own.
  const isAligned = length === place.rawLines || (separatorAt !== -1 && length === place.rawLines - 1);
  return isAligned ? recorded[place.index] : undefined;
}

/** Collapsed and cut; undefined when too little is left to be found again with certainty. */
function quotable(text: string): string | undefined {
  const bare = text.replace(/\u001b\[[0-9;]*[A-Za-z]/gu, '');
  const plain = collapse(bare).trim();
  if (plain.length < MIN_QUOTE_CHARACTERS) return undefined;
  return plain
    .slice(0, MAX_QUOTE_CHARACTERS)
    .replace(/[\uD800-\uDBFF]$/u, '')
    .trim();
}

function collapse(text: string): string {
  return text.replace(/\s+/gu, ' ');
}
