import type { Evidence } from '../domain/evidence.ts';
import type { Citation } from '../schema/generated.ts';
import { asText } from './compare-values.ts';
import type { DecidingField } from './deciding-place.ts';
import { STDERR_LINE } from './evidence-text.ts';
import { isIdentityKey, isIdentityOnly } from './identity.ts';
import type { StepData } from './parse-output.ts';
import { isRecord } from './path.ts';
import { grown, grownUp, joinLines, linesOfField, linesOfObject, objectAt, type Lines } from './quote-place.ts';

/** Characters that a quote may have after white space is collapsed (decisions: exact quote). */
const MIN_QUOTE_CHARACTERS = 8;
const MAX_QUOTE_CHARACTERS = 300;

/** A quote of an object that is shorter gets what stands above it. */
const SHORT_CHARACTERS = 24;
const MAX_CONTEXT_CHARACTERS = 160;

/** Shown in front of what is cited of a line that is too long. */
const CHARACTERS_BEFORE = 60;

export interface QuoteSource {
  readonly data: StepData;
  readonly evidence: Evidence;
}

/** What is to be shown. */
export interface Wanted {
  readonly item: unknown;
  /** Words of the playbook. */
  readonly words?: string;
  /** What made the rule match, the most telling first. */
  readonly fields?: readonly DecidingField[];
  /** A line of stderr that the rule judged. */
  readonly complaint?: string;
  /** Words of lines that would do, the best first. */
  readonly texts?: readonly string[];
  /** The output as a whole, when it is short, else its first line: of what is missing nothing else can be shown. */
  readonly isWhole?: boolean;
}

/** How findings and changes come to their citations. */
export type Cite = (source: QuoteSource, wanted: Wanted) => Citation | undefined;

/**
 * Cites the recorded, redacted text: the wanted words when they stand in it, else the lines that the raw lines became. A
 * rule sees raw text, so its words may be gone; then there is no citation rather than an invented one.
 */
export function cite(source: QuoteSource, wanted: Wanted): Citation | undefined {
  const recorded = source.evidence.text.split('\n');
  const quote =
    quoteOfComplaint(recorded, wanted.complaint) ??
    quoteOfOutput(source.data, recorded, wanted) ??
    quoteOfComplaint(recorded, wanted.words);
  return quote === undefined ? undefined : { evidence: source.evidence.id, quote, verified: false };
}

function quoteOfOutput(data: StepData, recorded: readonly string[], wanted: Wanted): string | undefined {
  const lines = quotedLines(data, wanted);
  if (lines === undefined) return undefined;
  const shown = recordedLines(recorded, data.lines, lines);
  if (shown === undefined) return undefined;
  const text = joinLines(shown);
  const { words } = wanted;
  if (words !== undefined && text.includes(words)) return quotable(words) ?? quotable(text);
  return quotable(around(text, wanted.fields ?? []));
}

/** What stderr says, or its line with the words, or among them: a command that fails says why there, and nothing on stdout. */
function quoteOfComplaint(recorded: readonly string[], words: string | undefined): string | undefined {
  const separatorAt = recorded.indexOf(STDERR_LINE);
  if (words === undefined || words.trim() === '' || separatorAt === -1) return undefined;
  const complaint = recorded.slice(separatorAt + 1).map((text) => joinLines([text]));
  const line = complaint.find((text) => text.includes(words));
  if (line !== undefined) return quotable(line);
  if (complaint.join(' ').includes(words)) return quotable(words);
  const part = complaint.find((text) => text !== '' && words.includes(text));
  return part === undefined ? undefined : quotable(part);
}

/** Lines to quote, as indexes: of a row its own, of an object those with the words, else with what decided. */
export function quotedLines(
  data: StepData,
  { item, words, fields = [], texts = [], isWhole = false }: Wanted,
): Lines | undefined {
  if (isWhole) return linesOfWhole(data);
  const span = data.spanOf(item);
  if (span === undefined) return linesOfPlain(data, { item, fields, ...(words === undefined ? {} : { words }) });
  if (span[0] === span[1]) return span;
  const line = firstOf(words === undefined ? texts : [words, ...texts], (text) => lineWith(data, span, text));
  if (line !== undefined) return [line, line];
  return linesThatDecide(data, item, fields) ?? linesThatName(data, item, fields);
}

/** In an object: a field that decided, the whole when it is short, or the value of a field that was computed from it. */
function linesThatDecide(data: StepData, item: unknown, fields: readonly DecidingField[]): Lines | undefined {
  const telling = fields.filter(({ key }) => key === undefined || !isIdentityKey(key));
  const found = firstOf(telling, (field) => tellingLines(data, linesOfField(data, field, MAX_QUOTE_CHARACTERS)));
  if (found !== undefined && isShort(data, found)) return grownUp(data, item, found, MAX_CONTEXT_CHARACTERS);
  if (found !== undefined) return found;
  const whole = tellingLines(data, linesOfObject(data, item, MAX_QUOTE_CHARACTERS));
  return whole ?? firstOf(telling, (field) => linesOfComputed(data, item, field));
}

/** What is empty, or a single flag, says nothing without the object that it belongs to. */
function isShort(data: StepData, [from, to]: Lines): boolean {
  return joinLines(data.lines.slice(from, to + 1)).length < SHORT_CHARACTERS;
}

