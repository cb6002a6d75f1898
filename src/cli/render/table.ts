import { stripVTControlCharacters } from 'node:util';

/** Rows in aligned columns, two spaces in front and between; the last column is cut to `width`. */
export function renderTable(rows: readonly (readonly string[])[], width: number): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, textWidth(cell));
  }
  return rows.map((row) => {
    let line = '';
    for (const [at, cell] of row.entries()) {
      const isLast = at === row.length - 1;
      line += isLast ? `  ${cutText(cell, width - textWidth(line) - 2)}` : `  ${padText(cell, widths[at] ?? 0)}`;
    }
    return line.trimEnd();
  });
}

/** One row for a pipe: cells without tabs and line ends, separated by tabs. */
export function renderTsv(cells: readonly string[]): string {
  return cells.map((cell) => cell.replaceAll(/\s+/gu, ' ').trim()).join('\t');
}

export function padText(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)));
}

/** At most `width` columns, with an ellipsis where something is missing. Coloured text is not cut. */
export function cutText(text: string, width: number): string {
  if (textWidth(text) <= width || text !== stripVTControlCharacters(text)) return text;
  return `${Array.from(text)
    .slice(0, Math.max(0, width - 1))
    .join('')
    .trimEnd()}…`;
}

/** Lines of at most `width` columns, broken between words. */
export function wrapText(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/u).filter((part) => part !== '')) {
    if (line === '') line = word;
    else if (textWidth(line) + 1 + textWidth(word) <= width) line += ` ${word}`;
    else {
      lines.push(line);
      line = word;
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}

/** Columns of a text, colours not counted. */
export function textWidth(text: string): number {
  return Array.from(stripVTControlCharacters(text)).length;
}
