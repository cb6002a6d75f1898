import type { Admission } from '../admission/admit.ts';
import type { KnownRequest } from '../admission/ledger.ts';
import type { Claim, StatusReason, TroubleshootingRequest } from '../schema/generated.ts';
import { WITHDRAWN } from './cancellation.ts';
import type { Candidate } from './candidate.ts';

/** What this processor does about a candidate now. */
export type Move =
  /** Run the investigation; a dead attempt before it is taken over. */
  | {
      readonly kind: 'investigate';
      readonly request: TroubleshootingRequest;
      /** Who asks, as admission found. */
      readonly principal: string;
      readonly attempt: number;
    }
  /** Write a terminal record without running anything. */
  | {
      readonly kind: 'conclude';
      readonly phase: 'cancelled' | 'rejected' | 'failed' | 'expired';
      readonly reason: StatusReason;
      /** Whom the policy denied it; absent when something else ends it. */
      readonly deniedTo?: string;
      readonly attempt: number;
    }
  /** Somebody else is at work, or nothing may be done; `isOver` when nobody will ever do anything. */
  | { readonly kind: 'leave'; readonly why: string; readonly isOver?: boolean };

export interface MoveFacts {
  readonly holder: string;
  readonly incarnation: string;
  /** The lease of the claim, if there is one, has run out as far as this process has seen. */
  readonly isLeaseDead: boolean;
  readonly known: KnownRequest | undefined;
  readonly admission: Admission;
  readonly now: Date;
}

/** Reading twice does no harm; anything else is tried once. */
const READ_ATTEMPTS = 2;

/**
 * pending    → admission decides: investigate, or a published rejection
 * cancelled  → published as such, unless somebody works on it: they notice by themselves
 * not its turn → left alone until the part before it has ended, or published as cancelled when that ended the search
 * claimed by a living holder → left alone
 * claimed by a dead holder, or by this very processor, which does not run it → taken over, up to the number of attempts
 *
 * What runs here is never asked about.
 */
export function nextMove(candidate: Candidate, facts: MoveFacts): Move {
  const { claim } = candidate;
  if (claim !== undefined) {
    const isMine = claim.claim.holder === facts.holder;
    if (!isMine && !facts.isLeaseDead) return { kind: 'leave', why: `claimed by ${claim.claim.holder}` };
  }
  if (candidate.isClaimUnreadable === true)
    return { kind: 'leave', why: 'something else lies in the place of its claim' };
  const made = Math.max(claim === undefined ? 0 : claimedAttempts(claim.claim, facts), facts.known?.attempts ?? 0);
  if (candidate.isCancelled) {
    return { kind: 'conclude', phase: 'cancelled', attempt: made, reason: WITHDRAWN };
  }
  const { admission } = facts;
  if (admission.kind === 'ignored' || admission.kind === 'waiting') return { kind: 'leave', why: admission.why };
  if (admission.kind === 'rejected') {
    const { reason, deniedTo } = admission;
    const denial = deniedTo === undefined ? {} : { deniedTo };
    return { kind: 'conclude', phase: 'rejected', attempt: made, reason, ...denial };
  }
  const { request, principal } = admission;
  const isExpired = facts.now.getTime() > Date.parse(request.spec.expiresAt);
  const { turn } = candidate;
  if (made === 0 && isExpired) return { kind: 'leave', why: 'expired before anybody claimed it', isOver: true };
  // What has begun is finished, whatever the others have found meanwhile.
  if (made === 0 && turn?.kind === 'wait') return { kind: 'leave', why: `waits for ${turn.cluster}` };
  if (made === 0 && turn?.kind === 'stop')
    return { kind: 'conclude', phase: 'cancelled', attempt: 0, reason: turn.reason };
  const allowed = request.spec.investigation.mode === 'read' ? READ_ATTEMPTS : 1;
  if (made >= allowed || isExpired) {
    const reason = {
      code: 'interrupted',
      message: `the processor was interrupted in attempt ${made} of ${allowed}`,
      hint: 'send the request again; if this repeats, look at the log and the memory limit of the processor',
    };
    return { kind: 'conclude', phase: 'failed', attempt: made, reason };
  }
  return { kind: 'investigate', request, principal, attempt: made + 1 };
}

/**
 * Attempts that a claim tells of. Those of this very start are in the ledger: its claim may be left from a step that
 * failed before anything ran.
 */
function claimedAttempts(claim: Claim, { holder, incarnation }: MoveFacts): number {
  if (claim.holder !== holder || claim.incarnation !== incarnation) return claim.attempt;
  return Math.max(0, ...claim.attempts.filter((one) => one.incarnation !== incarnation).map(({ number }) => number));
}

/**
 * Oldest first within a requester, and requesters in turn: those with the least running work first, then those who were
 * served longest ago. `served` holds the number of the last start for each requester.
 */
export function fairOrder<Item extends { readonly requester: string; readonly id: string }>(
  items: readonly Item[],
  running: ReadonlyMap<string, number>,
  served: ReadonlyMap<string, number> = new Map(),
): readonly Item[] {
  const queues = new Map<string, Item[]>();
  for (const item of [...items].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const queue = queues.get(item.requester);
    if (queue === undefined) queues.set(item.requester, [item]);
    else queue.push(item);
  }
  const ranked = [...queues].flatMap(([requester, queue]) =>
    queue.map((item, index) => ({
      item,
      turn: index + (running.get(requester) ?? 0),
      last: served.get(requester) ?? 0,
    })),
  );
  return ranked
    .sort((a, b) => a.turn - b.turn || a.last - b.last || (a.item.id < b.item.id ? -1 : 1))
    .map(({ item }) => item);
}
