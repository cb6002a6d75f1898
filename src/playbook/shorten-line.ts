import { parseRecord } from '../schema/json-fields.ts';

/** Nobody reads longer lines, and one of them would hide all others. Of one that is quoted more is kept. */
const MAX_LINE_CHARACTERS = 16 * 1024;
const MAX_QUOTED_CHARACTERS = 64 * 1024;
/** How far back the end of a word is looked for: half a word may be half a secret. */
const WORD_SEARCH = 1024;

/** Of a line that is too long the beginning and an ellipsis; a line of a printed JSON document stays JSON. */
export function shortenLine(line: string, kind: { readonly isJson: boolean; readonly isQuoted: boolean }): string {
  const max = kind.isQuoted ? MAX_QUOTED_CHARACTERS : MAX_LINE_CHARACTERS;
  if (line.length <= max) return line;
  if (!kind.isJson) return shortened(line, max);
  const indent = /^ */u.exec(line)?.[0] ?? '';
  const comma = line.endsWith(',') ? ',' : '';
  // Nothing for a line that is no entry of an object, such as one of a list.
  const [[key, value] = []] = Object.entries(parseRecord(`{${line.slice(0, line.length - comma.length)}}`) ?? {});
  // The name of a value is never cut, and a number or a name that is so long is no text.
  if (key === undefined || typeof value !== 'string') return line;
  return `${indent}${JSON.stringify(key)}: ${JSON.stringify(shortened(value, max))}${comma}`;
}

function shortened(text: string, max: number): string {
  if (text.length <= max) return text;
  const space = text.slice(max - WORD_SEARCH, max).search(/\s\S*$/u);
  return `${text.slice(0, space === -1 ? max : max - WORD_SEARCH + space).toWellFormed()}…`;
}
