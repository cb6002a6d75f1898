/**
 * The few calls that the processor makes for objects of its own, in one namespace: Jobs, pods, Leases, ConfigMaps.
 * It is no general client, and never meets the objects of a cluster that is looked at: those are read through the
 * cluster broker.
 *
 *     const client = await openKubernetesClient({ load: () => readKubeconfig(file), namespace: 'claude-warroom' });
 *     const job = await client.create(JOBS, { metadata: { name: 'x' }, spec });      // conflict when it exists
 *     await client.find(PODS, 'x');                                                // undefined when it is not there
 *     await client.replace(LEASES, { ...lease, spec });                            // conflict unless unchanged since read
 *     await client.patch(JOBS, 'x', { metadata: { annotations: { a: '1' } } });     // merge patch
 *     await client.apply(CONFIG_MAPS, object, { fieldManager: 'claude-warroom' });  // server-side apply, forced
 *     await client.remove(JOBS, 'x', { propagation: 'Background', uid });          // false when it was gone
 *     for await (const change of client.watch(PODS, { labelSelector, signal })) …    // see watch.ts
 *
 * A kind is named by {apiVersion, kind, plural, namespaced} (resource.ts). Every call ends with an answer or with a
 * `WarroomError` (api-failure.ts): 401 `authentication`, 403 `not-allowed`, 404 `not-found`, 409 and 410 `conflict`, 400
 * and 422 `invalid-file`, 429, 5xx and no connection `offline`, no answer in time `timeout`. `apiStatusOf(error)` gives
 * what the server said. GET, PUT, PATCH and DELETE are tried again with backoff and `Retry-After`; a POST only when it
 * certainly was not carried out, so its caller must be ready to find the object there.
 */
import { openApiServer } from '../cluster-broker/api-server.ts';
import type { ApiAccess } from '../cluster-broker/kubeconfig.ts';
import { parseRecord, recordField, recordsField, textField } from '../schema/json-fields.ts';
import { isWarroomError } from '../domain/errors.ts';
import type { Backoff } from '../lib/backoff.ts';
import { systemClock, type Clock } from '../lib/clock.ts';
import { exchange, type ApiCall } from './exchange.ts';
import { parseObject, PODS, targetOf, type ApiObject, type ObjectMeta, type ResourceType } from './resource.ts';
import { watchObjects, type WatchChange, type WatchOptions } from './watch.ts';

export interface Selection {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly signal?: AbortSignal | undefined;
}

export interface ObjectList {
  readonly items: readonly ApiObject[];
  readonly resourceVersion: string;
}

/** What is sent to be created: the server adds the rest. */
export type NewObject = Omit<ApiObject, 'metadata'> & { readonly metadata: ObjectMeta };

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface Removal extends CallOptions {
  /** What happens to the objects that it owns; `Background` by default. */
  readonly propagation?: 'Foreground' | 'Background' | 'Orphan';
  /** Only when it is still this very object. */
  readonly uid?: string | undefined;
  readonly graceSeconds?: number;
}

export interface KubernetesClient {
  /** Host and port, for people. */
  readonly address: string;
  readonly namespace: string;
  get(resource: ResourceType, name: string, options?: CallOptions): Promise<ApiObject>;
  find(resource: ResourceType, name: string, options?: CallOptions): Promise<ApiObject | undefined>;
  /** All of a kind, page by page. */
  list(resource: ResourceType, selection?: Selection): Promise<ObjectList>;
  create(resource: ResourceType, object: NewObject, options?: CallOptions): Promise<ApiObject>;
  /** Writes the whole object; with its `resourceVersion` only when nobody wrote it since. */
  replace(resource: ResourceType, object: ApiObject, options?: CallOptions): Promise<ApiObject>;
  /** JSON merge patch (RFC 7386): null removes a field, a list is replaced as a whole. */
  patch(resource: ResourceType, name: string, change: object, options?: CallOptions): Promise<ApiObject>;
  /** Server-side apply: creates the object, or takes over the fields that are named. */
  apply(
    resource: ResourceType,
    object: NewObject,
    options: CallOptions & { readonly fieldManager: string },
  ): Promise<ApiObject>;
  /** Whether it was there. */
  remove(resource: ResourceType, name: string, options?: Removal): Promise<boolean>;
  watch(resource: ResourceType, options: WatchOptions): AsyncGenerator<WatchChange, void>;
  /** The end of what a container wrote. */
  readLog(pod: string, options: LogOptions): Promise<string>;
  /** Whether the credential may do this, by a SelfSubjectAccessReview. */
  isAllowed(right: Right, options?: CallOptions): Promise<boolean>;
  close(): void;
}

export interface LogOptions extends CallOptions {
  readonly container?: string;
  readonly tailLines: number;
  readonly limitBytes: number;
}

export interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
}

export interface KubernetesClientOptions {
  /** Asked again when the server refuses what it gave. */
  readonly load: () => Promise<ApiAccess>;
  readonly namespace: string;
  readonly clock?: Clock;
  readonly random?: () => number;
  /** For one answer; 20 s by default. */
  readonly timeoutMs?: number;
  readonly backoff?: Backoff;
}

const PAGE = '500';
const ACCESS_REVIEWS: ResourceType = {
  apiVersion: 'authorization.k8s.io/v1',
  kind: 'SelfSubjectAccessReview',
  plural: 'selfsubjectaccessreviews',
  namespaced: false,
};

