import type { DecidingField } from './deciding-place.ts';
import type { StepData } from './parse-output.ts';
import { isRecord } from './path.ts';

/** First and last line of what is quoted. */
export type Lines = readonly [number, number];

type Printed = Pick<StepData, 'lines' | 'spanOf'>;

/** Lines of a printed document as one line, as quotes are compared. */
export function joinLines(lines: readonly string[]): string {
  return lines
    .map((line) => line.trim())
    .join(' ')
    .replace(/\s+/gu, ' ')
    .replace(/,$/u, '');
}

/** Where a field of a printed document stands, with as much around it as makes its object known; undefined when it has no place. */
export function linesOfField(data: Printed, field: DecidingField, maxCharacters: number): Lines | undefined {
  const { parent, key } = field;
  const span = spanIn(data, parent);
  if (span === undefined) return undefined;
  if (!('value' in field)) return fits(data, span, maxCharacters) ? span : undefined;
  const line = key === undefined ? lineOfValue(data, span, field.value) : lineOfKey(data, parent, key);
  if (line === undefined) return undefined;
  // An object or a list as value is shown when it is short, such as one that is empty.
  const own = spanIn(data, field.value) ?? [line, line];
  if (!fits(data, own, maxCharacters)) return own[0] === own[1] ? own : undefined;
  if (isRecord(parent) && isFlat(parent) && fits(data, span, maxCharacters)) return span;
  return own[0] === own[1] && key !== undefined ? grown(data, span, { line, maxCharacters }) : own;
}

/** Lines with what stands above them in the same item, whatever it is: `"status": {}` alone could be of any object. */
export function grownUp(data: Printed, item: unknown, [from, to]: Lines, maxCharacters: number): Lines {
  const span = spanIn(data, item);
  let first = from;
  while (span !== undefined && first - 1 > span[0] && fits(data, [first - 1, to], maxCharacters)) first--;
  return [first, to];
}

/** The whole of an object, when it is short. */
export function linesOfObject(data: Printed, item: unknown, maxCharacters: number): Lines | undefined {
  const span = spanIn(data, item);
  return span !== undefined && fits(data, span, maxCharacters) ? span : undefined;
}

/** The innermost object of `item` that a line stands in. */
export function objectAt(data: Printed, item: unknown, line: number): unknown {
  if (typeof item !== 'object' || item === null) return item;
  for (const child of Object.values(item) as readonly unknown[]) {
    const span = spanIn(data, child);
    if (span !== undefined && span[0] <= line && line <= span[1]) return objectAt(data, child, line);
  }
  return item;
}

/** The line and those beside it that hold one value each, as long as they stay short. */
export function grown(
  data: Printed,
  [first, last]: Lines,
  { line, maxCharacters }: { readonly line: number; readonly maxCharacters: number },
): Lines {
  let [from, to]: Lines = [line, line];
  const take = (lines: Lines, added: number): boolean =>
    added > first && added < last && isScalarLine(data.lines[added] ?? '') && fits(data, lines, maxCharacters);
  while (take([from, to + 1], to + 1)) to++;
  while (take([from - 1, to], from - 1)) from--;
  return [from, to];
}

function spanIn(data: Printed, item: unknown): Lines | undefined {
  return typeof item === 'object' && item !== null ? data.spanOf(item) : undefined;
}

function fits(data: Printed, [from, to]: Lines, maxCharacters: number): boolean {
  // A line has two characters and more: thousands of them need not be joined to know that they are too long.
  return to - from < maxCharacters / 2 && joinLines(data.lines.slice(from, to + 1)).length <= maxCharacters;
}

function isScalarLine(text: string): boolean {
  const trimmed = text.trim();
  return trimmed !== '' && !/^[\]}]/u.test(trimmed) && !/[[{]$/u.test(trimmed);
}

function isFlat(parent: Readonly<Record<string, unknown>>): boolean {
  return Object.values(parent).every((value) => typeof value !== 'object' || value === null);
}

/**
 * Every entry of an object begins on a line of its own. Of an output that was too long lines are left out, so entries are
 * looked for rather than counted.
 */
function lineOfKey(data: Printed, parent: unknown, wanted: string): number | undefined {
  const span = spanIn(data, parent);
  if (span === undefined || !isRecord(parent)) return undefined;
  if (span[0] === span[1]) return span[0];
  const ends = new Map(
    Object.values(parent).flatMap((child) => {
      const own = spanIn(data, child);
      return own === undefined ? [] : [own];
    }),
  );
  for (let line = span[0] + 1; line < span[1]; line = (ends.get(line) ?? line) + 1) {
    if ((data.lines[line] ?? '').trimStart().startsWith(`${JSON.stringify(wanted)}:`)) return line;
  }
  return undefined;
}

function lineOfValue(data: Printed, [from, to]: Lines, value: unknown): number | undefined {
  const text = JSON.stringify(value);
  for (let index = from; index <= to; index++) {
    if ((data.lines[index] ?? '').includes(text)) return index;
  }
  return undefined;
}
