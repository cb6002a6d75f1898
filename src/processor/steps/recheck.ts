import { isTerminal } from '../../domain/phase.ts';
import { readStatus } from '../read-status.ts';
import { giveUpClaim } from '../give-up-claim.ts';
import { NEXT, STOP, type StepOutcome, type Work } from '../work.ts';

/**
 * Claims disappear with the result, so a processor with an older view may win a claim of a finished request:
 * only a look that is newer than the claim tells.
 */
export async function recheck(work: Work): Promise<StepOutcome> {
  const { context, candidate, move } = work;
  const snapshot = await context.warRoom.refresh({ refPrefixes: [] });
  const status = await readStatus(snapshot, candidate.folder);
  if (status !== undefined && isTerminal(status.phase)) {
    await context.ledger.append({ event: 'observed', id: candidate.id, phase: status.phase });
    await giveUpClaim(work);
    return STOP;
  }
  const isPaused = (await snapshot.readPaths(['PAUSE'], { maxBytes: 4096 })).size > 0;
  if (isPaused && move.kind === 'investigate') {
    await giveUpClaim(work);
    return STOP;
  }
  context.failpoint('after-recheck');
  return NEXT;
}
