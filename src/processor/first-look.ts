import type { RequestId } from '../domain/request-id.ts';
import type { Candidate, ObservedClaim } from './candidate.ts';
import type { LeaseObserver } from './lease-observer.ts';
import type { LeftAlone } from './planner.ts';
import type { Survey } from './survey.ts';

/** A request that was pending when a run began and has no end, and why. */
export interface LeftOpen {
  readonly id: RequestId;
  readonly why: string;
}

/** What the last look has found out. */
export interface LastLook {
  readonly survey: Pick<Survey, 'candidates' | 'undecided'>;
  readonly left: ReadonlyMap<RequestId, LeftAlone>;
  /** Nothing is begun, and why. */
  readonly pause: string | undefined;
}

/** Where results are that are finished and not in Git. */
export interface Unpublished {
  readonly isPublished: (id: RequestId) => boolean;
  readonly stored: ReadonlySet<RequestId>;
  readonly held: ReadonlySet<RequestId>;
}

/** What a run with `--once` promises: whatever was pending at its first look has an end, or it says what has none. */
export class FirstLook {
  readonly #ids = new Set<RequestId>();
  #hasLooked = false;

  /** Takes down what is pending; later looks change nothing. */
  note({ candidates, undecided }: Pick<Survey, 'candidates' | 'undecided'>): void {
    if (this.#hasLooked) return;
    this.#hasLooked = true;
    for (const { id } of candidates) this.#ids.add(id);
    for (const id of undecided) this.#ids.add(id);
  }

  /** What of it is still open; what somebody else has ended, or what has expired, is not. */
  leftOpen({ survey, left, pause }: LastLook, unpublished: Unpublished): readonly LeftOpen[] {
    const undecided = new Set(survey.undecided);
    const open = new Set([...survey.candidates.map(({ id }) => id), ...undecided]);
    return [...this.#ids]
      .filter((id) => open.has(id) && !unpublished.isPublished(id) && left.get(id)?.isOver !== true)
      .sort()
      .map((id) => ({ id, why: whyOpen(id, { undecided, left, pause, unpublished }) }));
  }
}

function whyOpen(
  id: RequestId,
  {
    undecided,
    left,
    pause,
    unpublished,
  }: Omit<LastLook, 'survey'> & { readonly undecided: ReadonlySet<RequestId>; readonly unpublished: Unpublished },
): string {
  if (unpublished.held.has(id)) return 'its result is held for release by the administrator';
  if (unpublished.stored.has(id)) return 'its result is finished and not published yet';
  if (undecided.has(id)) return 'it could not be read yet';
  return left.get(id)?.why ?? pause ?? 'this run was stopped before its turn';
}

/**
 * Claims of others that may be dead: nobody has renewed them since this process first saw them, and their lease is
 * not over. Longer leases than the own are not waited for: their holders wait for people.
 */
export function undecidedClaims(
  candidates: readonly Candidate[],
  facts: { readonly holder: string; readonly leaseSeconds: number; readonly leases: LeaseObserver },
): readonly RequestId[] {
  return candidates.filter(({ claim }) => claim !== undefined && isUndecided(claim, facts)).map(({ id }) => id);
}

function isUndecided(
  { ref, claim }: ObservedClaim,
  { holder, leaseSeconds, leases }: Parameters<typeof undecidedClaims>[1],
): boolean {
  if (claim.holder === holder || claim.leaseSeconds > leaseSeconds) return false;
  return !leases.hasChanged(ref) && !leases.isDead(ref, claim.leaseSeconds);
}
