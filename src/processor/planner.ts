import { admit } from '../admission/admit.ts';
import type { RequestId } from '../domain/request-id.ts';
import { refusalOf } from './abilities.ts';
import type { ProcessorContext } from './context.ts';
import type { LeaseObserver } from './lease-observer.ts';
import { nextMove, type Move } from './next-move.ts';
import type { Candidate } from './candidate.ts';
import type { Survey } from './survey.ts';

export type LeftAlone = Extract<Move, { readonly kind: 'leave' }>;

/** Something to do, and for whom. */
export interface ActiveMove {
  readonly id: RequestId;
  readonly requester: string;
  readonly candidate: Candidate;
  readonly move: Exclude<Move, { readonly kind: 'leave' }>;
}

export interface Plan {
  readonly moves: readonly ActiveMove[];
  /** Why nothing is done about the others. */
  readonly left: ReadonlyMap<RequestId, LeftAlone>;
}

/** Decides what to do about each candidate; tells once why it leaves one alone. */
export class Planner {
  readonly #context: ProcessorContext;
  readonly #told = new Set<string>();

  constructor(context: ProcessorContext) {
    this.#context = context;
  }

  plan(survey: Survey, facts: { readonly taken: ReadonlySet<RequestId>; readonly leases: LeaseObserver }): Plan {
    const moves: ActiveMove[] = [];
    const left = new Map<RequestId, LeftAlone>();
    for (const candidate of survey.candidates) {
      if (facts.taken.has(candidate.id)) continue;
      const move = this.#decide(candidate, facts.leases);
      if (move.kind === 'leave') {
        left.set(candidate.id, move);
        this.#tell(candidate.id, move.why);
        continue;
      }
      moves.push({ id: candidate.id, requester: requesterOf(candidate), candidate, move });
    }
    return { moves, left };
  }

  #decide(candidate: Candidate, leases: LeaseObserver): Move {
    const { ledger, clock, warRoom, incarnation, settings, policy } = this.#context;
    const { claim } = candidate;
    const known = ledger.request(candidate.id);
    const now = clock.now();
    const admission = admit({
      file: candidate.file,
      content: candidate.content,
      signer: candidate.signer,
      cluster: { ...settings.cluster, ...knownIdentity(this.#context) },
      repository: { address: warRoom.address, isLocal: warRoom.isLocal },
      trust: settings.trust,
      maxTimeoutSeconds: settings.maxTimeout,
      ledger,
      ...(policy === undefined
        ? {}
        : {
            askPolicy: (request, principal) =>
              policy.decide(policy.askOf(request, principal), { isCounted: known?.sha256 !== undefined }),
          }),
      cannotRun: (request) => refusalOf(this.#context, request),
      now,
    });
    return nextMove(candidate, {
      holder: settings.holder,
      incarnation,
      isLeaseDead: claim !== undefined && leases.isDead(claim.ref, claim.claim.leaseSeconds),
      known,
      admission,
      now,
    });
  }

  #tell(id: RequestId, why: string): void {
    const key = `${id} ${why}`;
    if (this.#told.has(key) || why.startsWith('claimed by')) return;
    // Anybody can push old requests: stop telling after many.
    if (this.#told.size >= 1000) return;
    this.#told.add(key);
    this.#context.emit({ type: 'ignored', path: id, reason: why });
  }
}

/** Names count as soon as somebody vouches for them; else they are what a file says, and nobody's when it was not read. */
function requesterOf(candidate: Candidate): string {
  if (candidate.signer !== undefined) return candidate.signer.principal;
  return candidate.content.kind === 'request' ? candidate.content.request.metadata.engineer : '';
}

/** Of an inventory each request names the host; a target that does not answer is asked again before anything runs. */
function knownIdentity({ hosts, identity }: ProcessorContext): { readonly identity?: string } {
  return hosts !== undefined || identity.identity === 'unknown' ? {} : { identity: identity.identity };
}
