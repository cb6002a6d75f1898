import type { ApiObject, ClusterApi } from '../cluster-api.ts';

/** Times of a scene, as the API writes them. */
export interface SceneTimes {
  /** So many minutes before the scene was made. */
  readonly ago: (minutes: number) => string;
}

export function sceneTimes(now: Date): SceneTimes {
  // The API writes whole seconds.
  return { ago: (minutes) => new Date(now.getTime() - minutes * 60_000).toISOString().replace(/\.\d{3}Z$/u, 'Z') };
}

/** `clusters/blue` or, for what has no namespace, `hub-1`. */
export function object(
  apiVersion: string,
  kind: string,
  place: string,
  fields: { readonly metadata?: Readonly<Record<string, unknown>>; readonly [field: string]: unknown } = {},
): ApiObject {
  const [name = '', namespace] = place.split('/').reverse();
  const { metadata, ...rest } = fields;
  return {
    apiVersion,
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), ...metadata },
    ...rest,
  };
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
}

/** `Ready=False:Crashed` with what it says and since when. */
export function condition(text: string, lastTransitionTime: string, message = ''): Condition {
  const [, type = '', status = '', reason = 'AsExpected'] = /^(\w+)=(\w+)(?::(\w+))?$/u.exec(text) ?? [];
  return { type, status, reason, message, lastTransitionTime };
}

/** A running container of an image that nobody pulls. */
export function pod(
  place: string,
  options: {
    readonly node?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly containers?: readonly string[];
    readonly spec?: Readonly<Record<string, unknown>>;
    readonly status: Readonly<Record<string, unknown>>;
  },
): ApiObject {
  const { node = 'hub-1', labels, containers = ['main'], spec, status } = options;
  return object('v1', 'Pod', place, {
    ...(labels === undefined ? {} : { metadata: { labels } }),
    spec: {
      nodeName: node,
      containers: containers.map((name) => ({ name, image: `registry.example.com/${name}:1` })),
      ...spec,
    },
    status,
  });
}

/** Status of a container, with what the API wants of each. */
export function container(
  name: string,
  facts: {
    readonly restartCount?: number;
    readonly state: object;
    readonly lastState?: object;
    readonly ready?: boolean;
  },
): object {
  const image = `registry.example.com/${name}:1`;
  return { name, image, imageID: '', ready: false, restartCount: 0, ...facts };
}

/** A warning of now about an object that exists. */
export function warning(
  about: { readonly kind: string; readonly place: string; readonly uid: string },
  facts: { readonly reason: string; readonly message: string; readonly at: string; readonly count?: number },
): ApiObject {
  const [name = '', namespace = 'default'] = about.place.split('/').reverse();
  const { reason, message, at, count = 5 } = facts;
  return object('v1', 'Event', `${namespace}/${name}.${reason.toLowerCase()}`, {
    involvedObject: { kind: about.kind, name, namespace, uid: about.uid },
    type: 'Warning',
    source: { component: 'warroom-test' },
    ...{ reason, message, count, firstTimestamp: at, lastTimestamp: at },
  });
}

/** Uid of an object that was applied. */
export function uidOf(applied: unknown): string {
  const { metadata } = applied as { readonly metadata: { readonly uid: string } };
  return metadata.uid;
}

/**
 * A Deployment with its ReplicaSet and pod, as controllers make them. Each owns the next one and the Deployment is paused,
 * so that controllers, where there are any, find nothing to do.
 */
export async function applyDeployment(
  api: ClusterApi,
  place: string,
  options: {
    readonly container: Readonly<Record<string, unknown>> & { readonly name: string };
    readonly status: Readonly<Record<string, unknown>>;
  },
): Promise<string> {
  const [namespace = '', name = ''] = place.split('/');
  const labels = { app: name };
  const hashed = { ...labels, 'pod-template-hash': '5d8f7c' };
  const spec = { containers: [{ image: `registry.example.com/${name}:1`, ...options.container }] };
  const deployment = await api.apply(
    object('apps/v1', 'Deployment', place, {
      spec: { paused: true, replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    }),
  );
  const replicas = await api.apply(
    object('apps/v1', 'ReplicaSet', `${place}-5d8f7c`, {
      metadata: { labels: hashed, ownerReferences: [owner('Deployment', name, deployment)] },
      spec: { replicas: 1, selector: { matchLabels: hashed }, template: { metadata: { labels: hashed }, spec } },
    }),
  );
  const pod = `${name}-5d8f7c-x2x4k`;
  await api.apply(
    object('v1', 'Pod', `${namespace}/${pod}`, {
      metadata: { labels: hashed, ownerReferences: [owner('ReplicaSet', `${name}-5d8f7c`, replicas)] },
      spec: { nodeName: 'hub-1', ...spec },
      status: options.status,
    }),
  );
  return pod;
}

function owner(kind: string, name: string, applied: unknown): object {
  return { apiVersion: 'apps/v1', kind, name, uid: uidOf(applied), controller: true };
}
