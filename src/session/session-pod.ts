import { numberField, recordField, recordsField, textField } from '../schema/json-fields.ts';
import { parseRequestId, type RequestId } from '../domain/request-id.ts';
import { sessionPodName } from '../domain/session-layout.ts';
import type { ApiObject } from '../kubernetes/resource.ts';
import { isSessionEnd, type SessionEnd } from './session-end.ts';

/** Why a pod was told to end, and when. */
export interface EndOrder {
  readonly end: SessionEnd;
  readonly at: Date;
  /** Who and why, redacted; only when somebody stopped it. */
  readonly detail?: string;
}

/** A pod of a session, as the API server tells it. What a processor must know after a restart stands in its annotations. */
export interface SessionPod {
  readonly id: RequestId;
  readonly name: string;
  readonly uid: string | undefined;
  readonly requester: string;
  readonly requestSha256: string;
  readonly purpose: string | undefined;
  readonly about: string | undefined;
  readonly acceptedAt: Date;
  readonly expiresAt: Date;
  /** No extension goes beyond this. */
  readonly latestEnd: Date;
  readonly endOrder: EndOrder | undefined;
  readonly notes: readonly string[];
  /** Undefined when the processor does not forward the calls of its model. */
  readonly spend: SessionSpend | undefined;
  readonly phase:
    | { readonly kind: 'pending'; readonly trouble: string | undefined }
    | { readonly kind: 'running' }
    /** What Kubernetes says about its end: nothing when its program ended by itself. */
    | { readonly kind: 'finished'; readonly end: SessionEnd | undefined; readonly at: Date | undefined };
}

/** US dollars of the model. */
export interface SessionSpend {
  readonly maxUsd: number;
  readonly usd: number;
}

/** Of every label and annotation of ours. */
export const PREFIX = 'warroom.intility.io';
export const APP = 'claude-warroom-session';
export const SESSION_CONTAINER = 'session';

export function sessionSelector(cluster: string): string {
  return `app.kubernetes.io/name=${APP},${PREFIX}/cluster=${cluster}`;
}

/** What it has spent so far; the next start counts on from there. */
export function spendPatch(usd: number): object {
  return { metadata: { annotations: spentAnnotation(usd) } };
}

export function spentAnnotation(usd: number): Readonly<Record<string, string>> {
  return { [`${PREFIX}/spent-usd`]: String(usd) };
}

/** Kubernetes ends the pod at once and keeps it, with its log: a deadline may be made shorter, and one second has passed. */
export function endPatch({ end, at, detail }: EndOrder): object {
  return {
    metadata: {
      annotations: {
        [`${PREFIX}/end`]: end,
        [`${PREFIX}/end-at`]: at.toISOString(),
        ...(detail === undefined ? {} : { [`${PREFIX}/end-detail`]: detail }),
      },
    },
    spec: { activeDeadlineSeconds: 1 },
  };
}

/** What came of an order, one line each, and a later end when it counts. */
export function orderPatch(notes: readonly string[], until: Date | undefined): object {
  return {
    metadata: {
      annotations: {
        [`${PREFIX}/notes`]: notes.join('\n'),
        ...(until === undefined ? {} : { [`${PREFIX}/expires`]: until.toISOString() }),
      },
    },
  };
}

/** Undefined for a pod that no processor of ours can have made. */
export function readSessionPod(object: ApiObject): SessionPod | undefined {
  const { name, uid, labels = {}, annotations = {} } = object.metadata;
  const id = parseRequestId(labels[`${PREFIX}/session`] ?? '');
  const fact = (key: string): string | undefined => annotations[`${PREFIX}/${key}`];
  const [acceptedAt, expiresAt, latestEnd] = ['accepted', 'expires', 'latest-end'].map((key) => parseTime(fact(key)));
  const [requester, requestSha256] = [fact('requester'), fact('request-sha256')];
  if (id === undefined || sessionPodName(id) !== name || requester === undefined || requestSha256 === undefined) {
    return undefined;
  }
  if (acceptedAt === undefined || expiresAt === undefined || latestEnd === undefined) return undefined;
  const end = fact('end');
  const endAt = parseTime(fact('end-at'));
  const detail = fact('end-detail');
  return {
    ...{
      id,
      name,
      uid,
      requester,
      requestSha256,
      purpose: fact('purpose'),
      about: fact('about'),
      acceptedAt,
      expiresAt,
      latestEnd,
    },
    endOrder:
      isSessionEnd(end) && endAt !== undefined
        ? { end, at: endAt, ...(detail === undefined ? {} : { detail }) }
        : undefined,
    notes: fact('notes')?.split('\n') ?? [],
    spend: parseSpend(fact('model-usd'), fact('spent-usd')),
    phase: phaseOf(object),
  };
}

function phaseOf(object: ApiObject): SessionPod['phase'] {
  const status = recordField(object, 'status');
  const [container] = recordsField(status, 'containerStatuses');
  const state = recordField(container, 'state');
  switch (textField(status, 'phase')) {
    case 'Running':
      return { kind: 'running' };
    case 'Succeeded':
    case 'Failed': {
      const terminated = recordField(state, 'terminated');
      const end = endOf(
        textField(status, 'reason'),
        textField(terminated, 'reason'),
        numberField(terminated, 'exitCode'),
      );
      return { kind: 'finished', end, at: parseTime(textField(terminated, 'finishedAt')) };
    }
    default: {
      const waiting = textField(recordField(state, 'waiting'), 'reason');
      const unscheduled = recordsField(status, 'conditions').find(
        (each) => each['type'] === 'PodScheduled' && each['status'] === 'False',
      );
      return { kind: 'pending', trouble: waiting ?? textField(unscheduled, 'reason') };
    }
  }
}

function endOf(
  pod: string | undefined,
  container: string | undefined,
  exit: number | undefined,
): SessionEnd | undefined {
  if (pod === 'DeadlineExceeded') return 'deadline';
  if (pod === 'Evicted') return 'evicted';
  if (pod === 'NodeLost' || pod === 'NodeShutdown' || pod === 'Terminated') return 'node-lost';
  if (container === 'OOMKilled') return 'out-of-memory';
  return exit === 0 ? undefined : 'failed';
}

function parseSpend(maxUsd: string | undefined, usd: string | undefined): SessionSpend | undefined {
  if (maxUsd === undefined) return undefined;
  const [most, spent] = [Number(maxUsd), Number(usd)];
  // What cannot be read lets nobody spend.
  return most >= 0 && spent >= 0 ? { maxUsd: most, usd: spent } : { maxUsd: 0, usd: 0 };
}

function parseTime(text: string | undefined): Date | undefined {
  const at = new Date(text ?? '');
  return Number.isNaN(at.getTime()) ? undefined : at;
}
