import type { RequestView } from '../../client/request-view.ts';
import type { Io } from '../context.ts';
import { phaseColor, requesterText, standingText } from './request-text.ts';
import { renderTable, renderTsv } from './table.ts';
import { formatAge } from './time.ts';

const HEADINGS = ['ID', 'PHASE', 'CLUSTER', 'BY', 'AGE', 'OUTCOME'];

/** An aligned table for people; for pipes one line per request: id, phase, cluster, requester, createdAt, outcome, quality, title. */
export function renderRequests(
  views: readonly RequestView[],
  { io, now }: { readonly io: Pick<Io, 'isTerminal' | 'style' | 'width'>; readonly now: Date },
): readonly string[] {
  if (!io.isTerminal) return views.map(renderRow);
  const { style, width } = io;
  const rows = views.map((view) => [
    view.id,
    phaseColor(style, view.phase)(view.phase),
    clusterText(view),
    requesterText(view),
    formatAge(view.createdAt, now),
    standingText(view),
  ]);
  return renderTable([HEADINGS.map((heading) => style.dim(heading)), ...rows], width);
}

function renderRow(view: RequestView): string {
  return renderTsv([
    view.id,
    view.phase,
    view.clusters.join(','),
    view.requester ?? '',
    view.createdAt.toISOString(),
    view.outcome ?? '',
    view.quality ?? '',
    view.title,
  ]);
}

function clusterText({ clusters }: RequestView): string {
  const [first = '?', ...others] = clusters;
  return others.length === 0 ? first : `${first} +${others.length}`;
}
