import { isTerminal } from '../domain/phase.ts';
import { requestDayFolder, resultDayFolder } from '../domain/repository-layout.ts';
import { dayFolder, isCanary, type RequestId } from '../domain/request-id.ts';
import type { Snapshot, TreeFile, WarRoom } from '../repository/port.ts';
import { claimedIds, idsWithStatus, loadRequests, requestIds, requestRefPrefixes } from './load-requests.ts';
import type { RequestView, ViewPhase } from './request-view.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const DEFAULT_DAYS = 14;
/** Requests that are read when a filter needs to see inside them. */
const MAX_READ = 2000;

export interface ListFilter {
  /** Rows to show; 50 by default. Open requests come on top of it. */
  readonly limit?: number;
  /** Days to look back; 14 by default. */
  readonly days?: number;
  readonly cluster?: string;
  readonly phases?: readonly ViewPhase[];
  readonly requester?: string;
  /** Whether to show the requests by which processors measure themselves. */
  readonly canaries?: boolean;
}

interface ListOptions {
  readonly now: Date;
  readonly filter?: ListFilter;
  readonly signal?: AbortSignal;
}

/** Open and recent requests, newest first. Needs one fetch, and a second one for contents that are not here yet. */
export async function listRequests(warRoom: WarRoom, options: ListOptions): Promise<readonly RequestView[]> {
  const snapshot = await refreshRequests(warRoom, options);
  return await listSnapshot(snapshot, warRoom.refNamespace, options);
}

/** Fetches the branch, the claims, the inbox and the presence of processors. */
export async function refreshRequests(warRoom: WarRoom, options: { readonly signal?: AbortSignal }): Promise<Snapshot> {
  const { signal } = options;
  const refPrefixes = requestRefPrefixes(warRoom.refNamespace);
  return await warRoom.refresh({ refPrefixes, ...(signal === undefined ? {} : { signal }) });
}

async function listSnapshot(
  snapshot: Snapshot,
  namespace: string,
  options: ListOptions,
): Promise<readonly RequestView[]> {
  const { now, filter = {}, signal } = options;
  const limit = filter.limit ?? 50;
  const { ids: all, files } = await recentIds(snapshot, { ...options, namespace, days: filter.days ?? DEFAULT_DAYS });
  const ids = filter.canaries === true ? all : all.filter((id) => !isCanary(id));
  const hasStatus = idsWithStatus(files);
  const isClaimed = claimedIds(snapshot, namespace);
  const isFiltered = filter.cluster !== undefined || filter.phases !== undefined || filter.requester !== undefined;
  const chosen = ids.filter((id, at) => {
    return at < (isFiltered ? MAX_READ : limit) || isClaimed.has(id) || !hasStatus.has(id);
  });
  const load = { namespace, now, ...(signal === undefined ? {} : { signal }) };
  const views = await loadRequests(snapshot, chosen.slice(0, MAX_READ), files, load);
  const matching = views.filter((view) => matches(view, filter)).sort((a, b) => newestFirst(a, b));
  return matching.filter((view, at) => at < limit || (view.phase !== 'invalid' && !isTerminal(view.phase)));
}

/** Ids of the last days, newest first, with the tree entries of those days. Reads no contents. */
export async function recentIds(
  snapshot: Snapshot,
  options: { readonly namespace: string; readonly now: Date; readonly days?: number; readonly signal?: AbortSignal },
): Promise<{ readonly ids: readonly RequestId[]; readonly files: readonly TreeFile[] }> {
  const { namespace, now, days = DEFAULT_DAYS, signal } = options;
  // One day ahead: the clock of a requester may be a little before ours at midnight.
  const dates = Array.from({ length: days + 1 }, (_, back) => new Date(now.getTime() + DAY_MS - back * DAY_MS));
  const folders = dates.flatMap((date) => [requestDayFolder(date), resultDayFolder(date)]);
  const files = await snapshot.list(folders, signal === undefined ? {} : { signal });
  const oldest = dayOf(dates.at(-1) ?? now);
  const ids = [...requestIds(files, snapshot.refs.keys(), namespace)].filter((id) => dayFolder(id) >= oldest);
  return { ids: ids.sort((a, b) => (a < b ? 1 : -1)), files };
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10).replaceAll('-', '/');
}

function matches(view: RequestView, filter: ListFilter): boolean {
  if (filter.cluster !== undefined && !view.clusters.includes(filter.cluster)) return false;
  if (filter.phases !== undefined && !filter.phases.includes(view.phase)) return false;
  return filter.requester === undefined || view.requester === filter.requester;
}

/** Newest first; ids decide between requests of the same moment. */
export function newestFirst(a: RequestView, b: RequestView): number {
  return b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1);
}
