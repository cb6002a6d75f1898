import type { Recommendation, Report } from '../schema/generated.ts';
import { folded, frontMatter, markdownTable, quoted } from './markdown-blocks.ts';
import { changesSection } from './markdown-changes.ts';
import { dependencySection } from './markdown-dependencies.ts';
import { foldedParts } from './markdown-details.ts';
import { causeSection, evidenceSection, timelineSection } from './markdown-findings.ts';
import { evidenceLinks, resultLink, type PagePlace } from './markdown-links.ts';
import { rankingSection } from './ranking-text.ts';
import { splitSteps } from './split-steps.ts';
import { groupUnknowns } from './unknown-groups.ts';
import { cleanLine, fenced, plainMarkdown, shortened } from './untrusted.ts';
import { confidenceText, counted, minutesText, minuteText, outcomeText, sentence } from './words.ts';

/** Where the folder of a request lies when it has one target: results/yyyy/mm/dd/id. */
const DEFAULT_DEPTH = 5;
const MAX_STEPS = 10;
const MAX_LIST = 50;
/** A longer list of what is not the cause is folded. */
const MAX_OPEN = 3;
const MAX_FIRST_REASONS = 3;

/**
 * The README.md of a result, which GitHub shows when its folder is opened. The first screen of a phone answers what it
 * is, how sure that is, and what to do; what ran, what was removed and how to check it is folded at the end.
 */
