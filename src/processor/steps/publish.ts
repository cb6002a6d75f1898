import { offloadEvidence } from '../offload-evidence.ts';
import { publishEntry } from '../publish-entry.ts';
import { NEXT, STOP, type StepOutcome, type Work } from '../work.ts';

/** Result and end of the claim in one atomic push. */
export async function publish(work: Work): Promise<StepOutcome> {
  const { context, candidate, keeper, result } = work;
  if (keeper === undefined || result === undefined) throw new Error('there is no result to publish');
  await work.brake.lookAtZone();
  // The result waits in the outbox, and its claim is kept alive from there.
  if (work.brake.isSetInZone) return STOP;
  if (await context.outbox.isHeld(candidate.id)) {
    context.emit({ type: 'held', id: candidate.id });
    return STOP;
  }
  // The claim is kept alive meanwhile: a slow store does not lose it.
  const entry = await offloadEvidence(context, {
    id: candidate.id,
    attempt: work.move.attempt,
    phase: result.phase,
    folder: candidate.folder,
    files: result.files,
    ...(result.outcome === undefined ? {} : { outcome: result.outcome }),
  });
  await keeper.stop();
  const since = context.clock.monotonicMs();
  await publishEntry(context, entry, { ref: keeper.ref, expected: keeper.commit });
  const ms = context.clock.monotonicMs() - since;
  context.emit({ type: 'phase-ended', id: candidate.id, phase: 'publishing', ms: Math.round(ms) });
  return NEXT;
}
