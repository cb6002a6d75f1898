import { tableCell } from './untrusted.ts';

/** A table of cells that are markdown already; empty cells are shown as a dash. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => tableCell(cell) || '–').join(' | ')} |`;
  return [line(head), `| ${head.map(() => '---').join(' | ')} |`, ...rows.map(line)].join('\n');
}

/** A folded part; GitHub reads the markdown inside only after a blank line. */
export function folded(summary: string, content: string): string {
  return `<details>\n<summary>${summary}</summary>\n\n${content}\n\n</details>`;
}

export function mermaid(lines: readonly string[]): string {
  return ['```mermaid', ...lines, '```'].join('\n');
}

export function quoted(lines: readonly string[]): string {
  return lines.map((line) => (line === '' ? '>' : `> ${line}`)).join('\n');
}

/** YAML that GitHub shows as a table above the page; one level, one line per value. */
export function frontMatter(values: Readonly<Record<string, string | number | undefined>>): string {
  const lines = Object.entries(values)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([key, value]) => `${key}: ${typeof value === 'number' ? value : yamlText(String(value))}`);
  return ['---', ...lines, '---'].join('\n');
}

/** Plain where YAML cannot read it as anything else. */
function yamlText(text: string): string {
  return /^[a-z][a-z-]*(?: [a-z-]+)*$/u.test(text) && !/^(?:true|false|yes|no|on|off|null|y|n)$/u.test(text)
    ? text
    : JSON.stringify(text);
}
