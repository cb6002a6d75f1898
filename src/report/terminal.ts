import type { Recommendation, Report, ReportFinding } from '../schema/generated.ts';
import { partsText } from './ranking-text.ts';
import { changeLines, dependencyLines } from './surroundings-text.ts';
import { cells, padded, wrapped } from './terminal-text.ts';
import { cleanLine, shortened } from './untrusted.ts';
import { confidenceText, counted, minuteText, outcomeText, sinceText } from './words.ts';

/** Colours by meaning; every function returns its text unchanged when colour is off. */
export interface ReportStyle {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  warn(text: string): string;
  bad(text: string): string;
  accent(text: string): string;
}

export interface TerminalOptions {
  /** Columns; lines are never longer, except for commands to copy. */
  readonly width: number;
  readonly style: ReportStyle;
  /** Time of whoever reads it, who may see that a clock elsewhere is wrong. */
  readonly now?: Date;
  /** Whether the processor's signature was verified, as the header says it; nothing that the report says of itself. */
  readonly verification?: 'VERIFIED' | 'UNVERIFIED';
  /** Command that shows a piece of evidence, for the last line; that of the configured war room when absent. */
  readonly evidenceCommand?: (evidence: string) => string | undefined;
}

const LABEL = 14;
const MIN_WIDTH = 60;
const MAX_WIDTH = 120;
const MAX_FINDINGS = 12;
const MAX_LIST = 8;

/** A report for a terminal: the bottom line first, then what to do, why, and where it stands. Ends without a line end. */
export function renderReportTerminal(report: Report, options: TerminalOptions): string {
  const page = createPage(Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, options.width)), options.style);
  const { style } = page;
  const blocks = [
    header(report, page, options),
    page.section(
      'BOTTOM LINE',
      page.wrap(report.bottomLine).map((line) => style.bold(line)),
    ),
    page.section(
      '',
      [style.dim(sureness(report))].flatMap((line) => wrapped(line, page.room)),
    ),
    list(page, 'DEGRADED', report.qualityReasons),
    actions(report, page),
    changed(report, page),
    cause(report, page),
    list(page, 'DEPENDENCIES', dependencyLines(report)),
    findings(report, page),
    list(
      page,
      'RULED OUT',
      report.ruledOut.map(({ text, evidence }) => withSource(text, evidence)),
    ),
    list(
      page,
      'NOT KNOWN',
      report.unknowns.map(({ text, why }) => `${text}: ${why}`),
    ),
    list(
      page,
      'SIMILAR',
      (report.similar ?? []).map(({ id, why }) => `${id}: ${why}`),
    ),
    footer(report, page, options),
  ];
  return blocks.flat().join('\n');
}

interface Page {
  readonly width: number;
  /** Columns beside the labels. */
  readonly room: number;
  readonly style: ReportStyle;
  wrap(text: string): readonly string[];
  section(label: string, lines: readonly string[]): readonly string[];
}

function createPage(width: number, style: ReportStyle): Page {
  const room = width - LABEL - 2;
  return {
    width,
    room,
    style,
    wrap: (text) => wrapped(cleanLine(text), room),
    section: (label, lines) =>
      lines.map((line, index) =>
        `  ${index === 0 ? style.accent(padded(label, LABEL)) : ' '.repeat(LABEL)}${line}`.trimEnd(),
      ),
  };
}

function header(report: Report, { width, style }: Page, { verification }: TerminalOptions): readonly string[] {
  const parts = [minuteText(report.run.startedAt), report.cluster.name, verification ?? 'unverified'];
  const stamp = parts.join(' · ');
  const title = cleanLine(report.title);
  const gap = width - 2 - cells(title) - cells(stamp);
  const rule = style.dim(`  ${'─'.repeat(width - 2)}`);
  if (gap >= 2) return [`  ${style.bold(title)}${' '.repeat(gap)}${style.dim(stamp)}`, rule];
  const lines = [
    ...wrapped(title, width - 2).map((line) => style.bold(line)),
    ...wrapped(stamp, width - 2).map((line) => style.dim(line)),
  ];
  return [...lines.map((line) => `  ${line}`), rule];
}

function sureness(report: Report): string {
  const { cost } = report.run;
  const spent = cost === undefined ? '' : ` · $${cost.usd.toFixed(2)}`;
  return `${outcomeText(report.outcome)} · ${report.quality} · confidence ${confidenceText(report.confidence)} · ${report.engine.name}, ${report.strategy.name}${spent}`;
}

function actions(report: Report, page: Page): readonly string[] {
  const steps = report.recommendations.slice(0, MAX_LIST).flatMap((step, index) => stepLines(step, index + 1, page));
  return page.section('DO NOW', steps);
}