/** A detector computes fields; in the output the same value may stand elsewhere in the object. */
function linesOfComputed(data: StepData, item: unknown, { key, value }: DecidingField): Lines | undefined {
  const span = data.spanOf(item);
  if (span === undefined || !isTelling(value)) return undefined;
  const text = JSON.stringify(value);
  const line =
    lineWith(data, span, `${JSON.stringify(key ?? '')}: ${text}`) ??
    (typeof value === 'string' && value.length >= MIN_QUOTE_CHARACTERS ? lineWith(data, span, text) : undefined);
  if (line === undefined) return undefined;
  const beside = linesOfObject(data, objectAt(data, item, line), Number.POSITIVE_INFINITY) ?? span;
  return tellingLines(data, grown(data, beside, { line, maxCharacters: MAX_QUOTE_CHARACTERS }));
}

function isTelling(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value) && value !== '';
}

function tellingLines(data: StepData, lines: Lines | undefined): Lines | undefined {
  if (lines === undefined) return undefined;
  const quote = joinLines(data.lines.slice(lines[0], lines[1] + 1));
  return quote.length < MIN_QUOTE_CHARACTERS || isIdentityOnly(quote) ? undefined : lines;
}

/** What names the object, when nothing else can be shown of it: it says where to look and proves nothing. */
function linesThatName(data: StepData, item: unknown, fields: readonly DecidingField[]): Lines | undefined {
  const span = data.spanOf(item);
  if (span === undefined) return undefined;
  const metadata = isRecord(item) && isRecord(item['metadata']) ? item['metadata'] : item;
  const name: DecidingField = { parent: metadata, key: 'name', value: isRecord(metadata) ? metadata['name'] : '' };
  const named = firstOf([...fields, name], (field) => linesOfField(data, field, MAX_QUOTE_CHARACTERS));
  return named ?? [span[0] + 1, span[0] + 1];
}

function linesOfWhole(data: StepData): Lines | undefined {
  const all: Lines = [0, data.lines.length - 1];
  if (joinLines(data.lines).length <= MAX_QUOTE_CHARACTERS) return all;
  const first = data.lines.findIndex((line) => line.trim().length >= MIN_QUOTE_CHARACTERS);
  return first === -1 ? undefined : [first, first];
}

/** Of a text, or a record of keys and values: the line with the words, or with the field that decided. */
function linesOfPlain(data: StepData, { item, words, fields = [] }: Wanted): Lines | undefined {
  const all: Lines = [0, data.lines.length - 1];
  const line = words === undefined ? undefined : lineWith(data, all, words);
  if (line !== undefined) return [line, line];
  const inRow = firstOf(fields, (field) => linesOfField(data, field, MAX_QUOTE_CHARACTERS));
  if (inRow !== undefined) return inRow;
  const found = isRecord(item) && item === data.root ? lineOfRecord(data, fields) : undefined;
  return found === undefined ? undefined : [found, found];
}

function lineOfRecord(data: StepData, fields: readonly DecidingField[]): number | undefined {
  return firstOf(fields, ({ key, value }) => {
    const text = asText(value);
    if (key === undefined || text === '') return undefined;
    const index = data.lines.findIndex((line) => {
      const [start, end] = [line.trimStart(), line.trimEnd().replace(/"$/u, '')];
      return start.startsWith(key) && /^\s*[=:\s]/u.test(start.slice(key.length)) && end.endsWith(text);
    });
    return index === -1 ? undefined : index;
  });
}

function firstOf<T, R>(values: readonly T[], find: (value: T) => R | undefined): R | undefined {
  for (const value of values) {
    const found = find(value);
    if (found !== undefined) return found;
  }
  return undefined;
}

function lineWith(data: StepData, [from, to]: Lines, words: string): number | undefined {
  for (let index = from; index <= to; index++) {
    if (collapse(data.lines[index] ?? '').includes(words)) return index;
  }
  return undefined;
}

/** The same lines after redaction: unchanged at their place, or what stands there when no line was added; a single one anywhere. */
function recordedLines(
  recorded: readonly string[],
  raw: readonly string[],
  [from, to]: Lines,
): readonly string[] | undefined {
  const wanted = raw.slice(from, to + 1);
  const there = recorded.slice(from, to + 1);
  if (wanted.every((line, index) => line === there[index])) return wanted;
  const [only] = wanted;
  if (only !== undefined && wanted.length === 1 && recorded.includes(only)) return wanted;
  const separatorAt = recorded.indexOf(STDERR_LINE);
  const length = separatorAt === -1 ? recorded.length : separatorAt;
  // With stderr behind it, the empty end after the last line break is not a line of its own.
  const isAligned = length === raw.length || (separatorAt !== -1 && length === raw.length - 1);
  return isAligned && there.length === wanted.length ? there : undefined;
}

/** Of a line that is too long the part with what decided: a record of a journal on one line has it anywhere. */
function around(text: string, fields: readonly DecidingField[]): string {
  if (text.length <= MAX_QUOTE_CHARACTERS) return text;
  const at = firstOf(fields, ({ value }) => {
    const wanted = isTelling(value) ? asText(value).slice(0, MAX_QUOTE_CHARACTERS / 2) : '';
    const index = wanted.length < 2 ? -1 : text.indexOf(wanted);
    return index === -1 ? undefined : { from: index, to: index + wanted.length };
  });
  if (at === undefined || at.to <= MAX_QUOTE_CHARACTERS) return text;
  return text.slice(Math.max(0, at.from - CHARACTERS_BEFORE));
}

/** Collapsed and cut; undefined when too little is left to be found again with certainty. */
function quotable(text: string): string | undefined {
  const bare = text.replace(/\u001b\[[0-9;]*[A-Za-z]/gu, '');
  const plain = collapse(bare).trim();
  if (plain.length < MIN_QUOTE_CHARACTERS) return undefined;
  return plain
    .slice(0, MAX_QUOTE_CHARACTERS)
    .replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/gu, '')
    .trim();
}

function collapse(text: string): string {
  return text.replace(/\s+/gu, ' ');
}
