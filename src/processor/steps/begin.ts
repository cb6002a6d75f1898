import type { AcceptedSigner, RecordedAsk } from '../../admission/ledger-format.ts';
import type { Ask } from '../../policy/ask.ts';
import type { StatusReason } from '../../schema/generated.ts';
import { cancellationOf } from '../cancellation.ts';
import type { Candidate } from '../candidate.ts';
import { giveUpClaim } from '../give-up-claim.ts';
import type { Move } from '../next-move.ts';
import type { PolicyGate } from '../policy-gate.ts';
import { NEXT, STOP, type StepOutcome, type Work } from '../work.ts';

type Investigation = Extract<Move, { readonly kind: 'investigate' }>;

/**
 * The ledger says that an attempt begins, flushed, before anything runs. The policy is read once more before that: what
 * it denies now is concluded as rejected.
 */
export async function begin(work: Work): Promise<StepOutcome> {
  const { context, move, brake } = work;
  const { policy } = context;
  if (move.kind === 'conclude') {
    if (move.deniedTo !== undefined) await noteRefusal(work, move.deniedTo, move.reason);
    return NEXT;
  }
  // Nothing runs that is not written down.
  await context.audit.flush();
  const failure = context.audit.failure();
  if (failure !== undefined) throw failure;
  await brake.lookAtZone();
  if (brake.isSet || work.signal.aborted) {
    await giveUpClaim(work);
    return STOP;
  }
  if (policy === undefined) return await startUnlessWithdrawn(work, move);
  await policy.refresh();
  const outcome = await policy.inTurn(async () => await beginByPolicy(work, move, policy));
  if (outcome.kind === 'stop') await giveUpClaim(work);
  return outcome;
}

async function beginByPolicy(work: Work, move: Investigation, policy: PolicyGate): Promise<StepOutcome> {
  const { context, candidate } = work;
  const { id } = candidate;
  const ask = policy.askOf(move.request, move.principal);
  const decision = policy.decide(ask, { isCounted: context.ledger.request(id)?.sha256 !== undefined });
  const { sha256 } = policy;
  switch (decision.kind) {
    case 'waiting':
      return STOP;
    case 'denied': {
      const { reason } = decision;
      await noteRefusal(work, move.principal, reason);
      work.move = { kind: 'conclude', phase: 'rejected', reason, deniedTo: move.principal, attempt: move.attempt - 1 };
      return NEXT;
    }
    case 'allowed':
      work.permission = { ...decision.limits, rule: decision.rule, policySha256: sha256 };
      return await startUnlessWithdrawn(work, move, ask);
  }
}

/** A cancel, or an order of the administrator, that came since the claim is heard before anything begins. */
async function startUnlessWithdrawn(work: Work, move: Investigation, ask?: Ask): Promise<StepOutcome> {
  if (work.cancelled.aborted) {
    const reason = cancellationOf(work.stoppedBy(), { hasBegun: false });
    work.move = { kind: 'conclude', phase: 'cancelled', reason, attempt: move.attempt - 1 };
    return NEXT;
  }
  await accept(work, move, ask);
  await start(work, move);
  return NEXT;
}

async function accept(work: Work, { request, principal }: Investigation, ask?: Ask): Promise<void> {
  const { context, candidate, permission } = work;
  const { id, file } = candidate;
  if (context.ledger.request(id)?.sha256 !== undefined) return;
  await context.ledger.append({
    event: 'accepted',
    id,
    sha256: file.sha256,
    nonce: request.spec.nonce,
    requester: principal,
    ...proofOf(candidate),
    ...(permission === undefined ? {} : { policy: { sha256: permission.policySha256, rule: permission.rule } }),
    ...(ask === undefined ? {} : { ask: recorded(ask) }),
  });
}

async function start(work: Work, { request, principal, attempt }: Investigation): Promise<void> {
  const { context, candidate } = work;
  const { id } = candidate;
  const { strategy, timeout } = request.spec.investigation;
  context.failpoint('after-accepted');
  context.emit({ type: 'admitted', id, requester: principal, strategy });
  work.begunMs = context.clock.monotonicMs();
  await context.ledger.append({
    event: 'started',
    id,
    attempt,
    incarnation: context.incarnation,
    seconds: timeout,
  });
  context.failpoint('after-started');
}

/** Remembered for trying another policy on it. */
async function noteRefusal({ context, candidate }: Work, principal: string, { code }: StatusReason): Promise<void> {
  const { ledger, policy } = context;
  const { content, id } = candidate;
  if (policy === undefined || content.kind !== 'request') return;
  const ask = recorded(policy.askOf(content.request, principal));
  const { sha256 } = policy;
  await ledger.append({ event: 'refused', id, requester: principal, code, policy: { sha256 }, ask });
}

function recorded({ principal: _, ...ask }: Ask): RecordedAsk {
  return ask;
}

/** What shows later whose request it was, and in which state of the war room it lay. */
function proofOf({ signer, file, tip }: Candidate): { readonly signer?: AcceptedSigner; readonly tip: string } {
  if (signer === undefined || file.signature === undefined) return { tip };
  return { signer: { ...signer, signature: file.signature }, tip };
}
