import type { Claim, Status, TroubleshootingRequest } from '../schema/generated.ts';
import { isSkipped } from './coordination.ts';
import { isTerminal, type Phase } from './phase.ts';

/** One target of a request and what is known about its part. */
export interface RequestPart {
  readonly cluster: string;
  readonly phase: Phase;
  readonly status?: Status;
  readonly claim?: Claim;
}

/** How several parts read as one: the least advanced unfinished part, else the worst end. */
const ORDER: readonly Phase[] = [
  'pending',
  'claimed',
  'collecting',
  'investigating',
  'publishing',
  'failed',
  'timed-out',
  'rejected',
  'expired',
  'cancelled',
  'succeeded',
];

/**
 * State of one part from what lies in the repository: a terminal status wins, then the claim ref, then time.
 * A status that is not terminal is display only: its writer may be dead.
 */
export function partState(facts: {
  readonly cluster: string;
  readonly request?: TroubleshootingRequest | undefined;
  readonly status?: Status | undefined;
  readonly claim?: Claim | undefined;
  readonly isCancelled?: boolean | undefined;
  readonly now: Date;
}): RequestPart {
  const known = {
    cluster: facts.cluster,
    ...(facts.status === undefined ? {} : { status: facts.status }),
    ...(facts.claim === undefined ? {} : { claim: facts.claim }),
  };
  if (facts.status !== undefined && isTerminal(facts.status.phase)) return { ...known, phase: facts.status.phase };
  if (facts.claim !== undefined) return { ...known, phase: facts.claim.progress.phase };
  if (facts.isCancelled === true) return { ...known, phase: 'cancelled' };
  const expiresAt = facts.request?.spec.expiresAt;
  if (expiresAt !== undefined && facts.now.getTime() > Date.parse(expiresAt)) return { ...known, phase: 'expired' };
  return { ...known, phase: 'pending' };
}

/** Phase of a request with several parts, of which those that were not asked any more do not count. */
export function wholePhase(
  parts: readonly { readonly phase: Phase; readonly reasonCode?: string | undefined }[],
): Phase {
  const asked = parts.filter(({ phase, reasonCode }) => !isSkipped(phase, reasonCode));
  return combinedPhase((asked.length === 0 ? parts : asked).map(({ phase }) => phase));
}

/** Phase of a request with several parts. */
export function combinedPhase(phases: readonly Phase[]): Phase {
  return ORDER.find((phase) => phases.includes(phase)) ?? 'pending';
}
