import type { SessionEnd } from './session-end.ts';
import type { SessionPod } from './session-pod.ts';

/**
 * A pod of a session, from one look to the next:
 *
 * pending   made, not running; ended when it does not start in time
 * running   until its time is over, somebody stops it, or work is paused
 * ending    told to end; Kubernetes stops its program, which tells the rest of the conversation first
 * finished  the record is published, and only then the pod is removed
 */
export type SessionStep =
  | { readonly kind: 'wait' }
  | { readonly kind: 'end'; readonly end: SessionEnd }
  | { readonly kind: 'close'; readonly isClean: boolean }
  /** Nobody knows it: it is no session that this processor accepted. */
  | { readonly kind: 'remove' };

export interface StepFacts {
  readonly now: Date;
  /** Its request was accepted here, and has no record yet. */
  readonly isOurs: boolean;
  readonly isPaused: boolean;
  readonly isStopped: boolean;
}

/** Images are large, and a node may have to be made first. */
const START_LIMIT_MS = 10 * 60_000;
/** More than a kubelet needs for the grace time of the pod; after that its node is not there to ask. */
const END_LIMIT_MS = 90_000;

export function nextStep(pod: SessionPod, { now, isOurs, isPaused, isStopped }: StepFacts): SessionStep {
  if (!isOurs) return { kind: 'remove' };
  if (pod.phase.kind === 'finished') return { kind: 'close', isClean: true };
  if (pod.endOrder !== undefined) {
    const isOver = now.getTime() - pod.endOrder.at.getTime() > END_LIMIT_MS;
    return isOver ? { kind: 'close', isClean: false } : { kind: 'wait' };
  }
  if (isPaused) return { kind: 'end', end: 'paused' };
  if (isStopped) return { kind: 'end', end: 'stopped' };
  if (now >= pod.expiresAt) return { kind: 'end', end: 'expired' };
  if (pod.phase.kind === 'pending' && now.getTime() - pod.acceptedAt.getTime() > START_LIMIT_MS) {
    return { kind: 'end', end: 'not-started' };
  }
  return { kind: 'wait' };
}
