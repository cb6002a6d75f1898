import { requestPath, resultFolder, RESULTS_FOLDER } from '../domain/repository-layout.ts';
import { parseRequestId } from '../domain/request-id.ts';
import type { Phase, TerminalPhase } from '../domain/phase.ts';
import type { Report } from '../schema/generated.ts';
import { markdownTable } from './markdown-blocks.ts';
import { inlineCode, plainMarkdown, shortened } from './untrusted.ts';
import { minuteText, minutesText } from './words.ts';

/** A request that has no end yet. */
export interface OpenRequest {
  readonly id: string;
  readonly title: string;
  readonly cluster: string;
  readonly requester: string;
  readonly phase: Exclude<Phase, TerminalPhase>;
  readonly createdAt: string;
}

/** A part of a request that has ended. */
export interface EndedRequest {
  readonly id: string;
  readonly title: string;
  readonly cluster: string;
  readonly phase: TerminalPhase;
  readonly outcome?: Report['outcome'];
  readonly quality?: Report['quality'];
  /** Bottom line, or the reason for the end. */
  readonly bottomLine: string;
  readonly createdAt: string;
  readonly finishedAt: string;
  /** Folder of the part below the folder of the request, when there are several. */
  readonly part?: string;
}

export interface IndexContent {
  readonly open: readonly OpenRequest[];
  readonly recent: readonly EndedRequest[];
  /** Rounded to the day: the page must not change just because time goes by. */
  readonly now: Date;
  /** Monthly pages beside this one, such as `2026-11`. */
  readonly months?: readonly string[];
}

const MAX_OPEN = 50;
const MAX_RECENT = 50;
const MAX_LINE = 140;

/** results/README.md: what is open, what was found lately. The same content gives the same bytes. */
export function renderIndexPage({ open, recent, now, months = [] }: IndexContent): string {
  const waiting = [...open].sort((a, b) => newestFirst(a, b)).slice(0, MAX_OPEN);
  const ended = [...recent]
    .sort((a, b) => compare(b.finishedAt, a.finishedAt) || newestFirst(a, b) || compare(a.cluster, b.cluster))
    .slice(0, MAX_RECENT);
  const today = now.toISOString().slice(0, 10);
  const blocks = [
    '# Investigations',
    'Somebody asked what is wrong with a machine or a cluster; a processor beside it looked and answered here. Every answer quotes what was recorded. Times are UTC.',
    '## Open',
    waiting.length === 0 ? 'Nothing is open.' : openTable(waiting, today),
    ...(waiting.some((each) => isOld(each, today)) ? ['⏳ asked before today.'] : []),
    ...(open.length > MAX_OPEN ? [`${open.length - MAX_OPEN} more are open.`] : []),
    '## Latest answers',
    ended.length === 0 ? 'There is no answer yet.' : endedTable(ended),
    '🔴 root cause found · 🟢 no problem found · 🟡 inconclusive: something is still unknown · ⚫ no answer. *Degraded* means that something could not be looked at.',
    ...(months.length === 0
      ? []
      : [
          '## Months',
          [...months]
            .sort()
            .reverse()
            .map((month) => `- [${month}](${encodeURI(month)}.md)`)
            .join('\n'),
        ]),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function openTable(open: readonly OpenRequest[], today: string): string {
  return markdownTable(
    ['asked', 'cluster', 'question', 'by', 'now'],
    open.map((each) => [
      `${minuteText(each.createdAt).slice(0, -4)}${isOld(each, today) ? ' ⏳' : ''}`,
      inlineCode(each.cluster),
      `[${plainMarkdown(shortened(each.title, MAX_LINE))}](${requestLink(each.id)})`,
      plainMarkdown(each.requester),
      each.phase === 'pending' ? 'waiting for a processor' : each.phase,
    ]),
  );
}

function isOld({ createdAt }: OpenRequest, today: string): boolean {
  return createdAt.slice(0, 10) < today;
}

function endedTable(ended: readonly EndedRequest[]): string {
  return markdownTable(
    ['ended', 'cluster', 'answer', 'outcome', 'minutes'],
    ended.map((each) => [
      minuteText(each.finishedAt).slice(0, -4),
      inlineCode(each.cluster),
      `**${plainMarkdown(shortened(each.title, 80))}**<br>[${plainMarkdown(shortened(each.bottomLine, MAX_LINE))}](${answerLink(each)})`,
      badge(each),
      minutesBetween(each.createdAt, each.finishedAt),
    ]),
  );
}

const BADGES = {
  'root-cause': '🔴 root cause',
  'no-problem': '🟢 no problem',
  inconclusive: '🟡 inconclusive',
} as const satisfies Record<Report['outcome'], string>;

function badge({ phase, outcome, quality }: EndedRequest): string {
  if (outcome === undefined) return `⚫ ${phase}`;
  return `${BADGES[outcome]}${quality === 'degraded' ? ' · degraded' : ''}`;
}

function minutesBetween(from: string, to: string): string {
  return minutesText((Date.parse(to) - Date.parse(from)) / 1000);
}

/** Relative to results/. */
function answerLink({ id, part }: EndedRequest): string {
  const parsed = parseRequestId(id);
  if (parsed === undefined) return '.';
  return `${resultFolder(parsed, part).slice(RESULTS_FOLDER.length + 1)}/README.md`;
}

function requestLink(id: string): string {
  const parsed = parseRequestId(id);
  return parsed === undefined ? '.' : `../${requestPath(parsed)}`;
}

function newestFirst(
  a: { readonly createdAt: string; readonly id: string },
  b: { readonly createdAt: string; readonly id: string },
): number {
  return compare(b.createdAt, a.createdAt) || compare(a.id, b.id);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
