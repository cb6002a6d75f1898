import { signatureReason } from '../../admission/signature-refusal.ts';
import { SIGNATURE_NAMESPACES } from '../../domain/signature.ts';
import { NEXT, type StepOutcome, type Work } from '../work.ts';

/**
 * The signature once more, with the keys and the time of this moment: a key may have been revoked, or its time may have
 * ended, since the request was admitted. Then the refusal is published and nothing runs.
 */
export async function verify(work: Work): Promise<StepOutcome> {
  const { context, candidate, move } = work;
  if (move.kind !== 'investigate' || context.verifier === undefined) return NEXT;
  const verdict = await context.verifier.verifyNow(candidate.file, SIGNATURE_NAMESPACES.request);
  if (verdict.kind === 'valid' && verdict.signer.principal === candidate.signer?.principal) return NEXT;
  const reason = signatureReason(
    verdict.kind === 'refused'
      ? verdict
      : { code: 'unknown-key', message: `the key belongs to ${verdict.signer.principal} by now` },
  );
  work.move = { kind: 'conclude', phase: 'rejected', reason, attempt: move.attempt - 1 };
  return NEXT;
}
