import type { PlaybookOutput } from '../schema/generated.ts';
import { unreachable } from '../lib/unreachable.ts';
import { MAX_OUTPUT_BYTES } from './evidence-text.ts';
import { readJsonText } from './json-text.ts';
import { isRecord } from './path.ts';
import { MAX_MATCHED_CHARACTERS, parsePattern } from './pattern.ts';
import { printJson } from './print-json.ts';
import { prune } from './prune.ts';

/** Parsed output of a step, with the way back from an item to the line that it came from. */
export interface StepData {
  /** text: `{lines: [{text}]}` · table: `{rows}` · jsonl: `{items}` · kv: one record · json: the document · rc: nothing. */
  readonly root: unknown;
  /** Lines of the text that is recorded. */
  readonly lines: readonly string[];
  /** First and last index in `lines`; undefined for what has no lines of its own. */
  spanOf(item: unknown): readonly [number, number] | undefined;
  /** Output was cut: what is there can be judged, what is not there proves nothing. */
  readonly isPartial: boolean;
}

export type ParsedOutput =
  | {
      readonly kind: 'parsed';
      readonly data: StepData;
      /** What is recorded instead of the output: a JSON document with a value a line, and without what is dropped. */
      readonly shown?: string;
    }
  | { readonly kind: 'unreadable'; readonly why: string };

interface Line {
  readonly text: string;
  readonly index: number;
}

type Rows = readonly { readonly item: unknown; readonly index: number }[];

/** Reads raw output as the playbook describes it. What cannot be read is a gap, never health. */
export function parseOutput(
  text: string,
  output: PlaybookOutput,
  options: { readonly isPartial: boolean },
): ParsedOutput {
  if (isBinary(text)) return unreadable('the output is binary');
  const { isPartial } = options;
  if (output.format === 'json') return parseDocument(text, output, isPartial);
  if (output.format === 'rc') return parsed({ root: {}, text, isPartial });
  const lines = text.split('\n').map((line, index) => ({ text: line.replace(/\r$/u, ''), index }));
  // The last line of cut output may be half a line.
  const whole = (isPartial ? lines.slice(0, -1) : lines).filter((line) => line.text.trim() !== '');
  switch (output.format) {
    case 'text':
      return list(
        'lines',
        whole.map((line) => ({ item: { text: line.text }, index: line.index })),
        { text, isPartial },
      );
    case 'jsonl':
      return parseJsonLines(whole, output, { text, isPartial });
    case 'kv':
      return parseKeyValues(whole, output, { text, isPartial });
    case 'table':
      return parseTable(
        whole.filter((line) => line.index >= (output.skipLines ?? 0)),
        output,
        { text, isPartial },
      );
    default:
      return unreachable(output.format);
  }
}

interface Source {
  readonly text: string;
  readonly isPartial: boolean;
}

function parseDocument(text: string, output: PlaybookOutput, isCut: boolean): ParsedOutput {
  if (text.trim() === '') {
    if (output.allowEmpty === true && !isCut) return parsed({ root: { items: [] }, text });
    return unreadable('the output is empty where a JSON document was expected');
  }
  const reading = readJsonText(text, { isCut });
  if (reading.kind === 'unreadable') return reading;
  const root = pruned(reading.value, output);
  const spacious = printJson(root, 2);
  // Without its indentation more of a long document fits into one file of evidence.
  const printed = Buffer.byteLength(spacious.text) > MAX_OUTPUT_BYTES ? printJson(root, 0) : spacious;
  const data: StepData = {
    root,
    lines: printed.text.split('\n'),
    spanOf: (item) => (typeof item === 'object' && item !== null ? printed.spans.get(item) : undefined),
    isPartial: reading.isPartial,
  };
  return { kind: 'parsed', data, shown: printed.text };
}

/** Nothing of the document may be what is kept of it. */
function pruned(value: unknown, { drop, keep }: PlaybookOutput): unknown {
  if (drop === undefined && keep === undefined) return value;
  return prune(value, { ...(drop === undefined ? {} : { drop }), ...(keep === undefined ? {} : { keep }) }) ?? {};
}

