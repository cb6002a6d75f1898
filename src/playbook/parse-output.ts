import type { PlaybookOutput } from '../schema/generated.ts';
import { unreachable } from '../lib/unreachable.ts';
import { isRecord } from './path.ts';
import { MAX_MATCHED_CHARACTERS, parsePattern } from './pattern.ts';

/** Parsed output of a step, with the way back from an item to the line that it came from. */
export interface StepData {
  /** text: `{lines: [{text}]}` · table: `{rows}` · jsonl: `{items}` · kv: one record · json: the document. */
  readonly root: unknown;
  readonly lines: readonly string[];
  /** Index in `lines`; undefined for what has no line of its own. */
  lineOf(item: unknown): number | undefined;
  /** Output was cut: what is there can be judged, what is not there proves nothing. */
  readonly isPartial: boolean;
}

export type ParsedOutput =
  { readonly kind: 'parsed'; readonly data: StepData } | { readonly kind: 'unreadable'; readonly why: string };

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
  if (output.format === 'json') {
    if (isPartial) return unreadable('the output was cut before the end of the document');
    if (text.trim() === '') return unreadable('the output is empty where a JSON document was expected');
    const document = parseJson(text);
    return document === undefined ? unreadable('the output is not valid JSON') : parsed({ root: document.value, text });
  }
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
      return parseJsonLines(whole, { text, isPartial });
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

function parseJsonLines(lines: readonly Line[], source: Source): ParsedOutput {
  const rows: { item: unknown; index: number }[] = [];
  for (const { text, index } of lines) {
    const document = parseJson(text);
    if (document === undefined) return unreadable(`line ${index + 1} of the output is not valid JSON`);
    rows.push({ item: document.value, index });
  }
  return list('items', rows, source);
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

function list(name: string, rows: Rows, source: Source): ParsedOutput {
  return parsed({ root: { [name]: rows.map(({ item }) => item) }, ...source, rows });
}

function parsed(parts: { root: unknown; text: string; isPartial?: boolean; rows?: Rows }): ParsedOutput {
  const lineByItem = new Map((parts.rows ?? []).map(({ item, index }) => [item, index]));
  const data: StepData = {
    root: parts.root,
    lines: parts.text.split('\n'),
    lineOf: (item) => (isRecord(item) ? lineByItem.get(item) : undefined),
    isPartial: parts.isPartial ?? false,
  };
  return { kind: 'parsed', data };
}

function unreadable(why: string): ParsedOutput {
  return { kind: 'unreadable', why };
}

/** Wrapped, because `null` is a valid document. */
function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return { value };
  } catch {
    return undefined;
  }
}

/** A NUL, or more than a tenth of characters that are no UTF-8: names in an old encoding are not yet binary. */
function isBinary(text: string): boolean {
  if (text.includes('\0')) return true;
  const sample = text.slice(0, 65_536);
  return sample.length > 0 && sample.split('\uFFFD').length - 1 > sample.length / 10;
}
