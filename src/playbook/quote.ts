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

/**
 * Cites the recorded, redacted text: the wanted words when they stand in it, else the line that the raw line became. A
 * rule sees raw text, so its words may be gone; then there is no citation rather than an invented one.
 */
export function cite(
  source: QuoteSource,
  wanted: { readonly item: unknown; readonly words?: string },
): Citation | undefined {
  const { data, evidence } = source;
  const recorded = evidence.text.split('\n');
  const index = data.lineOf(wanted.item) ?? lineWith(data.lines, wanted.words);
  if (index === undefined) return undefined;
  const raw = data.lines[index];
  const line = raw === undefined ? undefined : recordedLine(recorded, { raw, index, rawLines: data.lines.length });
  if (line === undefined) return undefined;
  const words =
    wanted.words !== undefined && collapse(line).includes(wanted.words) ? quotable(wanted.words) : undefined;
  const quote = words ?? quotable(line);
  return quote === undefined ? undefined : { evidence: evidence.id, quote, verified: false };
}

function lineWith(lines: readonly string[], words: string | undefined): number | undefined {
  if (words === undefined) return undefined;
  const index = lines.findIndex((line) => collapse(line).includes(words));
  return index === -1 ? undefined : index;
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
