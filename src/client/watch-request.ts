import { isWarroomError } from '../domain/errors.ts';
import { isTerminal } from '../domain/phase.ts';
import type { RequestId } from '../domain/request-id.ts';
import type { Clock } from '../lib/clock.ts';
import type { WarRoom } from '../repository/port.ts';
import { refreshRequests } from './list-requests.ts';
import { loadRequest } from './load-requests.ts';
import type { RequestView } from './request-view.ts';

const LOCAL_POLL_MS = 300;
const FIRST_POLL_MS = 2000;
const LAST_POLL_MS = 15_000;
const EVEN_POLLS = 5;
const GROWTH = 1.3;
/** Failed looks in a row after which watching ends; about a minute and a half of being offline. */
const MAX_FAILURES = 8;

export interface WatchOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** Watching ends after this time even when the request has not; without limit when absent. */
  readonly timeoutMs?: number | undefined;
  /** Told of looks that failed and will be repeated. */
  readonly onTrouble?: (error: Error) => void;
}

/**
 * Views of a request at every look until it is terminal, or `timeoutMs` have passed; the last view tells which.
 * Looks that fail because the network does are repeated for a while.
 */
export async function* watchRequest(
  warRoom: WarRoom,
  id: RequestId,
  options: WatchOptions,
): AsyncGenerator<RequestView, void, undefined> {
  const { clock, signal } = options;
  const start = clock.monotonicMs();
  const leftMs = (): number =>
    options.timeoutMs === undefined ? Infinity : start + options.timeoutMs - clock.monotonicMs();
  let failures = 0;
  for (let look = 0; ; look++) {
    try {
      const snapshot = await refreshRequests(warRoom, options);
      const load = { namespace: warRoom.refNamespace, now: clock.now(), ...(signal === undefined ? {} : { signal }) };
      const view = await loadRequest(snapshot, id, load);
      failures = 0;
      if (view !== undefined) {
        yield view;
        if (view.phase === 'invalid' || isTerminal(view.phase)) return;
      }
    } catch (error) {
      failures++;
      if (!isWarroomError(error, 'offline', 'timeout') || failures >= MAX_FAILURES) throw error;
      options.onTrouble?.(error);
    }
    if (leftMs() <= 0) return;
    await clock.sleep(Math.min(pollDelayMs(look, warRoom.isLocal), leftMs()), signal);
  }
}

/** Pause after look 0, 1, 2 …: short on this machine, else 2 s five times and then growing to 15 s. */
export function pollDelayMs(look: number, isLocal: boolean): number {
  if (isLocal) return LOCAL_POLL_MS;
  return Math.min(LAST_POLL_MS, FIRST_POLL_MS * GROWTH ** Math.max(0, look - EVEN_POLLS + 1));
}
