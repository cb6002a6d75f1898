import { NEXT, type StepOutcome, type Work } from '../work.ts';

/** The result is on the disk before it is pushed. */
export async function store(work: Work): Promise<StepOutcome> {
  const { context, candidate, move, result } = work;
  if (result === undefined) throw new Error('there is no result to store');
  context.failpoint('before-store');
  await context.outbox.store({
    id: candidate.id,
    attempt: move.attempt,
    phase: result.phase,
    folder: candidate.folder,
    files: result.files,
    ...(result.outcome === undefined ? {} : { outcome: result.outcome }),
  });
  context.failpoint('after-store');
  await context.ledger.append({ event: 'finished', id: candidate.id, attempt: move.attempt, phase: result.phase });
  context.failpoint('after-finished');
  return NEXT;
}
