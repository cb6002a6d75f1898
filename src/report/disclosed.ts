import type { Report, Status } from '../schema/generated.ts';
import { frontMatter, quoted } from './markdown-blocks.ts';
import { cleanLine, plainMarkdown } from './untrusted.ts';
import { minuteText, outcomeText } from './words.ts';

/** How much of a result leaves the zone. */
export type Disclosure = 'full' | 'report' | 'summary';

/** What stands in the place of a quote of evidence that stays in the zone. */
export const CUT_QUOTE = '[kept in the secure zone]';

/** The report without a word of evidence; whether a quote was found there stays known. */
export function withoutQuotes(report: Report): Report {
  return {
    ...report,
    findings: report.findings.map((finding) => ({
      ...finding,
      citations: finding.citations.map((citation) => ({ ...citation, quote: CUT_QUOTE })),
    })),
    ...(report.changes === undefined
      ? {}
      : {
          changes: report.changes.map((change) => ({
            ...change,
            citation: { ...change.citation, quote: CUT_QUOTE },
          })),
        }),
  };
}

/** Stands at the end of a report whose evidence does not leave. */
export function keptEvidenceNote(cluster: string): string {
  return `\n${quoted([
    `**Evidence stays in the secure zone** of ${plainMarkdown(cluster)}; quotes are cut. manifest.json has the digests, and the administrator of the cluster can read it there.`,
  ])}\n`;
}

/** README.md when only the bottom line leaves. */
export function renderSummaryMarkdown(status: Status): string {
  const { outcome, times, bottomLine } = status;
  const said = outcome === undefined ? status.phase : outcomeText(outcome);
  const blocks = [
    frontMatter({
      id: status.id,
      cluster: cleanLine(status.cluster),
      status: status.phase,
      outcome: said,
      asked: minuteText(times.createdAt),
      ended: times.finishedAt === undefined ? undefined : minuteText(times.finishedAt),
    }),
    `# ${plainMarkdown(status.title ?? status.id)}`,
    quoted([
      `**Bottom line.** ${plainMarkdown(bottomLine ?? said)}`,
      '',
      `The report and its evidence stay in the secure zone of ${plainMarkdown(status.cluster)}; its administrator can read them there.`,
    ]),
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** The status without what only a report may tell. */
export function summaryStatus(status: Status): Status {
  const { qualityReasons: _reasons, findings: _findings, ...rest } = status;
  return rest;
}
