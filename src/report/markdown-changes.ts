import type { Report, ReportChange } from '../schema/generated.ts';
import { folded, markdownTable } from './markdown-blocks.ts';
import { evidenceLink } from './markdown-links.ts';
import { inlineCode, plainMarkdown, shortened } from './untrusted.ts';
import { counted, secondText } from './words.ts';

/** Rows that a phone shows without being asked, and rows of the folded rest. */
const MAX_FIRST = 5;
const MAX_REST = 40;
const MAX_QUOTE = 120;

/** What changed before the trouble, newest first: the first thing that an engineer asks. */
export function changesSection(report: Report): readonly string[] {
  const { changes = [] } = report;
  if (changes.length === 0) return [];
  const first = firstChanges(changes, MAX_FIRST);
  const rest = changes.filter((change) => !first.includes(change)).slice(0, MAX_REST);
  const left = changes.length - first.length - rest.length;
  const more = left > 0 ? `\n\n${counted(left, 'more change')} in [report.json](report.json).` : '';
  return [
    '## What changed',
    changeTable(report, first),
    ...(rest.length === 0
      ? []
      : [folded(`More changes (${rest.length + left})`, `${changeTable(report, rest)}${more}`)]),
  ];
}

/** Changes that touch a finding, and then the newest; all in the order of the list. */
export function firstChanges(changes: readonly ReportChange[], max: number): readonly ReportChange[] {
  const touching = changes.filter(({ findings }) => findings.length > 0);
  const others = changes.filter(({ findings }) => findings.length === 0);
  const chosen = new Set([...touching, ...others].slice(0, max));
  return changes.filter((change) => chosen.has(change));
}

function changeTable(report: Report, changes: readonly ReportChange[]): string {
  return markdownTable(
    ['UTC', 'what', 'touches', 'quote', 'evidence'],
    changes.map(({ at, text, findings, citation }) => [
      at === undefined ? 'not known when' : `${at.slice(0, 10)} ${secondText(at)}`,
      plainMarkdown(text),
      findings.join(', '),
      `${inlineCode(shortened(citation.quote, MAX_QUOTE))} ${citation.verified ? '✔' : '✘ not found'}`,
      evidenceLink(report, citation.evidence),
    ]),
  );
}
