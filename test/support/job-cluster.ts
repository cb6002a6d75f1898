import { WarroomError, type WarroomErrorCode } from '../../src/domain/errors.ts';
import { ApiStatus } from '../../src/kubernetes/api-failure.ts';
import type { KubernetesClient, Selection } from '../../src/kubernetes/client.ts';
import { EVENTS, JOBS, PODS, SECRETS, type ApiObject, type ResourceType } from '../../src/kubernetes/resource.ts';
import type { WatchChange } from '../../src/kubernetes/watch.ts';

/** A namespace in memory, for what a processor does in its own; the test plays Job controller and kubelet. */
export interface JobCluster {
  readonly client: KubernetesClient;
  all(resource: ResourceType): readonly ApiObject[];
  /** Writes an object as a controller would. */
  put(resource: ResourceType, object: ApiObject): void;
  /** Sets the status of the only pod, and makes it when it is not there. */
  pod(status: Readonly<Record<string, unknown>>, metadata?: Readonly<Record<string, unknown>>): void;
  drop(resource: ResourceType, name: string): void;
  refuse: {
    right?: string;
    create?: { readonly status: number; readonly message: string };
    /** A Job is made, and its maker is told this. */
    answer?: WarroomErrorCode;
  };
  /** Called when a Job may begin. */
  onStart: (job: ApiObject, secret: ApiObject) => void;
}

export function createJobCluster(): JobCluster {
  const stores = new Map<string, Map<string, ApiObject>>();
  const listeners = new Set<(resource: ResourceType, change: WatchChange) => void>();
  const storeOf = ({ plural }: ResourceType): Map<string, ApiObject> => {
    const store = stores.get(plural) ?? new Map<string, ApiObject>();
    stores.set(plural, store);
    return store;
  };
  const put = (resource: ResourceType, object: ApiObject): ApiObject => {
    storeOf(resource).set(object.metadata.name, object);
    for (const tell of listeners) tell(resource, { kind: 'changed', object });
    return object;
  };
  const drop = (resource: ResourceType, name: string): boolean => {
    const object = storeOf(resource).get(name);
    if (object === undefined) return false;
    storeOf(resource).delete(name);
    for (const tell of listeners) tell(resource, { kind: 'removed', object });
    return true;
  };
  const matches = ({ labelSelector }: Selection, { metadata }: ApiObject): boolean => {
    const [label = '', value] = (labelSelector ?? '').split('=');
    return labelSelector === undefined || metadata.labels?.[label] === value;
  };
  const need = (resource: ResourceType, name: string): ApiObject => {
    const object = storeOf(resource).get(name);
    if (object === undefined) throw new WarroomError('not-found', `cannot read ${name}`);
    return object;
  };
  let next = 1;

  const client: KubernetesClient = {
    address: 'memory',
    namespace: 'warroom',
    get: async (resource, name) => await Promise.resolve(need(resource, name)),
    find: async (resource, name) => await Promise.resolve(storeOf(resource).get(name)),
    list: async (resource, selection = {}) =>
      await Promise.resolve({
        items: [...storeOf(resource).values()].filter((object) => matches(selection, object)),
        resourceVersion: '1',
      }),
    async create(resource, object) {
      const { create } = cluster.refuse;
      if (create !== undefined && resource === JOBS) {
        throw new WarroomError('not-allowed', `cannot create the Job ${object.metadata.name}`, {
          why: create.message,
          hint: 'give it the right',
          cause: new ApiStatus(create.status, 'Forbidden', create.message),
        });
      }
      const made = put(resource, { ...object, metadata: { ...object.metadata, uid: `uid-${next++}` } });
      if (cluster.refuse.answer !== undefined && resource === JOBS) {
        throw new WarroomError(cluster.refuse.answer, `cannot create the Job ${object.metadata.name}`);
      }
      return await Promise.resolve(made);
    },
    replace: async (resource, object) => await Promise.resolve(put(resource, object)),
    async patch(resource, name, change) {
      const old = need(resource, name);
      const { metadata, spec } = change as { metadata?: { annotations?: Record<string, string> }; spec?: object };
      const changed = put(resource, {
        ...old,
        spec: { ...(old['spec'] as object), ...spec },
        metadata: { ...old.metadata, annotations: { ...old.metadata.annotations, ...metadata?.annotations } },
      });
      if (resource === JOBS && spec !== undefined) cluster.onStart(changed, need(SECRETS, name));
      return await Promise.resolve(changed);
    },
    apply: async (resource, object) => await Promise.resolve(put(resource, object)),
    remove: async (resource, name) => await Promise.resolve(drop(resource, name)),
    async *watch(resource, options) {
      const changes: WatchChange[] = [{ kind: 'listed', items: (await client.list(resource, options)).items }];
      let wake: () => void = () => undefined;
      const listener = (of: ResourceType, change: WatchChange): void => {
        if (of !== resource) return;
        const isMeant = change.kind === 'listed' || matches(options, change.object);
        if (isMeant) changes.push(change);
        wake();
      };
      listeners.add(listener);
      options.signal.addEventListener('abort', () => {
        wake();
      });
      try {
        while (!options.signal.aborted) {
          yield* changes.splice(0);
          await new Promise<void>((resolve) => {
            wake = resolve;
            if (changes.length > 0 || options.signal.aborted) resolve();
          });
        }
      } finally {
        listeners.delete(listener);
      }
    },
    readLog: async () => await Promise.resolve('the last words of the agent\n'),
    isAllowed: async ({ verb, resource }) => await Promise.resolve(`${verb} ${resource}` !== cluster.refuse.right),
    close: () => undefined,
  };
  const cluster: JobCluster = {
    client,
    all: (resource) => [...storeOf(resource).values()],
    put,
    drop,
    pod(status, metadata = {}) {
      const job = cluster.all(JOBS)[0];
      if (job === undefined) throw new Error('there is no Job');
      const { name, labels = {} } = job.metadata;
      put(PODS, { metadata: { name: `${name}-pod`, labels, ...metadata }, status });
    },
    refuse: {},
    onStart: () => undefined,
  };
  return cluster;
}

export { EVENTS, JOBS, PODS, SECRETS };