export function renderReportMarkdown(report: Report, place: Partial<PagePlace> = {}): string {
  const page: PagePlace = { resultFolderDepth: place.resultFolderDepth ?? DEFAULT_DEPTH };
  const blocks = [
    reportFrontMatter(report),
    `# ${plainMarkdown(report.title)}`,
    bottomLineBlock(report),
    ...changesSection(report),
    ...stepsSection(report),
    ...impactSection(report),
    ...causeSection(report),
    ...rankingSection(report),
    ...dependencySection(report),
    ...evidenceSection(report),
    ...timelineSection(report),
    ...ruledOutSection(report),
    ...unknownSection(report),
    ...similarSection(report, page),
    ...foldedParts(report, page),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function requesterText({ name, verified }: Report['requester']): string {
  return verified ? `signed as ${cleanLine(name)}` : `${cleanLine(name)} (unverified)`;
}

function reportFrontMatter(report: Report): string {
  const { run } = report;
  return frontMatter({
    id: report.id,
    cluster: cleanLine(report.cluster.name),
    status: report.phase,
    outcome: outcomeText(report.outcome),
    quality: report.quality,
    confidence: confidenceText(report.confidence),
    requester: requesterText(report.requester),
    started: minuteText(run.startedAt),
    minutes: minutesText(run.seconds),
    strategy: cleanLine(report.strategy.name),
    engine: report.engine.name,
    model: run.model === undefined ? undefined : cleanLine(run.model),
    cost: run.cost === undefined ? undefined : `$${run.cost.usd.toFixed(2)}`,
  });
}

function bottomLineBlock(report: Report): string {
  const [first] = report.recommendations;
  return quoted([
    `**Bottom line.** ${plainMarkdown(report.bottomLine)}`,
    '',
    `**How sure:** ${sureText(report)} · ${report.quality}`,
    ...degradedLines(report),
    ...(first === undefined ? [] : ['', `**Do now:** ${plainMarkdown(sentence(first.action))}${riskText(first.risk)}`]),
  ]);
}

/** A candidate can be likely and not proven, such as when another one is as likely. */
function sureText({ confidence, hypotheses, outcome }: Report): string {
  const text = confidenceText(confidence);
  return outcome === 'inconclusive' && hypotheses.length > 0
    ? `${outcomeText(outcome)} · the best candidate has confidence ${text}`
    : `confidence ${text} · ${outcomeText(outcome)}`;
}

/** What was denied, missing or not found is said at once; the rest of a long list stands below. */
function degradedLines({ qualityReasons }: Report): readonly string[] {
  if (qualityReasons.length === 0) return [];
  const shown = qualityReasons.slice(0, MAX_FIRST_REASONS).map((reason) => plainMarkdown(shortened(reason, 200)));
  const left = qualityReasons.length - shown.length;
  return ['', `**Degraded:** ${shown.join(' · ')}${left > 0 ? ` · and ${left} more` : ''}`];
}

function riskText(risk: Report['recommendations'][number]['risk']): string {
  return risk === 'none' ? '' : ` (risk: ${risk})`;
}

function stepsSection({ recommendations }: Report): readonly string[] {
  if (recommendations.length === 0) return ['## What to do', 'Nobody knows a next step from this evidence.'];
  const { now, later } = splitSteps(recommendations.slice(0, MAX_STEPS));
  return [
    '## What to do',
    stepList(now, 1),
    ...(later.length === 0 ? [] : [folded(`Later (${later.length})`, stepList(later, now.length + 1))]),
  ];
}

function stepList(steps: readonly Recommendation[], first: number): string {
  const items = steps.map((step, index) => {
    const marker = `${first + index}. `;
    const lines = [`${plainMarkdown(sentence(step.action))}${riskText(step.risk)}`];
    if (step.why !== undefined) lines.push('', `Why: ${plainMarkdown(step.why)}`);
    if (step.command !== undefined) lines.push('', ...fenced(step.command, 'sh').split('\n'));
    const indent = ' '.repeat(marker.length);
    return lines
      .map((line, row) => (row === 0 ? `${marker}${line}` : line === '' ? '' : `${indent}${line}`))
      .join('\n');
  });
  return items.join('\n');
}

function impactSection(report: Report): readonly string[] {
  if (report.outcome === 'no-problem' && report.impact === undefined) {
    return ['## Question', plainMarkdown(report.question)];
  }
  const measured =
    report.impact === undefined ? 'The evidence does not say who is affected.' : plainMarkdown(sentence(report.impact));
  return ['## Impact', measured, `Reported as: ${plainMarkdown(report.question)}`];
}

function ruledOutSection(report: Report): readonly string[] {
  if (report.ruledOut.length === 0) return ['## Ruled out', 'Nothing was ruled out.'];
  const lines = report.ruledOut.slice(0, MAX_LIST).map(({ text, evidence }) => {
    const links = evidenceLinks(report, evidence);
    return `- ${plainMarkdown(text)}${links === '' ? '' : ` (${links})`}`;
  });
  const list = lines.join('\n');
  const { length } = report.ruledOut;
  return ['## Ruled out', length > MAX_OPEN ? folded(counted(length, 'suspicion'), list) : list];
}

function unknownSection(report: Report): readonly string[] {
  const reasons = report.qualityReasons.map((reason) => `- ${plainMarkdown(reason)}`);
  const degraded = reasons.length === 0 ? [] : [`The answer is degraded:\n\n${reasons.join('\n')}`];
  if (report.unknowns.length === 0) {
    return ['## Not known', ...degraded, ...(degraded.length === 0 ? ['Every check could be judged.'] : [])];
  }
  const rows = groupUnknowns(report)
    .slice(0, MAX_LIST)
    .map(({ texts, why }) => [plainMarkdown(texts.join('; ')), plainMarkdown(why)]);
  return ['## Not known', ...degraded, markdownTable(['what', 'why'], rows)];
}

function similarSection(report: Report, page: PagePlace): readonly string[] {
  const earlier =
    report.followUp === undefined ? [] : [`- ${resultLink(report.followUp, page)}: this request follows it`];
  const alike = (report.similar ?? []).map(({ id, why }) => `- ${resultLink(id, page)}: ${plainMarkdown(why)}`);
  return earlier.length + alike.length === 0 ? [] : ['## Similar', [...earlier, ...alike].join('\n')];
}
