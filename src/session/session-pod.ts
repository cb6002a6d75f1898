import { numberField, recordField, recordsField, textField } from '../schema/json-fields.ts';
import { parseRequestId, type RequestId } from '../domain/request-id.ts';
import { sessionPodName } from '../domain/session-layout.ts';
import type { NewObject } from '../kubernetes/client.ts';
import type { ApiObject } from '../kubernetes/resource.ts';
import type { ProcessorSessions } from '../schema/generated.ts';
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
  readonly phase:
    | { readonly kind: 'pending'; readonly trouble: string | undefined }
    | { readonly kind: 'running' }
    /** What Kubernetes says about its end: nothing when its program ended by itself. */
    | { readonly kind: 'finished'; readonly end: SessionEnd | undefined; readonly at: Date | undefined };
}

export interface PodFacts {
  readonly id: RequestId;
  readonly cluster: string;
  readonly requester: string;
  readonly requestSha256: string;
  /** Redacted. */
  readonly purpose: string | undefined;
  /** Namespace of the cluster that the session is about. */
  readonly about: string | undefined;
  readonly acceptedAt: Date;
  readonly seconds: number;
  readonly maxSeconds: number;
  readonly image: string;
  readonly idleSeconds: number;
  readonly model: ProcessorSessions['model'];
}

const PREFIX = 'warroom.intility.io';
const APP = 'claude-warroom-session';
export const SESSION_CONTAINER = 'session';

export function sessionSelector(cluster: string): string {
  return `app.kubernetes.io/name=${APP},${PREFIX}/cluster=${cluster}`;
}

/**
 * The pod of a session, confined like whatever else runs a model: no token of the API, no root, a
 * root file system that nobody writes, no capabilities. `activeDeadlineSeconds` is the longest life that the policy allows:
 * Kubernetes itself ends the pod then, whether or not a processor is there; the pod's own program ends it earlier, at the
 * time of its annotation, which the kubelet carries into the file `expires`.
 */
export function buildSessionPod(facts: PodFacts): NewObject {
  const { id, cluster, acceptedAt, seconds, maxSeconds, image, model, idleSeconds } = facts;
  return {
    metadata: {
      name: sessionPodName(id),
      labels: { 'app.kubernetes.io/name': APP, [`${PREFIX}/cluster`]: cluster, [`${PREFIX}/session`]: id },
      annotations: {
        [`${PREFIX}/requester`]: facts.requester,
        [`${PREFIX}/request-sha256`]: facts.requestSha256,
        ...(facts.purpose === undefined ? {} : { [`${PREFIX}/purpose`]: facts.purpose }),
        ...(facts.about === undefined ? {} : { [`${PREFIX}/about`]: facts.about }),
        [`${PREFIX}/accepted`]: acceptedAt.toISOString(),
        [`${PREFIX}/expires`]: later(acceptedAt, seconds),
        [`${PREFIX}/latest-end`]: later(acceptedAt, maxSeconds),
      },
    },
    spec: {
      restartPolicy: 'Never',
      activeDeadlineSeconds: maxSeconds,
      terminationGracePeriodSeconds: 20,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      shareProcessNamespace: true,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: SESSION_CONTAINER,
          image,
          args: [
            ...['session', 'hold', '--state', '/session/claude', '--expires', '/etc/session/expires'],
            ...['--idle', `${idleSeconds}s`],
          ],
          workingDir: '/session',
          env: environment(model),
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          resources: {
            requests: { cpu: '250m', memory: '512Mi', 'ephemeral-storage': '256Mi' },
            limits: { cpu: '1', memory: '1Gi', 'ephemeral-storage': '2Gi' },
          },
          volumeMounts: [
            { name: 'session', mountPath: '/session' },
            { name: 'tmp', mountPath: '/tmp' },
            { name: 'facts', mountPath: '/etc/session', readOnly: true },
          ],
        },
      ],
      volumes: [
        { name: 'session', emptyDir: { sizeLimit: '1Gi' } },
        { name: 'tmp', emptyDir: { sizeLimit: '512Mi' } },
        {
          name: 'facts',
          downwardAPI: {
            items: [{ path: 'expires', fieldRef: { fieldPath: `metadata.annotations['${PREFIX}/expires']` } }],
          },
        },
      ],
    },
  };
}

function environment(model: ProcessorSessions['model']): readonly object[] {
  const plain = { HOME: '/session', TMPDIR: '/tmp', CLAUDE_CONFIG_DIR: '/session/claude' };
  const entries = [...Object.entries(plain), ['CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC', '1']];
  const values = entries.map(([name, value]) => ({ name, value }));
  if (model === undefined) return values;
  const secretKeyRef = { name: model.tokenSecret, key: 'token' };
  return [
    ...values,
    { name: 'ANTHROPIC_BASE_URL', value: model.baseUrl },
    { name: 'ANTHROPIC_AUTH_TOKEN', valueFrom: { secretKeyRef } },
  ];
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

function later(at: Date, seconds: number): string {
  return new Date(at.getTime() + seconds * 1000).toISOString();
}

function parseTime(text: string | undefined): Date | undefined {
  const at = new Date(text ?? '');
  return Number.isNaN(at.getTime()) ? undefined : at;
}
