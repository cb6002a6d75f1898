import type { Report } from '../schema/generated.ts';

/** What a report says, a line each, for whoever goes on from there. Not cleaned: texts of others stay texts of others. */
export function summaryLines(report: Report): readonly string[] {
  const { rootCause } = report;
  return [
    `id: ${report.id}`,
    `question: ${report.question}`,
    `outcome: ${report.outcome}, ${report.quality}, confidence ${report.confidence.toFixed(2)}`,
    `bottom line: ${report.bottomLine}`,
    ...(rootCause === undefined
      ? []
      : [
          `root cause: ${rootCause.cause}`,
          `mechanism: ${rootCause.mechanism}`,
          ...(rootCause.trigger === undefined ? [] : [`trigger: ${rootCause.trigger}`]),
          `would be disproved by: ${rootCause.disprovedBy}`,
        ]),
    ...report.findings.map(({ severity, code, title, object }) => `finding: ${severity} ${code} ${title} (${object})`),
    ...report.recommendations.map(({ action, risk }) => `recommended: ${action} (risk: ${risk})`),
    ...report.ruledOut.map(({ text }) => `ruled out: ${text}`),
    ...report.unknowns.map(({ text, why }) => `not known: ${text}: ${why}`),
  ];
}
