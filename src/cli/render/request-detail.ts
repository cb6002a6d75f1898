import type { ClusterView } from '../../client/clusters.ts';
import type { RequestView } from '../../client/request-view.ts';
import { isTerminal } from '../../domain/phase.ts';
import { requestPath } from '../../domain/repository-layout.ts';
import type { Style } from '../context.ts';
import { howAskedText } from '../../report/aggregate/aggregate-words.ts';
import { confidenceText, costText, outcomeText, partText, phaseColor, progressText } from './request-text.ts';
import { renderTable, wrapText } from './table.ts';
import { formatAgo, formatMinute } from './time.ts';

const LABEL = 12;

interface DetailOptions {
  readonly now: Date;
  readonly width: number;
  readonly style: Style;
  /** Clusters that are known, for when they were last seen; absent when that does not matter any more. */
  readonly clusters?: readonly ClusterView[];
  /** Whether the signatures of its results were verified, a line for each. */
  readonly verification?: readonly string[];
  /** Requests that ask further about this one. */
  readonly followUps?: readonly RequestView[];
}

/** Everything about one request on a screen: where it stands first, then who, when, and what to do next. */
export function renderRequest(view: RequestView, options: DetailOptions): readonly string[] {
  const { style, now, width } = options;
  const lines = [`  ${style.bold(view.title)}`, `  ${style.dim(view.id)}`, ''];
  const add = (label: string, text: string | undefined, paint: (line: string) => string = (line) => line): void => {
    if (text === undefined || text === '') return;
    for (const [at, line] of wrapText(text, width - LABEL - 2).entries()) {
      lines.push(`  ${style.dim((at === 0 ? label : '').padEnd(LABEL))}${paint(line)}`);
    }
  };
  add('phase', phaseLine(view), phaseColor(style, view.phase));
  add('problem', view.problem);
  add('reason', view.reason?.message);
  add('to do', view.reason?.hint);
  add('bottom line', view.bottomLine, (line) => style.bold(line));
  if (view.parts.length < 2) add('progress', progressLine(view));
  if (view.parts.length < 2) add('cluster', view.clusters.map((name) => clusterLine(name, options)).join(', '));
  else lines.push('', ...partLines(view, options), '');
  add('requester', requesterLine(view));
  add('asked', atAndAgo(view.createdAt, now));
  add('claimed', view.claimedAt === undefined ? undefined : atAndAgo(view.claimedAt, now));
  add('finished', view.finishedAt === undefined ? undefined : finishedLine(view, now));
  if (view.phase === 'pending' && view.expiresAt !== undefined) add('expires', formatMinute(view.expiresAt));
  for (const line of options.verification ?? []) add('signature', line);
  if (view.parts.length < 2) add('attempt', attemptLine(view));
  add('strategy', [view.strategy, view.engine].filter(Boolean).join(' · '));
  add('cost', view.progress === undefined ? costText(view) : undefined);
  add('thread', view.followUp === undefined ? undefined : `follow-up of ${view.followUp}`);
  for (const later of options.followUps ?? []) add('thread', `followed up by ${later.id} · ${later.phase}`);
  lines.push('', `  ${style.dim(nextStep(view))}`);
  return lines;
}

function phaseLine(view: RequestView): string {
  const parts: string[] = [view.phase];
  if (view.parts.length > 1)
    parts.push(`${view.parts.filter((part) => isTerminal(part.phase)).length}/${view.parts.length} done`);
  if (view.outcome !== undefined) parts.push(outcomeText(view.outcome));
  if (view.quality !== undefined) {
    const reasons = view.qualityReasons.join('; ');
    parts.push(reasons === '' ? view.quality : `${view.quality}: ${reasons}`);
  }
  if (view.outcome === 'root-cause' && view.confidence !== undefined) {
    parts.push(`confidence ${confidenceText(view.confidence)}`);
  }
  if (view.isInInbox) parts.push('in the inbox');
  if (view.isCancelRequested && view.phase !== 'cancelled') parts.push('cancel requested');
  return parts.join(' · ');
}

