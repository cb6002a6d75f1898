import { WarroomError } from '../domain/errors.ts';
import { requestDayFolder, resultDayFolder } from '../domain/repository-layout.ts';
import { parseRequestId, type RequestId } from '../domain/request-id.ts';
import type { Snapshot, WarRoom } from '../repository/port.ts';
import { refreshRequests, newestFirst, recentIds } from './list-requests.ts';
import { loadRequest, loadRequests, requestIds } from './load-requests.ts';
import type { RequestView } from './request-view.ts';

/** The newest request of my own principal; the newest of all when I have none. */
export const LAST = '@last';

/** How many of the newest requests are searched for one of mine. */
const LAST_DEPTH = 50;

export interface FindOptions {
  /** A request id, the beginning of exactly one, or `@last`. */
  readonly selector: string;
  readonly now: Date;
  /** Who asks; needed for `@last` only. */
  readonly principal: () => Promise<string | undefined>;
  readonly signal?: AbortSignal;
}

export interface FoundRequest {
  readonly view: RequestView;
  /** The look at the war room that the view was made from. */
  readonly snapshot: Snapshot;
}

/** Throws `not-found`, or `ambiguous` with the candidates. */
export async function findRequest(warRoom: WarRoom, options: FindOptions): Promise<FoundRequest> {
  const snapshot = await refreshRequests(warRoom, options);
  const { selector, now, signal } = options;
  const load = { namespace: warRoom.refNamespace, now, ...(signal === undefined ? {} : { signal }) };
  if (selector === LAST) return { view: await findLast(snapshot, options, load), snapshot };

  const id = parseRequestId(selector.toLowerCase()) ?? (await findByPrefix(snapshot, selector.toLowerCase(), load));
  const view = await loadRequest(snapshot, id, load);
  if (view === undefined) throw unknownRequest(selector);
  return { view, snapshot };
}

type Load = Parameters<typeof loadRequest>[2];

async function findLast(snapshot: Snapshot, options: FindOptions, load: Load): Promise<RequestView> {
  const { ids, files } = await recentIds(snapshot, load);
  const views = await loadRequests(snapshot, ids.slice(0, LAST_DEPTH), files, load);
  const readable = views.filter(({ phase }) => phase !== 'invalid').sort(newestFirst);
  const principal = await options.principal();
  const last = readable.find(({ requester }) => principal !== undefined && requester === principal) ?? readable.at(0);
  if (last !== undefined) return last;
  throw new WarroomError('not-found', 'there is no request yet', {
    why: 'nobody asked anything in the last 14 days',
    hint: 'ask something: claude-warroom investigate',
  });
}

async function findByPrefix(snapshot: Snapshot, prefix: string, load: Load): Promise<RequestId> {
  const recent = (await recentIds(snapshot, load)).ids;
  const older = recent.some((id) => id.startsWith(prefix)) ? [] : await idsOfNamedDay(snapshot, prefix, load);
  const candidates = [...new Set([...recent, ...older])].filter((id) => id.startsWith(prefix));
  const [first, second] = candidates;
  if (first === undefined) throw unknownRequest(prefix);
  if (second === undefined) return first;
  const shown = candidates.slice(0, 5).join(', ');
  throw new WarroomError('ambiguous', `"${prefix}" fits ${candidates.length} requests`, {
    why: candidates.length > 5 ? `${shown} …` : shown,
    hint: 'give more of the id',
  });
}

/** A prefix with a whole date also finds what is older than the recent days. */
async function idsOfNamedDay(snapshot: Snapshot, prefix: string, load: Load): Promise<readonly RequestId[]> {
  const date = /^\d{4}-\d{2}-\d{2}/u.exec(prefix)?.[0];
  const day = new Date(`${date ?? ''}T00:00:00Z`);
  if (Number.isNaN(day.getTime())) return [];
  const folders = [requestDayFolder(day), resultDayFolder(day)];
  const files = await snapshot.list(folders, load.signal === undefined ? {} : { signal: load.signal });
  return [...requestIds(files, [], load.namespace)];
}

function unknownRequest(selector: string): WarroomError {
  return new WarroomError('not-found', `there is no request "${selector}"`, {
    why: 'no request id begins with it',
    hint: 'see what there is: claude-warroom list',
  });
}
