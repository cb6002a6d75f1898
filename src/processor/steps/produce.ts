import { cancellationOf } from '../cancellation.ts';
import { failureRecord } from '../failure-record.ts';
import { giveUpClaim } from '../give-up-claim.ts';
import { investigate } from '../investigate.ts';
import { keepFiles, keptPath } from '../../zone/kept-files.ts';
import { tookMs } from '../work-facts.ts';
import { NEXT, STOP, type Result, type StepOutcome, type Work } from '../work.ts';

/** The investigation, or the record of a decision that needs none. */
export async function produce(work: Work): Promise<StepOutcome> {
  const { move, context, candidate } = work;
  if (move.kind === 'conclude') {
    if (move.phase === 'rejected') {
      // It may quote the request, whose author may have written anything.
      const message = await (await context.createRedaction()).redact(move.reason.message);
      context.emit({ type: 'rejected', id: candidate.id, code: move.reason.code, message });
    }
    work.result = await failureRecord(work, move.phase, move.reason);
    return NEXT;
  }
  const result = await investigate(work, move.request);
  if (work.keeper?.lost.aborted === true) {
    context.emit({ type: 'fenced', id: candidate.id });
    return STOP;
  }
  if (work.cancelled.aborted) {
    await keepPartial(work, result);
    work.result = await failureRecord(work, 'cancelled', cancellationOf(work.stoppedBy(), { hasBegun: true }));
    return NEXT;
  }
  if (work.signal.aborted) {
    await keepPartial(work, result);
    await handBack(work);
    return STOP;
  }
  work.result = result;
  context.failpoint('after-report');
  return NEXT;
}

/** Nothing that was collected is lost, and nothing of it leaves: it may be why the work was stopped. */
async function keepPartial({ context, candidate }: Work, { files, kept = new Map() }: Result): Promise<void> {
  await keepFiles(keptPath(context.settings.stateDir, 'partial', candidate.id), new Map([...files, ...kept]));
}

/** A shutdown in the middle: somebody else, or the next start, begins anew at once instead of after the lease. */
async function handBack(work: Work): Promise<void> {
  const { context, candidate, move } = work;
  await context.ledger.append({ event: 'handed-back', id: candidate.id, attempt: move.attempt, ...tookMs(work) });
  await giveUpClaim(work);
  context.emit({ type: 'handed-back', id: candidate.id });
}