function stepLines(step: Recommendation, number: number, { style, room }: Page): readonly string[] {
  const marker = `${number}. `;
  const risk = step.risk === 'none' ? '' : ` (risk: ${step.risk})`;
  const indent = ' '.repeat(marker.length);
  const lines = wrapped(`${cleanLine(step.action)}${risk}`, room - marker.length);
  return [
    ...lines.map((line, row) => `${row === 0 ? marker : indent}${line}`),
    // Not wrapped: a broken command cannot be copied.
    ...(step.command === undefined ? [] : [`${indent}${style.accent(`$ ${cleanLine(step.command)}`)}`]),
  ];
}

function changed(report: Report, page: Page): readonly string[] {
  return page.section(
    'WHAT CHANGED',
    changeLines(report).flatMap((line) => page.wrap(line)),
  );
}

function cause(report: Report, page: Page): readonly string[] {
  const { rootCause, hypotheses, outcome } = report;
  if (rootCause !== undefined) {
    const chain = [rootCause.trigger, rootCause.cause, ...effectsOf(report), report.title].filter(
      (part) => part !== undefined,
    );
    const doubt = page.wrap(`would be disproved by: ${rootCause.disprovedBy}`);
    return page.section('ROOT CAUSE', [...page.wrap(chain.join(' → ')), ...doubt.map((line) => page.style.dim(line))]);
  }
  if (outcome === 'no-problem') return [];
  return list(
    page,
    'CANDIDATES',
    hypotheses.map((each) => {
      const parts = partsText(each);
      return `${each.confidence.toFixed(2)} ${each.statement}${parts === undefined ? '' : ` (${parts})`}`;
    }),
  );
}

/** What stands between the cause and the symptom: the finding of the best candidate, and what it explains. */
function effectsOf({ hypotheses, findings, rootCause }: Report): readonly string[] {
  const [best] = hypotheses;
  if (best === undefined) return [];
  return findings
    .filter(({ id, title }) => (id === best.finding || best.explains.includes(id)) && title !== rootCause?.cause)
    .slice(0, 3)
    .map(({ title }) => title);
}

function findings(report: Report, page: Page): readonly string[] {
  if (report.findings.length === 0) return [];
  const lines = report.findings.slice(0, MAX_FINDINGS).flatMap((finding) => findingLines(report, finding, page));
  const left = report.findings.length - MAX_FINDINGS;
  const more =
    left > 0
      ? [page.style.dim(`${counted(left, 'more finding')}: claude-warroom get-results ${report.id} --json`)]
      : [];
  return page.section('FINDINGS', [...lines, ...more]);
}

function findingLines({ run }: Report, finding: ReportFinding, { style, room }: Page): readonly string[] {
  const color = severityStyle(finding, style);
  const indent = ' '.repeat(11);
  const title = wrapped(cleanLine(finding.title), room - indent.length);
  const since = finding.since === undefined ? [] : [sinceText(finding.since, run.startedAt)];
  const where = [cleanLine(finding.object), ...since].filter((part) => part !== '').join(' · ');
  const expected = finding.expected === undefined ? '' : `expected: ${cleanLine(finding.expected)}`;
  const quotes = finding.citations.slice(0, 2).map((citation) => {
    const state = citation.verified ? style.good('verified') : style.bad('NOT FOUND');
    const space = room - indent.length - citation.evidence.length - 'NOT FOUND'.length - 6;
    return `${indent}${citation.evidence}  "${shortened(cleanLine(citation.quote), Math.max(8, space))}"  ${state}`;
  });
  return [
    ...title.map((line, row) =>
      row === 0 ? `${color(`● ${padded(finding.severity, 9)}`)}${line}` : `${indent}${line}`,
    ),
    ...(expected === '' ? [] : wrapped(expected, room - indent.length).map((line) => `${indent}${line}`)),
    ...wrapped(where, room - indent.length).map((line) => `${indent}${style.dim(line)}`.trimEnd()),
    ...quotes,
  ];
}

function severityStyle({ severity }: ReportFinding, style: ReportStyle): (text: string) => string {
  if (severity === 'info') return (text) => style.dim(text);
  return severity === 'warning' ? (text) => style.warn(text) : (text) => style.bad(text);
}

function list(page: Page, label: string, items: readonly string[]): readonly string[] {
  const shown = items.slice(0, MAX_LIST);
  const left = items.length - shown.length;
  return page.section(label, [
    ...shown.flatMap((item) => page.wrap(item)),
    ...(left > 0 ? [page.style.dim(`and ${left} more`)] : []),
  ]);
}

function withSource(text: string, evidence: readonly string[]): string {
  return evidence.length === 0 ? text : `${text} (${evidence.join(', ')})`;
}

/** Not wrapped either: it is a command. */
function footer(
  report: Report,
  { style }: Page,
  { evidenceCommand = (evidence) => `claude-warroom get-results ${report.id} --evidence ${evidence}` }: TerminalOptions,
): readonly string[] {
  const example = report.findings.flatMap(({ citations }) => citations)[0]?.evidence ?? report.evidence[0]?.id;
  const command = example === undefined ? undefined : evidenceCommand(example);
  return command === undefined ? [] : [style.dim(`  evidence: ${command}`)];
}
