import type { Hypothesis, Report, ReportFinding } from '../schema/generated.ts';
import { groupFindings, type FindingGroup } from './finding-groups.ts';
import { folded, markdownTable, mermaid } from './markdown-blocks.ts';
import { evidenceLink, evidenceLinks } from './markdown-links.ts';
import { symptomOf } from './symptom.ts';
import { inlineCode, mermaidLabel, plainMarkdown, shortened } from './untrusted.ts';
import { confidenceText, counted, secondText, severityMark, sinceText } from './words.ts';

/** More findings and moments than these stay in report.json; a page must load on a phone. */
const MAX_FINDINGS = 40;
const MAX_MOMENTS = 40;
const MAX_QUOTE = 160;

/** Cause, how it leads to the symptom, what would disprove it; without a proven cause the candidates. */
export function causeSection(report: Report): readonly string[] {
  const { rootCause } = report;
  const others = report.hypotheses.slice(rootCause === undefined ? 0 : 1);
  const candidates = markdownTable(
    ['candidate', 'confidence', 'rests on', 'would be disproved by'],
    others.map((each) => [
      plainMarkdown(each.statement),
      confidenceText(each.confidence),
      groundOf(report, each),
      plainMarkdown(each.disprovedBy ?? ''),
    ]),
  );
  if (rootCause === undefined) {
    if (report.outcome === 'no-problem') return [];
    const none = 'No cause is proven by the evidence so far.';
    return ['## Root cause', none, ...(others.length === 0 ? [] : [candidates])];
  }
  const [best] = report.hypotheses;
  const ground = best === undefined ? '' : groundOf(report, best);
  const lines = [
    `- **Cause:** ${plainMarkdown(rootCause.cause)}`,
    ...(ground === '' ? [] : [`- **Rests on:** ${ground}`]),
    `- **Mechanism:** ${plainMarkdown(rootCause.mechanism)}`,
    ...(rootCause.trigger === undefined ? [] : [`- **Trigger:** ${plainMarkdown(rootCause.trigger)}`]),
    `- **Would be disproved by:** ${plainMarkdown(rootCause.disprovedBy)}`,
  ];
  const rest = others.length === 0 ? [] : [folded(`Other candidates (${others.length})`, candidates)];
  return ['## Root cause', lines.join('\n'), causeFlow(report, rootCause.cause), ...rest];
}

/** Where what a candidate rests on was quoted and found, of everything that says the same. */
function groundOf(report: Report, { finding, same = [] }: Hypothesis): string {
  const ids = new Set([finding, ...same]);
  const citations = report.findings.filter(({ id }) => ids.has(id)).flatMap((each) => each.citations);
  return evidenceLinks(report, [
    ...new Set(citations.filter(({ verified }) => verified).map(({ evidence }) => evidence)),
  ]);
}

/** From the trigger and the cause over what it explains to the symptom, where the request describes one. */
function causeFlow(report: Report, cause: string): string {
  const [best] = report.hypotheses;
  const explained = report.findings
    .filter(({ id }) => id !== best?.finding && best?.explains.includes(id) === true)
    .slice(0, 3);
  const { trigger } = report.rootCause ?? {};
  const symptom = symptomOf(report);
  const node = (id: string, label: string): string => `  ${id}["${mermaidLabel(label, 70)}"]`;
  const toSymptom = (id: string): readonly string[] => (symptom === undefined ? [] : [`  ${id} --> symptom`]);
  return mermaid([
    'flowchart TD',
    ...(trigger === undefined ? [] : [node('trigger', trigger), '  trigger --> cause']),
    node('cause', cause),
    ...explained.flatMap((finding, index) => [
      node(`effect${index}`, finding.title),
      `  cause --> effect${index}`,
      ...toSymptom(`effect${index}`),
    ]),
    ...(explained.length === 0 ? toSymptom('cause') : []),
    ...(symptom === undefined ? [] : [node('symptom', symptom)]),
  ]);
}

