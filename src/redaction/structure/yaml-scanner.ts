import { matchAt } from '../rule.ts';

/** One `key: value` line of a mapping. */
export interface YamlEntry {
  readonly key: string;
  /** The value on the same line, without quotes and comment; empty when it follows below. */
  readonly inlineStart: number;
  readonly inlineEnd: number;
  /** End of the line of the key. */
  readonly lineEnd: number;
  /** End of the last line that belongs to the value. */
  end: number;
}

export interface YamlMapping {
  readonly parent: YamlMapping | undefined;
  /** Key of the parent under which it stands, also as an element of a list. */
  readonly key: string | undefined;
  readonly entries: YamlEntry[];
  /** The first entry of each key. */
  readonly byKey: Map<string, YamlEntry>;
}

const LINE = /([ \t]{0,200})((?:- {1,8}){0,8})(?:(["']?)([A-Za-z0-9_./-]{1,253})\3 {0,4}:(?=[ \t\r\n]|$)[ \t]{0,40})?/y;

interface Level {
  readonly column: number;
  readonly mapping: YamlMapping;
}

/**
 * All block mappings in `text`, judged by indentation alone, so that cut documents, logs around them, and fences do no
 * harm. Every line is visited once.
 */
export function scanYaml(text: string): readonly YamlMapping[] {
  const mappings: YamlMapping[] = [];
  let levels: Level[] = [];
  for (let at = 0; at < text.length;) {
    const line = matchAt(LINE, text, at);
    if (line === undefined) break;
    const lineStart = at;
    const [intro, indent = '', dashes = '', , key] = line;
    const newlineAt = text.indexOf('\n', lineStart + intro.length);
    const lineEnd = newlineAt === -1 ? text.length : newlineAt;
    const rest = text.slice(lineStart + intro.length, lineEnd);
    at = lineEnd + 1;
    if (key === undefined && dashes === '' && (rest.trim() === '' || /^\s*#/.test(rest))) continue;
    const isSeparator = indent === '' && key === undefined && /^(?:---|\.\.\.|```)/.test(rest);
    const dashColumn = dashes === '' ? undefined : indent.length;
    const column = indent.length + dashes.length;
    while (levels.length > 0 && !isInside(levels.at(-1), { column, dashColumn, hasKey: key !== undefined }))
      levels.pop();
    if (isSeparator) levels = [];
    if (key !== undefined) {
      const entry = entryOf(key, { text, from: lineStart + intro.length, lineEnd });
      let top = levels.at(-1);
      if (top === undefined || top.column < column) {
        const mapping: YamlMapping = {
          parent: top?.mapping,
          key: top?.mapping.entries.at(-1)?.key,
          entries: [],
          byKey: new Map(),
        };
        mappings.push(mapping);
        top = { column, mapping };
        levels.push(top);
      }
      top.mapping.entries.push(entry);
      if (!top.mapping.byKey.has(key)) top.mapping.byKey.set(key, entry);
    }
    for (const level of levels) {
      const open = level.mapping.entries.at(-1);
      if (open !== undefined) open.end = lineEnd;
    }
  }
  return mappings;
}

/** Whether a line belongs to the mapping of `level`: as a further key, or below its last key. */
function isInside(
  level: Level | undefined,
  line: { column: number; dashColumn: number | undefined; hasKey: boolean },
): boolean {
  if (level === undefined) return false;
  // An element of a list may stand as deep as the key of the list, but a new element ends the mapping of the last one.
  if (line.dashColumn !== undefined) return line.dashColumn >= level.column;
  return line.hasKey ? line.column >= level.column : line.column > level.column;
}

function entryOf(key: string, place: { text: string; from: number; lineEnd: number }): YamlEntry {
  const inline = place.text.slice(place.from, place.lineEnd).replace(/\r$/, '');
  const quoted = /^(["'])(.*)\1[ \t]*(?:#.*)?$/s.exec(inline);
  const bare = inline.replace(/[ \t]+#.*$/s, '').trimEnd();
  const inlineStart = place.from + (quoted === null ? 0 : 1);
  const length = quoted === null ? bare.length : (quoted[2] ?? '').length;
  return { key, inlineStart, inlineEnd: inlineStart + length, lineEnd: place.lineEnd, end: place.lineEnd };
}
