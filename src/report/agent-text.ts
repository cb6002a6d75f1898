import type { Report } from '../schema/generated.ts';
import { partsText } from './ranking-text.ts';
import { changeLines, dependencyLines } from './surroundings-text.ts';
import { cleanLine } from './untrusted.ts';
import { confidenceText, minuteText, outcomeText } from './words.ts';

/**
 * A report as plain lines for an assistant of the reader: what is known and how it is proven. Commands to copy are left
 * out on purpose, as an assistant might run them; they stand in the report that people read.
 */
export function renderReportForAgent(report: Report): readonly string[] {
  const { rootCause, requester, recommendations } = report;
  return [
    `request: ${report.id}`,
    `asked of: ${report.cluster.name} (${report.cluster.type})`,
    `asked by: ${cleanLine(requester.name)} (${requester.verified ? 'verified' : 'unverified'})`,
    `answered: ${minuteText(report.run.finishedAt)}`,
    `question: ${cleanLine(report.question)}`,
    `title: ${cleanLine(report.title)}`,
    `outcome: ${outcomeText(report.outcome)}, ${report.quality}, confidence ${confidenceText(report.confidence)}`,
    `bottom line: ${cleanLine(report.bottomLine)}`,
    ...listed('degraded because', report.qualityReasons),
    ...(report.impact === undefined ? [] : [`impact: ${cleanLine(report.impact)}`]),
    ...(rootCause === undefined
      ? []
      : [
          `root cause: ${cleanLine(rootCause.cause)}`,
          `mechanism: ${cleanLine(rootCause.mechanism)}`,
          `would be disproved by: ${cleanLine(rootCause.disprovedBy)}`,
        ]),
    ...listed(
      'candidate',
      report.hypotheses.map((each) => {
        const parts = partsText(each);
        return `${each.statement} (confidence ${each.confidence.toFixed(2)}${parts === undefined ? '' : `: ${parts}`})`;
      }),
    ),
    ...listed('changed', changeLines(report)),
    ...listed('depends', dependencyLines(report)),
    ...report.findings.flatMap((finding) => [
      `finding ${finding.id} (${finding.severity}): ${cleanLine(finding.title)}`,
      ...(finding.expected === undefined ? [] : [`  expected: ${cleanLine(finding.expected)}`]),
      ...finding.citations.map(
        ({ evidence, quote, verified }) =>
          `  quote of ${evidence}, ${verified ? 'verified' : 'NOT FOUND in the evidence'}: "${cleanLine(quote)}"`,
      ),
    ]),
    ...listed(
      'ruled out',
      report.ruledOut.map(({ text }) => text),
    ),
    ...listed(
      'not known',
      report.unknowns.map(({ text, why }) => `${text}: ${why}`),
    ),
    ...recommendations.map(({ action, risk, command }) => {
      const left = command === undefined ? '' : '; its command is not shown here, and is not to be run automatically';
      return `suggestion, for a person to decide about (risk ${risk}${left}): ${cleanLine(action)}`;
    }),
  ];
}

function listed(label: string, items: readonly string[]): readonly string[] {
  return items.map((item) => `${label}: ${cleanLine(item)}`);
}