/** Claim, quote, file, and whether code found the quote in the file; what a finding explains is folded below it. */
export function evidenceSection(report: Report): readonly string[] {
  const looked = `${counted(report.evidence.length, 'piece')} of evidence recorded, ${counted(report.coverage.filter((step) => step.known).length, 'check')} of ${report.coverage.length} judged.`;
  if (report.findings.length === 0) return ['## Evidence', `Nothing was found. ${looked}`];
  const groups = groupFindings(report);
  const left = groups.length - MAX_FINDINGS;
  const more = left > 0 ? [`${counted(left, 'more finding')} in [report.json](report.json).`] : [];
  return ['## Evidence', ...findingTables(report, groups.slice(0, MAX_FINDINGS)), ...more, looked];
}

/** One table as long as nothing is folded in between. */
function findingTables(report: Report, groups: readonly FindingGroup[]): readonly string[] {
  const table = (findings: readonly ReportFinding[]): string =>
    markdownTable(
      ['claim', 'quote', 'file', 'verified'],
      findings.flatMap((finding) => rowsOf(report, finding)),
    );
  const blocks: string[] = [];
  let open: ReportFinding[] = [];
  for (const { finding, effects } of groups) {
    open.push(finding);
    if (effects.length === 0) continue;
    const shown = effects.slice(0, MAX_FINDINGS);
    const left = effects.length - shown.length;
    const rest = left > 0 ? `\n\n${counted(left, 'more finding')} in [report.json](report.json).` : '';
    const summary = `Explained by the finding above: ${counted(effects.length, 'more finding')}`;
    blocks.push(table(open), folded(summary, `${table(shown)}${rest}`));
    open = [];
  }
  return open.length === 0 ? blocks : [...blocks, table(open)];
}

function rowsOf(report: Report, finding: ReportFinding): readonly (readonly string[])[] {
  const explanation = finding.explanation === '' ? '' : `<br>${plainMarkdown(shortened(finding.explanation, 240))}`;
  const claim = `${severityMark(finding.severity)} ${finding.severity}: **${plainMarkdown(finding.title)}**${explanation}${expectedOf(finding)}${placeOf(report, finding)}`;
  if (finding.citations.length === 0) return [[claim, '', '', 'no quote']];
  return finding.citations
    .slice(0, 3)
    .map((citation, index) => [
      index === 0 ? claim : '″',
      inlineCode(shortened(citation.quote, MAX_QUOTE)),
      evidenceLink(report, citation.evidence),
      citation.verified ? '✔ verified' : '✘ not found',
    ]);
}

function expectedOf({ expected }: ReportFinding): string {
  return expected === undefined ? '' : `<br>expected: ${plainMarkdown(expected)}`;
}

/** Of which object it is said, and since when it is so. */
function placeOf({ run }: Report, { object, since }: ReportFinding): string {
  const parts = [
    ...(object === '' ? [] : [inlineCode(shortened(object, 120))]),
    ...(since === undefined ? [] : [sinceText(since, run.startedAt)]),
  ];
  return parts.length === 0 ? '' : `<br>${parts.join(' ')}`;
}

export function timelineSection(report: Report): readonly string[] {
  if (report.timeline.length === 0) return [];
  const moments = report.timeline.slice(0, MAX_MOMENTS);
  const day = (at: string): string => at.slice(0, 10);
  const chart = ['timeline'];
  let last = '';
  for (const { at, text } of moments) {
    if (day(at) !== day(last)) chart.push(`  section ${day(at)}`);
    last = at;
    // A colon would end the time; this character looks the same.
    chart.push(`    ${secondText(at).replaceAll(':', '∶')} : ${mermaidLabel(text, 60)}`);
  }
  const rows = moments.map(({ at, text, evidence }) => [
    `${day(at)} ${secondText(at)}`,
    plainMarkdown(text),
    evidence === undefined ? '' : evidenceLink(report, evidence),
  ]);
  const table = markdownTable(['UTC', 'what happened', 'evidence'], rows);
  return ['## Timeline', mermaid(chart), folded('The same as a table', table)];
}
