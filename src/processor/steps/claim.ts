import { claimRef } from '../../domain/repository-layout.ts';
import { randomHex } from '../../lib/random-text.ts';
import type { Claim, ClaimAttempt } from '../../schema/generated.ts';
import { formatClaim } from '../claim-file.ts';
import { LeaseKeeper } from '../lease-keeper.ts';
import { NEXT, STOP, type StepOutcome, type Work } from '../work.ts';

/** The push decides who works: two processors may both see a request pending. */
export async function claim(work: Work): Promise<StepOutcome> {
  const { context, candidate, move } = work;
  const { settings } = context;
  const ref = claimRef(context.warRoom.refNamespace, settings.cluster.name, candidate.id);
  const document = createClaim(work);
  context.failpoint('before-claim');
  const outcome = await context.warRoom.setRef({
    ref,
    expected: candidate.claim?.commit,
    file: { path: 'claim.json', content: await formatClaim(context, document) },
  });
  if (outcome.kind === 'lost') {
    context.emit({ type: 'claim-lost', id: candidate.id });
    return STOP;
  }
  context.pushBudget.take();
  context.failpoint('after-claim');
  work.keeper = new LeaseKeeper(context, { ref, commit: outcome.commit, claim: document });
  context.emit({
    type: 'claimed',
    id: candidate.id,
    attempt: move.attempt,
    isTakeOver: candidate.claim !== undefined,
    ...waitedMs(work),
  });
  return NEXT;
}

/** Clocks differ: nobody waits less than nothing. */
function waitedMs({ context, candidate: { content } }: Work): { readonly waitedMs?: number } {
  if (content.kind !== 'request') return {};
  const waited = context.clock.now().getTime() - Date.parse(content.request.metadata.timestamp);
  return { waitedMs: Math.max(0, waited) };
}

function createClaim({ context, candidate, move, startedAt }: Work): Claim {
  const { settings, incarnation } = context;
  const now = startedAt.toISOString();
  // What this very start claimed and never began counts for nothing.
  const begun = move.kind === 'investigate' ? move.attempt - 1 : move.attempt;
  const earlier = (candidate.claim?.claim.attempts ?? [])
    .filter(({ number }) => number <= begun)
    .map((attempt): ClaimAttempt =>
      attempt.result === 'running' ? { ...attempt, endedAt: now, result: 'interrupted' } : attempt,
    );
  const own: ClaimAttempt[] =
    move.kind === 'investigate'
      ? [{ number: move.attempt, holder: settings.holder, incarnation, startedAt: now, result: 'running' }]
      : [];
  return {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'Claim',
    id: candidate.id,
    cluster: settings.cluster.name,
    holder: settings.holder,
    incarnation,
    attempt: Math.max(1, move.attempt),
    attempts: [...earlier, ...own].slice(-10),
    leaseSeconds: Math.ceil(settings.lease.seconds),
    nonce: randomHex(16, context.random),
    requestSha256: candidate.file.sha256,
    claimedAt: now,
    progress: { phase: 'claimed', message: 'claimed', done: 0, total: 0, updates: 0 },
  };
}
