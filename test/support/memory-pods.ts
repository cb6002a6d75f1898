import { WarroomError } from '../../src/domain/errors.ts';
import { ApiStatus } from '../../src/kubernetes/api-failure.ts';
import type { KubernetesClient, NewObject } from '../../src/kubernetes/client.ts';
import type { ApiObject, ResourceType } from '../../src/kubernetes/resource.ts';
import { isRecord } from '../../src/schema/record.ts';

/** Pods in memory: what a test of sessions needs of an API server. The real one has tests of its own. */
export class MemoryPods implements Pick<KubernetesClient, 'find' | 'list' | 'create' | 'patch' | 'remove' | 'readLog'> {
  readonly address = 'memory';
  readonly namespace = 'claude-warroom-sessions';
  readonly pods = new Map<string, ApiObject>();
  readonly logs = new Map<string, string>();
  readonly secrets = new Map<string, NewObject>();
  /** Thrown by the next calls, whatever they are. */
  readonly failures: WarroomError[] = [];
  #uids = 0;

  get names(): readonly string[] {
    return [...this.pods.keys()];
  }

  /** As the kubelet writes it. */
  setStatus(name: string, status: object): void {
    const pod = this.pods.get(name);
    if (pod !== undefined) this.pods.set(name, { ...pod, status });
  }

  find(_type: unknown, name: string): Promise<ApiObject | undefined> {
    return this.#call(() => this.pods.get(name));
  }

  list(): Promise<{ items: readonly ApiObject[]; resourceVersion: string }> {
    return this.#call(() => ({ items: [...this.pods.values()], resourceVersion: '1' }));
  }

  create(type: ResourceType, object: NewObject): Promise<ApiObject> {
    return this.#call(() => {
      const { name } = object.metadata;
      if (type.kind === 'Secret') {
        if (this.secrets.has(name)) throw new WarroomError('conflict', `the Secret ${name} exists`);
        this.secrets.set(name, object);
        return object;
      }
      if (this.pods.has(name)) throw new WarroomError('conflict', `the pod ${name} exists`);
      const pod = { ...object, metadata: { ...object.metadata, uid: `uid-${++this.#uids}` } };
      this.pods.set(name, pod);
      return pod;
    });
  }

  patch(_type: unknown, name: string, change: object): Promise<ApiObject> {
    return this.#call(() => {
      const pod = this.pods.get(name);
      if (pod === undefined) throw new WarroomError('not-found', `there is no pod ${name}`);
      const patched = merged(pod, change) as ApiObject;
      this.pods.set(name, patched);
      return patched;
    });
  }

  remove(_type: unknown, name: string): Promise<boolean> {
    return this.#call(() => this.pods.delete(name));
  }

  readLog(name: string): Promise<string> {
    return this.#call(() => {
      const log = this.logs.get(name);
      if (log === undefined) throw new WarroomError('not-found', `there is no log of ${name}`);
      return log;
    });
  }

  /** As the processor takes it. */
  client(): KubernetesClient {
    const unused = (): never => {
      throw new Error('sessions do not call this');
    };
    return Object.assign(this, {
      ...{ get: unused, replace: unused, apply: unused, watch: unused, isAllowed: unused },
      close: () => undefined,
    });
  }

  async #call<Value>(action: () => Value): Promise<Value> {
    await Promise.resolve();
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    return action();
  }
}

/** What the API server answers when a quota is used up. */
export function quotaExceeded(): WarroomError {
  const cause = new ApiStatus(403, 'Forbidden', 'pods "x" is forbidden: exceeded quota: sessions');
  return new WarroomError('not-allowed', 'the API server refused to create the Pod', { cause });
}

function merged(before: unknown, change: unknown): unknown {
  if (!isRecord(before) || !isRecord(change)) return change;
  const result: Record<string, unknown> = { ...before };
  for (const [key, value] of Object.entries(change)) result[key] = merged(result[key], value);
  return result;
}
