import { isTerminal } from '../../domain/phase.ts';
import { WITHDRAWN } from '../cancellation.ts';
import { readStatus } from '../read-status.ts';
import { giveUpClaim } from '../give-up-claim.ts';
import { cancelRef, isWithdrawn } from '../withdrawal.ts';
import { NEXT, STOP, type StepOutcome, type Work } from '../work.ts';

/**
 * Claims disappear with the result, so a processor with an older view may win a claim of a finished request:
 * only a look that is newer than the claim tells. The same look shows a cancel that came after the survey.
 */
export async function recheck(work: Work): Promise<StepOutcome> {
  const { context, candidate, move, brake } = work;
  const snapshot = await context.warRoom.refresh({ refPrefixes: [cancelRef(context, candidate)] });
  const status = await readStatus(snapshot, candidate.folder);
  if (status !== undefined && isTerminal(status.phase)) {
    await context.ledger.append({ event: 'observed', id: candidate.id, phase: status.phase });
    await giveUpClaim(work);
    return STOP;
  }
  await brake.lookAtWarRoom(snapshot);
  await brake.lookAtZone();
  if (brake.isSetInZone || (brake.isSet && move.kind === 'investigate')) {
    await giveUpClaim(work);
    return STOP;
  }
  if (move.kind === 'investigate' && (await isWithdrawn(context, candidate, { snapshot, signal: work.signal }))) {
    work.move = { kind: 'conclude', phase: 'cancelled', reason: WITHDRAWN, attempt: move.attempt - 1 };
  }
  context.failpoint('after-recheck');
  return NEXT;
}
