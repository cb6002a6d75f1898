import type { Recommendation, Report } from '../schema/generated.ts';
import { groupFindings } from './finding-groups.ts';
import { partsText } from './ranking-text.ts';
import { splitSteps } from './split-steps.ts';
import { changeLines, dependencyLines } from './surroundings-text.ts';
import { symptomOf } from './symptom.ts';
import { findingSection, MAX_FINDINGS } from './terminal-findings.ts';
import { createPage, type Page, type ReportStyle } from './terminal-page.ts';
import { cells, wrapped } from './terminal-text.ts';
import { groupUnknowns, type UnknownGroup } from './unknown-groups.ts';
import { cleanLine } from './untrusted.ts';
import { confidenceText, minuteText, outcomeText } from './words.ts';

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
  /** Command that shows all that a screen has no room for; that of the configured war room when absent. */
  readonly moreCommand?: () => string | undefined;
}

const MIN_WIDTH = 60;
const MAX_WIDTH = 120;
const MAX_LIST = 8;
const MAX_OPEN = 4;

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
    findingSection(report, page),
    later(report, page),
    page.section('RULED OUT', page.wrap(ruledOut(report))),
    list(page, 'NOT KNOWN', groupUnknowns(report).map(openText)),
    list(
      page,
      'SIMILAR',
      (report.similar ?? []).map(({ id, why }) => `${id}: ${why}`),
    ),
    footer(report, page, options),
  ];
  return blocks.flat().join('\n');
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
  const { now } = splitSteps(report.recommendations);
  const steps = now.flatMap((step, index) => stepLines(step, index + 1, page));
  return page.section('DO NOW', steps);
}

/** In one line each; their commands stand in the whole report. */
function later({ recommendations }: Report, page: Page): readonly string[] {
  const { now, later: rest } = splitSteps(recommendations);
  const shown = rest.slice(0, MAX_LIST).flatMap(({ action, risk }, index) => {
    return stepLines({ action, risk }, now.length + index + 1, page);
  });
  const left = rest.length - MAX_LIST;
  return page.section('DO LATER', [...shown, ...(left > 0 ? [page.style.dim(`and ${left} more`)] : [])]);
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
    const chain = [rootCause.trigger, rootCause.cause, ...effectsOf(report), symptomOf(report)].filter(
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

function list(page: Page, label: string, items: readonly string[]): readonly string[] {
  const shown = items.slice(0, MAX_LIST);
  const left = items.length - shown.length;
  return page.section(label, [
    ...shown.flatMap((item) => page.wrap(item)),
    ...(left > 0 ? [page.style.dim(`and ${left} more`)] : []),
  ]);
}

/** In one paragraph: what is not the cause is worth knowing, and not worth a screen. */
function ruledOut({ ruledOut: items }: Report): string {
  const shown = items.slice(0, MAX_LIST).map(({ text, evidence }) => withSource(text, evidence));
  const left = items.length - shown.length;
  return [...shown, ...(left > 0 ? [`and ${left} more`] : [])].join(', ');
}

function withSource(text: string, evidence: readonly string[]): string {
  return evidence.length === 0 ? text : `${text} (${evidence.join(', ')})`;
}

function openText({ why, texts }: UnknownGroup): string {
  const left = texts.length - MAX_OPEN;
  return `${texts.slice(0, MAX_OPEN).join('; ')}${left > 0 ? `; and ${left} more` : ''}: ${why}`;
}

/** Not wrapped either: these are commands. */
function footer(report: Report, { style }: Page, options: TerminalOptions): readonly string[] {
  const {
    evidenceCommand = (evidence: string) => `claude-warroom get-results ${report.id} --evidence ${evidence}`,
    moreCommand = () => `claude-warroom get-results ${report.id} --format markdown`,
  } = options;
  const example = report.findings.flatMap(({ citations }) => citations)[0]?.evidence ?? report.evidence[0]?.id;
  const command = example === undefined ? undefined : evidenceCommand(example);
  const more = isShortened(report) ? moreCommand() : undefined;
  const lines = [
    ...(command === undefined ? [] : [`evidence: ${command}`]),
    ...(more === undefined ? [] : [`all of it: ${more}`]),
  ];
  return lines.map((line) => style.dim(`  ${line}`));
}

/** Whether the screen leaves something out that a reader may look for. */
function isShortened(report: Report): boolean {
  const groups = groupFindings(report);
  const unknowns = groupUnknowns(report);
  return (
    splitSteps(report.recommendations).later.length > 0 ||
    report.ruledOut.length > MAX_LIST ||
    groups.length > MAX_FINDINGS ||
    groups.some(({ effects }) => effects.length > 0) ||
    unknowns.length > MAX_LIST ||
    unknowns.some(({ texts }) => texts.length > MAX_OPEN)
  );
}