export async function openKubernetesClient(options: KubernetesClientOptions): Promise<KubernetesClient> {
  const { load, namespace, clock = systemClock, random = Math.random, timeoutMs = 20_000 } = options;
  const backoff = options.backoff ?? { firstMs: 500, maxMs: 15_000 };
  const api = await openApiServer({ load });
  const ask = (call: ApiCall): Promise<string> => exchange({ api, clock, random, timeoutMs, backoff }, call);
  const askObject = async (call: ApiCall): Promise<ApiObject> => parseObject(parseRecord(await ask(call)));
  const bodyOf = (resource: ResourceType, object: NewObject): string =>
    JSON.stringify({ ...object, apiVersion: resource.apiVersion, kind: resource.kind });
  const json = { contentType: 'application/json' };

  async function get(resource: ResourceType, name: string, { signal }: CallOptions = {}): Promise<ApiObject> {
    const target = targetOf(resource, { namespace, name });
    return await askObject({ method: 'GET', target, what: `read the ${resource.kind} ${name}`, signal });
  }

  async function list(resource: ResourceType, { signal, ...selection }: Selection = {}): Promise<ObjectList> {
    const items: ApiObject[] = [];
    let next: string | undefined;
    for (;;) {
      const target = targetOf(resource, { namespace, query: { ...selection, limit: PAGE, continue: next } });
      const page = parseRecord(await ask({ method: 'GET', target, what: `list ${resource.plural}`, signal }));
      items.push(...recordsField(page, 'items').map((item) => parseObject(item)));
      const metadata = recordField(page, 'metadata');
      next = textField(metadata, 'continue');
      const resourceVersion = textField(metadata, 'resourceVersion') ?? '';
      if (next === undefined || next === '') return { items, resourceVersion };
    }
  }

  return {
    address: api.address,
    namespace,
    get,
    list,
    find: (resource, name, given) => orAbsent(get(resource, name, given)),
    create: (resource, object, { signal } = {}) =>
      askObject({
        ...{ method: 'POST', target: targetOf(resource, { namespace }), body: bodyOf(resource, object), signal },
        ...{ what: `create the ${resource.kind} ${object.metadata.name}`, ...json },
      }),
    replace: (resource, object, { signal } = {}) => {
      const { name } = object.metadata;
      const target = targetOf(resource, { namespace, name });
      const what = `write the ${resource.kind} ${name}`;
      return askObject({ method: 'PUT', target, body: bodyOf(resource, object), what, signal, ...json });
    },
    patch: (resource, name, change, { signal } = {}) =>
      askObject({
        ...{ method: 'PATCH', target: targetOf(resource, { namespace, name }), body: JSON.stringify(change), signal },
        ...{ what: `change the ${resource.kind} ${name}`, contentType: 'application/merge-patch+json' },
      }),
    apply: (resource, object, { signal, fieldManager }) => {
      const { name } = object.metadata;
      return askObject({
        ...{ method: 'PATCH', body: bodyOf(resource, object), what: `apply the ${resource.kind} ${name}`, signal },
        ...{ target: targetOf(resource, { namespace, name, query: { fieldManager, force: 'true' } }) },
        // JSON is YAML.
        contentType: 'application/apply-patch+yaml',
      });
    },
    remove: async (resource, name, { signal, uid, graceSeconds, propagation = 'Background' } = {}) => {
      const body = JSON.stringify({
        ...{ kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: propagation },
        ...(uid === undefined ? {} : { preconditions: { uid } }),
        ...(graceSeconds === undefined ? {} : { gracePeriodSeconds: graceSeconds }),
      });
      const what = `remove the ${resource.kind} ${name}`;
      const target = targetOf(resource, { namespace, name });
      return (await orAbsent(ask({ method: 'DELETE', target, body, what, signal, ...json }))) !== undefined;
    },
    watch: (resource, given) =>
      watchObjects(
        { api, clock, random, backoff, list: (selection) => list(resource, selection) },
        {
          ...{ resource, namespace, ...given },
        },
      ),
    readLog: async (pod, { signal, container, tailLines, limitBytes }) => {
      const query = { container, tailLines: String(tailLines), limitBytes: String(limitBytes) };
      const target = targetOf(PODS, { namespace, name: pod, subresource: 'log', query });
      // The logs come as plain text, and an error about them as JSON.
      const accept = 'text/plain, application/json';
      return await ask({ method: 'GET', target, accept, what: `read the log of the pod ${pod}`, signal });
    },
    isAllowed: async ({ verb, group, resource, subresource }, { signal } = {}) => {
      const resourceAttributes = { namespace, verb, group, resource, subresource };
      const { apiVersion, kind } = ACCESS_REVIEWS;
      const answer = await ask({
        ...{ method: 'POST', target: targetOf(ACCESS_REVIEWS, { namespace }), signal, ...json },
        body: JSON.stringify({ apiVersion, kind, spec: { resourceAttributes } }),
        what: 'ask what the service account of the processor may do',
      });
      return recordField(parseRecord(answer), 'status')?.['allowed'] === true;
    },
    close() {
      api.close();
    },
  };
}

/** The answer, or undefined when there is no such object. */
async function orAbsent<Value>(answer: Promise<Value>): Promise<Value | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isWarroomError(error, 'not-found')) return undefined;
    throw error;
  }
}