function parseJsonLines(lines: readonly Line[], output: PlaybookOutput, source: Source): ParsedOutput {
  const isPruned = output.drop !== undefined || output.keep !== undefined;
  const rows: { item: unknown; index: number }[] = [];
  const shown: string[] = [];
  for (const { text, index } of lines) {
    const reading = readJsonText(text, { isCut: false });
    if (reading.kind === 'unreadable') return unreadable(`line ${index + 1} of the output is not valid JSON`);
    const item = pruned(reading.value, output);
    rows.push({ item, index: isPruned ? rows.length : index });
    if (isPruned) shown.push(`${JSON.stringify(item)}\n`);
  }
  if (!isPruned) return list('items', rows, source);
  const text = shown.join('');
  return { ...list('items', rows, { ...source, text }), shown: text };
}

function parseKeyValues(lines: readonly Line[], output: PlaybookOutput, source: Source): ParsedOutput {
  const fields = new Map<string, string>();
  for (const { text } of lines) {
    const at = output.separator === undefined ? text.search(/[=:]/u) : text.indexOf(output.separator);
    if (at <= 0) continue;
    const value = text.slice(at + (output.separator?.length ?? 1)).trim();
    fields.set(text.slice(0, at).trim(), /^"(?<inner>.*)"$/u.exec(value)?.groups?.['inner'] ?? value);
  }
  if (fields.size === 0) return unreadable('the output has no line with a key and a value');
  return parsed({ root: Object.fromEntries(fields), ...source });
}

function parseTable(lines: readonly Line[], output: PlaybookOutput, source: Source): ParsedOutput {
  if (output.pattern !== undefined) return parsePatternRows(lines, output.pattern, source);
  const [header, ...rest] = lines;
  const columns = output.columns ?? header?.text.trim().split(/\s+/u) ?? [];
  const rows = (output.columns === undefined ? rest : lines).map(({ text, index }) => ({
    item: Object.fromEntries(splitRow(text, columns)),
    index,
  }));
  return list('rows', rows, source);
}

function parsePatternRows(lines: readonly Line[], patternText: string, source: Source): ParsedOutput {
  const pattern = parsePattern(patternText);
  if (pattern === undefined) return unreadable('the pattern of the playbook is not a regular expression');
  const rows: { item: unknown; index: number }[] = [];
  let isUnderstood = lines.length === 0;
  for (const { text, index } of lines) {
    const match = pattern.exec(text.slice(0, MAX_MATCHED_CHARACTERS));
    if (match === null) continue;
    isUnderstood = true;
    const cells = Object.entries(match.groups ?? {}).filter(
      ([, value]: readonly [string, unknown]) => value !== undefined,
    );
    if (cells.length > 0) rows.push({ item: Object.fromEntries(cells), index });
  }
  return isUnderstood ? list('rows', rows, source) : unreadable('no line of the output has the expected form');
}

/** Cells by column; the last column takes the rest of the line, a short row leaves columns out. */
function* splitRow(text: string, columns: readonly string[]): Iterable<[string, string]> {
  let rest = text.trim();
  for (const [index, column] of columns.entries()) {
    if (rest === '') return;
    const end = index === columns.length - 1 ? -1 : rest.search(/\s/u);
    yield [column, end === -1 ? rest : rest.slice(0, end)];
    rest = end === -1 ? '' : rest.slice(end).trimStart();
  }
}

function list(name: string, rows: Rows, source: Source): Extract<ParsedOutput, { kind: 'parsed' }> {
  return parsed({ root: { [name]: rows.map(({ item }) => item) }, ...source, rows });
}

function parsed(parts: {
  root: unknown;
  text: string;
  isPartial?: boolean;
  rows?: Rows;
}): Extract<ParsedOutput, { kind: 'parsed' }> {
  const spanByItem = new Map((parts.rows ?? []).map(({ item, index }) => [item, [index, index] as const]));
  const data: StepData = {
    root: parts.root,
    lines: parts.text.split('\n'),
    spanOf: (item) => (isRecord(item) ? spanByItem.get(item) : undefined),
    isPartial: parts.isPartial ?? false,
  };
  return { kind: 'parsed', data };
}

function unreadable(why: string): ParsedOutput {
  return { kind: 'unreadable', why };
}

/** A NUL, or more than a tenth of characters that are no UTF-8: names in an old encoding are not yet binary. */
function isBinary(text: string): boolean {
  if (text.includes('\0')) return true;
  const sample = text.slice(0, 65_536);
  return sample.length > 0 && sample.split('\uFFFD').length - 1 > sample.length / 10;
}
