import { sessionPodName } from '../domain/session-layout.ts';
import type { SessionState } from '../schema/generated.ts';
import { describeEnd, type SessionEnd } from './session-end.ts';
import type { SessionPod } from './session-pod.ts';

interface Place {
  readonly cluster: string;
  readonly namespace: string;
}

/** What people read of a session while its pod lives. */
export function livingState(pod: SessionPod, place: Place): SessionState {
  const isRunning = pod.phase.kind === 'running';
  const trouble = pod.phase.kind === 'pending' ? pod.phase.trouble : undefined;
  return {
    ...common(pod, place),
    phase: isRunning ? 'running' : 'starting',
    times: { createdAt: pod.acceptedAt.toISOString(), expiresAt: pod.expiresAt.toISOString() },
    // Kubernetes' own word: one of few, and no text of anybody.
    ...(trouble === undefined
      ? {}
      : {
          reason: { code: 'waiting', message: `its pod waits: ${trouble.replaceAll(/[^A-Za-z]/gu, '').slice(0, 60)}` },
        }),
  };
}

/** How it ended; `detail` is who stopped it, and why. */
export function endedState(
  pod: SessionPod,
  place: Place,
  { end, at }: { readonly end: SessionEnd; readonly at: Date },
): SessionState {
  const detail = pod.endOrder?.detail;
  const message = detail === undefined ? describeEnd(end) : `${describeEnd(end)}: ${detail}`;
  return {
    ...common(pod, place),
    phase: 'ended',
    times: {
      createdAt: pod.acceptedAt.toISOString(),
      expiresAt: pod.expiresAt.toISOString(),
      endedAt: at.toISOString(),
    },
    reason: { code: end, message: message.slice(0, 1000) },
    ...(pod.spend === undefined ? {} : { model: { usd: pod.spend.usd, maxUsd: pod.spend.maxUsd } }),
  };
}

function common(pod: SessionPod, { cluster, namespace }: Place): Omit<SessionState, 'phase' | 'times'> {
  return {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'SessionState',
    id: pod.id,
    cluster,
    requester: pod.requester,
    ...(pod.purpose === undefined ? {} : { purpose: pod.purpose }),
    requestSha256: pod.requestSha256,
    pod: { namespace, name: sessionPodName(pod.id) },
    ...(pod.notes.length === 0 ? {} : { notes: pod.notes.map((note) => note.slice(0, 500)) }),
  };
}
