import { keepFiles, keptPath } from '../../zone/kept-files.ts';
import { tookMs } from '../work-facts.ts';
import { NEXT, type StepOutcome, type Work } from '../work.ts';

/** The result is on the disk before it is pushed. */
export async function store(work: Work): Promise<StepOutcome> {
  const { context, candidate, move, result } = work;
  if (result === undefined) throw new Error('there is no result to store');
  context.failpoint('before-store');
  const { stateDir, disclosure } = context.settings;
  if (result.kept !== undefined && result.kept.size > 0) {
    await keepFiles(keptPath(stateDir, 'kept', candidate.id), result.kept);
  }
  // Records without a report hold nothing that came from the cluster.
  const isHeld = disclosure.hold && result.kept !== undefined;
  await context.outbox.store({
    id: candidate.id,
    attempt: move.attempt,
    phase: result.phase,
    folder: candidate.folder,
    files: result.files,
    ...(result.outcome === undefined ? {} : { outcome: result.outcome }),
    isHeld,
  });
  context.failpoint('after-store');
  await context.ledger.append({
    event: 'finished',
    id: candidate.id,
    attempt: move.attempt,
    phase: result.phase,
    ...tookMs(work),
  });
  if (isHeld) await context.ledger.append({ event: 'held', id: candidate.id });
  context.failpoint('after-finished');
  return NEXT;
}
