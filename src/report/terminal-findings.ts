import type { Report, ReportFinding } from '../schema/generated.ts';
import { groupFindings } from './finding-groups.ts';
import type { Page, ReportStyle } from './terminal-page.ts';
import { cells, padded, wrapped } from './terminal-text.ts';
import { cleanLine, shortened } from './untrusted.ts';
import { counted, sinceText } from './words.ts';

/** Findings that stand for themselves; a screen has no room for more. */
export const MAX_FINDINGS = 12;
const MAX_EFFECTS = 3;
const MAX_QUOTE_LINES = 3;
const INDENT = ' '.repeat(11);

/** What was found, causes first with what they explain below them. */
export function findingSection(report: Report, page: Page): readonly string[] {
  const groups = groupFindings(report);
  const lines = groups
    .slice(0, MAX_FINDINGS)
    .flatMap(({ finding, effects }) => [...findingLines(report, finding, page), ...effectLines(effects, page)]);
  const left = groups.length - MAX_FINDINGS;
  return page.section('FINDINGS', [...lines, ...(left > 0 ? [page.style.dim(counted(left, 'more finding'))] : [])]);
}

function findingLines({ run }: Report, finding: ReportFinding, page: Page): readonly string[] {
  const { style, room } = page;
  const color = severityStyle(finding, style);
  const space = room - INDENT.length;
  const title = wrapped(cleanLine(finding.title), space);
  const since = finding.since === undefined ? [] : [sinceText(finding.since, run.startedAt)];
  const where = [cleanLine(finding.object), ...since].filter((part) => part !== '').join(' · ');
  const expected = finding.expected === undefined ? '' : `expected: ${cleanLine(finding.expected)}`;
  const quotes = finding.citations.slice(0, 2).flatMap((citation, at, all) => {
    const isSaid = all
      .slice(0, at)
      .some(({ evidence, quote }) => evidence === citation.evidence && quote === citation.quote);
    return isSaid ? [] : quoteLines(citation, page);
  });
  return [
    ...title.map((line, row) =>
      row === 0 ? `${color(`● ${padded(finding.severity, 9)}`)}${line}` : `${INDENT}${line}`,
    ),
    ...(expected === '' ? [] : wrapped(expected, space).map((line) => `${INDENT}${line}`)),
    ...wrapped(where, space).map((line) => `${INDENT}${style.dim(line)}`.trimEnd()),
    ...quotes,
  ];
}

/** What was quoted, with its end: a log line says there what is wrong. It gets lines of its own where it has no room. */
function quoteLines({ evidence, quote, verified }: ReportFinding['citations'][number], page: Page): readonly string[] {
  const { style, room } = page;
  const space = room - INDENT.length;
  const state = verified ? style.good('verified') : style.bad('NOT FOUND');
  const text = cleanLine(quote);
  const beside = space - evidence.length - 'NOT FOUND'.length - 6;
  if (cells(text) <= beside) return [`${INDENT}${evidence}  “${text}”  ${state}`];
  const lines = wrapped(`“${endOf(text, space * MAX_QUOTE_LINES - 2)}”`, space);
  return [`${INDENT}${evidence}  ${state}`, ...lines.map((line) => `${INDENT}${line}`)];
}

/** At most `max` characters of a text, the head cut off. */
function endOf(text: string, max: number): string {
  const characters = Array.from(text);
  return characters.length <= max ? text : `…${characters.slice(characters.length - max + 1).join('')}`;
}

/** What a finding explains, counted, each in one line: a reader needs their number more than their quotes. */
function effectLines(effects: readonly ReportFinding[], { style, room }: Page): readonly string[] {
  if (effects.length === 0) return [];
  const space = room - INDENT.length - 4;
  const shown = effects.slice(0, MAX_EFFECTS).map(({ title }) => `${INDENT}  ↳ ${shortened(cleanLine(title), space)}`);
  const left = effects.length - shown.length;
  return [
    `${INDENT}${style.dim(`explains ${counted(effects.length, 'more finding')}:`)}`,
    ...shown,
    ...(left > 0 ? [`${INDENT}  ${style.dim(`and ${left} more`)}`] : []),
  ];
}

function severityStyle({ severity }: ReportFinding, style: ReportStyle): (text: string) => string {
  if (severity === 'info') return (text) => style.dim(text);
  return severity === 'warning' ? (text) => style.warn(text) : (text) => style.bad(text);
}
