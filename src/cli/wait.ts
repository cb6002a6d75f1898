import { readAggregate, readReports } from '../client/read-report.ts';
import { refreshRequests } from '../client/list-requests.ts';
import type { RequestView } from '../client/request-view.ts';
import { watchRequest } from '../client/watch-request.ts';
import { WarroomError } from '../domain/errors.ts';
import type { RequestId } from '../domain/request-id.ts';
import type { Recommendation } from '../schema/generated.ts';
import { isInterruption } from './exit-codes.ts';
import { renderBottomLine } from './render/bottom-line.ts';
import { createLiveLine } from './render/live-line.ts';
import { liveText, milestones, plainText } from './render/progress.ts';
import { formatSecond } from './render/time.ts';
import type { Session } from './session.ts';

export interface WaitOptions {
  /** Without limit when absent. */
  readonly timeoutMs?: number | undefined;
  /** Called for every look, before it is shown. */
  readonly onView?: (view: RequestView) => void;
}

/**
 * Shows on stderr what happens to a request until it ends, or the time is over. Resolves to the last view; `undefined`
 * when the request was never seen.
 */
export async function waitForRequest(
  session: Session,
  id: RequestId,
  options: WaitOptions = {},
): Promise<RequestView | undefined> {
  const { io, clock, signal } = session.context;
  const live = await createLiveLine(io);
  const stamp = (text: string): string => `${io.errorStyle.dim(formatSecond(clock.now()))}  ${text}`;
  let last: RequestView | undefined;
  let isTroubled = false;
  try {
    const views = watchRequest(session.warRoom, id, {
      clock,
      signal,
      timeoutMs: options.timeoutMs,
      onTrouble: (error) => {
        if (!isTroubled) live.print(stamp(`${error.message}; trying again`));
        isTroubled = true;
      },
    });
    for await (const view of views) {
      isTroubled = false;
      options.onView?.(view);
      for (const line of milestones(last, view)) live.print(stamp(line));
      const text = liveText(view);
      if (text !== '' && (last === undefined || liveText(last) !== text)) {
        live.update(text, isSaid(last, view) ? undefined : stamp(plainText(view)));
      }
      last = view;
    }
    return last;
  } catch (error) {
    if (!isInterruption(error)) throw error;
    throw new WarroomError('interrupted', 'stopped waiting; the request goes on', {
      hint: `follow it: claude-warroom follow ${id}   withdraw it: claude-warroom cancel ${id}`,
      cause: error,
    });
  } finally {
    live.stop();
  }
}

/** Whether a milestone has said already what the line would say. */
function isSaid(before: RequestView | undefined, view: RequestView): boolean {
  if (view.parts.length > 1) return before === undefined && view.parts.every(({ progress }) => progress === undefined);
  if (view.phase === 'pending' || view.phase === 'claimed') return true;
  return view.phase === 'publishing' && before?.phase !== 'publishing';
}

/** Prints how a request ended on stdout, with the first thing to do when its report names one. */
export async function printBottomLine(session: Session, view: RequestView): Promise<void> {
  const { io, signal } = session.context;
  const { style, width } = io;
  const isOne = view.parts.length < 2;
  const recommendations = view.phase === 'succeeded' && isOne ? await recommendationsOf(session, view.id) : [];
  const page = isOne
    ? undefined
    : await readAggregate(await refreshRequests(session.warRoom, { signal }), view.id, signal);
  for (const line of renderBottomLine(view, {
    recommendations,
    style,
    width,
    ...(page === undefined ? {} : { together: page.aggregate.bottomLine }),
  }))
    io.out(line);
  const { tellUnverified, verifyAnswer } = await import('./verification.ts');
  const snapshot = await refreshRequests(session.warRoom, { signal });
  tellUnverified(io, await verifyAnswer(session, { view, snapshot }));

  async function recommendationsOf({ warRoom }: Session, id: RequestId): Promise<readonly Recommendation[]> {
    const snapshot = await refreshRequests(warRoom, { signal });
    const [first] = await readReports(snapshot, id, signal);
    return first?.report.recommendations ?? [];
  }
}
