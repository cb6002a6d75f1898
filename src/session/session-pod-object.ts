import { sessionPodName } from '../domain/session-layout.ts';
import type { RequestId } from '../domain/request-id.ts';
import type { NewObject } from '../kubernetes/client.ts';
import { APP, PREFIX, SESSION_CONTAINER, spentAnnotation, type SessionPod } from './session-pod.ts';

const MODEL_FOLDER = '/etc/session-model';
const AUTHORITY = 'ca.crt';

/** A person waits for the model most of the time; quotas are made from it (src/install). */
export const SESSION_RESOURCES = {
  requests: { cpu: '250m', memory: '512Mi', 'ephemeral-storage': '256Mi' },
  limits: { cpu: '1', memory: '1Gi', 'ephemeral-storage': '2Gi' },
} as const;

/** How a pod reaches a model. */
export type PodModel =
  | { readonly kind: 'gateway'; readonly baseUrl: string; readonly tokenSecret: string }
  | {
      readonly kind: 'broker';
      /** IP address, or a name that its pod knows by `ip`. */
      readonly address: string;
      readonly ip: string;
      readonly port: number;
      readonly maxUsd: number;
    };

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
  readonly model: PodModel | undefined;
  /** What its requester should know from the start. */
  readonly notes: readonly string[];
}

/**
 * The pod of a session, confined like whatever else runs a model: no token of the API, no root, a
 * root file system that nobody writes, no capabilities. `activeDeadlineSeconds` is the longest life that the policy allows:
 * Kubernetes itself ends the pod then, whether or not a processor is there; the pod's own program ends it earlier, at the
 * time of its annotation, which the kubelet carries into the file `expires`.
 */
export function buildSessionPod(facts: PodFacts): NewObject {
  const { id, cluster, acceptedAt, seconds, maxSeconds, image, model, notes, idleSeconds } = facts;
  const isByBroker = model?.kind === 'broker';
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
        ...(isByBroker ? { [`${PREFIX}/model-usd`]: String(model.maxUsd), ...spentAnnotation(0) } : {}),
        ...(notes.length === 0 ? {} : { [`${PREFIX}/notes`]: notes.join('\n') }),
      },
    },
    spec: {
      restartPolicy: 'Never',
      activeDeadlineSeconds: maxSeconds,
      terminationGracePeriodSeconds: 20,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      shareProcessNamespace: true,
      // Only a gateway may have to be looked up.
      ...(model?.kind === 'gateway' ? {} : { dnsPolicy: 'None', dnsConfig: { nameservers: ['127.0.0.1'] } }),
      ...(isByBroker && model.ip !== model.address
        ? { hostAliases: [{ ip: model.ip, hostnames: [model.address] }] }
        : {}),
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
          env: environment(id, model),
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          resources: SESSION_RESOURCES,
          volumeMounts: [
            { name: 'session', mountPath: '/session' },
            { name: 'tmp', mountPath: '/tmp' },
            { name: 'facts', mountPath: '/etc/session', readOnly: true },
            ...(isByBroker ? [{ name: 'model', mountPath: MODEL_FOLDER, readOnly: true }] : []),
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
        // Made after the pod, which waits for it: so it names the pod as its owner, and goes with it.
        ...(isByBroker ? [{ name: 'model', secret: modelVolume(id) }] : []),
      ],
    },
  };
}

function modelVolume(id: RequestId): object {
  return { secretName: sessionPodName(id), defaultMode: 0o440, items: [{ key: AUTHORITY, path: AUTHORITY }] };
}

function environment(id: RequestId, model: PodModel | undefined): readonly object[] {
  const plain = { HOME: '/session', TMPDIR: '/tmp', CLAUDE_CONFIG_DIR: '/session/claude' };
  const entries = [...Object.entries(plain), ['CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC', '1']];
  const values = entries.map(([name, value]) => ({ name, value }));
  if (model === undefined) return values;
  const isByBroker = model.kind === 'broker';
  const host = isByBroker && model.address.includes(':') ? `[${model.address}]` : isByBroker ? model.address : '';
  const secretKeyRef = { name: isByBroker ? sessionPodName(id) : model.tokenSecret, key: 'token' };
  return [
    ...values,
    { name: 'ANTHROPIC_BASE_URL', value: isByBroker ? `https://${host}:${model.port}` : model.baseUrl },
    { name: 'ANTHROPIC_AUTH_TOKEN', valueFrom: { secretKeyRef } },
    ...(isByBroker ? [{ name: 'NODE_EXTRA_CA_CERTS', value: `${MODEL_FOLDER}/${AUTHORITY}` }] : []),
  ];
}

/**
 * By what a session proves itself to the broker, and knows it. A Secret, because whoever may look at pods may not look at
 * Secrets; the processor needs no right to read it.
 */
export function buildSessionSecret(
  pod: Pick<SessionPod, 'id' | 'name' | 'uid'>,
  { token, certificate }: { readonly token: string; readonly certificate: string },
): NewObject {
  return {
    metadata: {
      name: pod.name,
      labels: { 'app.kubernetes.io/name': APP, [`${PREFIX}/session`]: pod.id },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: pod.name, uid: pod.uid }],
    },
    type: 'Opaque',
    immutable: true,
    stringData: { token, [AUTHORITY]: certificate },
  };
}

function later(at: Date, seconds: number): string {
  return new Date(at.getTime() + seconds * 1000).toISOString();
}
