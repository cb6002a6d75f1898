import type { RequestId } from '../domain/request-id.ts';
import type { Snapshot } from '../repository/port.ts';
import { recentIds } from './list-requests.ts';
import { loadRequest, loadRequests } from './load-requests.ts';
import type { RequestView } from './request-view.ts';

/** Earlier questions that are read; who asks more often about one matter looks at the older ones by their ids. */
const MAX_EARLIER = 10;

/** A further question usually comes soon: this many of the requests that came next are looked at. */
const MAX_LATER = 50;

interface ReadOptions {
  readonly namespace: string;
  readonly now: Date;
  readonly signal?: AbortSignal;
}

/** The questions that a follow-up goes back to. */
export interface Thread {
  /** Oldest first, at most ten, each with its answer. */
  readonly earlier: readonly RequestView[];
  /** A still earlier question that is not among them: there are too many, or its file is gone. */
  readonly before?: RequestId;
}

/**
 * Goes from question to earlier question. Anybody can write `followUp` into a file, so a chain that comes back to
 * itself ends where it does.
 */
export async function readThread(snapshot: Snapshot, view: RequestView, options: ReadOptions): Promise<Thread> {
  const seen = new Set<RequestId>([view.id]);
  const earlier: RequestView[] = [];
  let next = view.followUp;
  while (next !== undefined && !seen.has(next)) {
    seen.add(next);
    const found = earlier.length < MAX_EARLIER ? await loadRequest(snapshot, next, options) : undefined;
    if (found === undefined) return { earlier, before: next };
    earlier.unshift(found);
    next = found.followUp;
  }
  return { earlier };
}

/** Requests of the last days that ask further about this one, oldest first. */
export async function readFollowUps(
  snapshot: Snapshot,
  id: RequestId,
  options: ReadOptions,
): Promise<readonly RequestView[]> {
  const { ids, files } = await recentIds(snapshot, options);
  const later = ids.filter((each) => each > id).slice(-MAX_LATER);
  const views = await loadRequests(snapshot, later.reverse(), files, options);
  return views.filter(({ followUp }) => followUp === id);
}