function progressLine(view: RequestView): string | undefined {
  if (view.progress === undefined) return undefined;
  const counted = progressText(view);
  return counted === view.progress.message ? counted : [counted, view.progress.message].filter(Boolean).join(' · ');
}

/** One row for each cluster, and below it what it says. */
function partLines(view: RequestView, options: DetailOptions): readonly string[] {
  const { style, width } = options;
  const headings = ['CLUSTER', 'PHASE', 'BY', 'STANDING'].map((heading) => style.dim(heading));
  const rows = view.parts.map((part) => {
    const shown = part.isSkipped ? 'skipped' : part.phase;
    const seen = part.phase === 'pending' ? seenText(part.cluster, options) : '';
    return [part.cluster, phaseColor(style, part.phase)(shown), part.processor ?? '–', `${partText(part)}${seen}`];
  });
  const [head = '', ...table] = renderTable([headings, ...rows], width);
  const how = view.coordination === undefined ? [] : [`  ${style.dim(`asked ${howAskedText(view.coordination)}`)}`];
  return [
    head,
    ...table.flatMap((row, at) => {
      const said = view.parts[at]?.bottomLine;
      return [row, ...(said === undefined ? [] : wrapText(said, width - 6).map((line) => `      ${line}`))];
    }),
    ...how,
  ];
}

/** Nobody has to wonder whether a cluster that is waited for has a processor at all. */
function seenText(name: string, { clusters, now }: DetailOptions): string {
  if (clusters === undefined) return '';
  const seen = clusters.find((cluster) => cluster.name === name)?.lastSeenAt;
  return seen === undefined ? ' (no processor announces itself)' : ` (seen ${formatAgo(seen, now)})`;
}

function clusterLine(name: string, { clusters, now }: DetailOptions): string {
  if (clusters === undefined) return name;
  const seen = clusters.find((cluster) => cluster.name === name);
  if (seen?.lastSeenAt === undefined) return `${name} (no processor announces itself)`;
  const [newest] = seen.processors;
  const polling = newest !== undefined && seen.isLive ? `, looks every ${newest.pollSeconds} s` : '';
  const gone = seen.isLive ? '' : ', counts as gone';
  return `${name} (seen ${formatAgo(seen.lastSeenAt, now)}${polling}${gone})`;
}

function requesterLine(view: RequestView): string | undefined {
  if (view.requester === undefined) return undefined;
  return `${view.requester} ${view.isSigned ? '(signed)' : '(unverified)'}`;
}

function finishedLine({ finishedAt, createdAt }: RequestView, now: Date): string | undefined {
  if (finishedAt === undefined) return undefined;
  const seconds = Math.max(0, Math.round((finishedAt.getTime() - createdAt.getTime()) / 1000));
  return `${atAndAgo(finishedAt, now)}, ${seconds} s after it was asked`;
}

function attemptLine(view: RequestView): string | undefined {
  if (view.attempt === 0) return undefined;
  const interrupted = view.attempts.filter(({ result }) => result === 'interrupted').map(({ number }) => number);
  const before = interrupted.length === 0 ? '' : ` (interrupted before: ${interrupted.join(', ')})`;
  return `${view.attempt}${view.processor === undefined ? '' : ` by ${view.processor}`}${before}`;
}

function nextStep(view: RequestView): string {
  if (view.phase === 'invalid') return `check the file: claude-warroom validate ${requestPath(view.id)}`;
  if (!isTerminal(view.phase)) return `follow it: claude-warroom follow ${view.id}`;
  if (view.phase === 'succeeded') return `the report: claude-warroom get-results ${view.id}`;
  return 'ask again: claude-warroom investigate';
}

function atAndAgo(date: Date, now: Date): string {
  return `${formatMinute(date)}, ${formatAgo(date, now)}`;
}
