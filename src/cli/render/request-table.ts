import type { RequestView } from '../../client/request-view.ts';
import type { Io } from '../context.ts';
import { phaseColor, requesterText, standingText } from './request-text.ts';
import { renderTable, renderTsv, textWidth } from './table.ts';
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
  const table = [HEADINGS.map((heading) => style.dim(heading)), ...rows];
  return renderTable(withRoom(table, width), width);
}

/** In the order in which they go where there is no room: an id says when, and an outcome that it has ended. */
const DISPENSABLE = ['BY', 'AGE', 'CLUSTER', 'PHASE'].map((heading) => HEADINGS.indexOf(heading));
/** Room for `root cause` and the sign that it goes on; in less an outcome cannot be told from another. */
const MIN_OUTCOME = 12;

/** The rows without the columns that would leave no room for the outcome. */
function withRoom(rows: readonly (readonly string[])[], width: number): readonly (readonly string[])[] {
  const roomOf = (dropped: readonly number[]): number =>
    HEADINGS.slice(0, -1).reduce(
      (room, _, at) =>
        dropped.includes(at) ? room : room - 2 - Math.max(...rows.map((row) => textWidth(row[at] ?? ''))),
      width - 2,
    );
  const outcome = Math.max(...rows.slice(1).map((row) => textWidth(row.at(-1) ?? '')), 'OUTCOME'.length);
  const dropped: number[] = [];
  for (const column of DISPENSABLE) {
    if (roomOf(dropped) >= Math.min(outcome, MIN_OUTCOME)) break;
    dropped.push(column);
  }
  return rows.map((row) => row.filter((_, at) => !dropped.includes(at)));
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
