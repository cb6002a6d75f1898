import type { AcceptedSigner } from '../../admission/ledger-format.ts';
import type { Candidate } from '../candidate.ts';
import { NEXT, type StepOutcome, type Work } from '../work.ts';

/** The ledger says that an attempt begins, flushed, before anything runs. */
export async function begin(work: Work): Promise<StepOutcome> {
  const { context, candidate, move } = work;
  if (move.kind !== 'investigate') return NEXT;
  const { id } = candidate;
  if (context.ledger.request(id)?.sha256 === undefined) {
    const { requester, nonce } = { requester: move.request.metadata.engineer, nonce: move.request.spec.nonce };
    await context.ledger.append({
      event: 'accepted',
      id,
      sha256: candidate.file.sha256,
      nonce,
      requester,
      ...proofOf(candidate),
    });
  }
  context.failpoint('after-accepted');
  context.emit({
    type: 'admitted',
    id,
    requester: move.request.metadata.engineer,
    strategy: move.request.spec.investigation.strategy,
  });
  await context.ledger.append({ event: 'started', id, attempt: move.attempt, incarnation: context.incarnation });
  context.failpoint('after-started');
  return NEXT;
}

/** What shows later whose request it was, and in which state of the war room it lay. */
function proofOf({ signer, file, tip }: Candidate): { readonly signer?: AcceptedSigner; readonly tip: string } {
  if (signer === undefined || file.signature === undefined) return { tip };
  return { signer: { ...signer, signature: file.signature }, tip };
}
