import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readKubeconfig } from '../../src/cluster-broker/kubeconfig.ts';
import { openKubernetesClient } from '../../src/kubernetes/client.ts';
import { PODS, type ApiObject } from '../../src/kubernetes/resource.ts';
import { closedEnvironment } from '../support/closed-environment.ts';
import { startCli, type RunningCli } from '../support/cli.ts';
import { waitUntil } from '../support/wait-until.ts';
import type { ClusterApi } from './cluster-api.ts';
import { startKubelet } from './kubelet.ts';
import { kubeconfigFile } from './the-cluster.ts';

/** A pod of a session as it runs on this machine. */
export interface PodProgram {
  readonly running: RunningCli;
  /** What its container has; paths are those of this machine. */
  readonly env: Readonly<Record<string, string>>;
  /** Where a path of the pod is on this machine. */
  readonly at: (path: string) => string;
}

/**
 * What a scheduler and a kubelet are to the pods of sessions: each pod gets its volumes and variables, its program runs as a
 * process of this machine, and the API server and its log are told what becomes of it. There are no containers: paths of
 * a pod are folders of the test, and nothing confines.
 */
export interface SessionNode {
  program(pod: string): PodProgram | undefined;
  close(): Promise<void>;
}

const NAME = 'session-node';

interface PodSpec {
  readonly activeDeadlineSeconds?: number;
  readonly nodeName?: string;
  readonly containers: readonly [
    {
      readonly args: readonly string[];
      readonly env: readonly EnvEntry[];
      readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
    },
  ];
  readonly volumes: readonly {
    readonly name: string;
    readonly downwardAPI?: { readonly items: readonly { path: string; fieldRef: { fieldPath: string } }[] };
    readonly secret?: { readonly secretName: string };
  }[];
}

interface EnvEntry {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

export async function startSessionNode(options: {
  readonly api: ClusterApi;
  readonly namespace: string;
  readonly folder: string;
}): Promise<SessionNode> {
  const { api, namespace, folder } = options;
  const logs: Record<string, string> = {};
  const kubelet = await startKubelet(logs);
  await api.apply({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: NAME },
    status: {
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: kubelet.port } },
    },
  });
  const client = await openKubernetesClient({ load: () => readKubeconfig(kubeconfigFile()), namespace });
  const programs = new Map<string, PodProgram & { readonly startedAt: number; isLate: boolean }>();
  const over = new AbortController();

  /** A pod may be there before its Secret: a kubelet waits for it too. */
  async function secret(name: string): Promise<Readonly<Record<string, string>>> {
    const path = `/api/v1/namespaces/${namespace}/secrets/${name}`;
    const found = await waitUntil(
      async () => {
        const { status, text } = await api.send('GET', path);
        return status === 200 ? (JSON.parse(text) as { readonly data: Readonly<Record<string, string>> }) : undefined;
      },
      { what: `the Secret ${name}` },
    );
    return Object.fromEntries(
      Object.entries(found.data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
    );
  }

  /** Also what changes while the pod runs. */
  async function writeVolumes(pod: ApiObject, at: (path: string) => string): Promise<void> {
    const { containers, volumes } = pod['spec'] as PodSpec;
    for (const { name, mountPath } of containers[0].volumeMounts) {
      await mkdir(at(mountPath), { recursive: true });
      const volume = volumes.find((each) => each.name === name);
      for (const { path, fieldRef } of volume?.downwardAPI?.items ?? []) {
        const annotation = /^metadata\.annotations\['(.+)'\]$/u.exec(fieldRef.fieldPath)?.[1] ?? '';
        await writeFile(at(join(mountPath, path)), pod.metadata.annotations?.[annotation] ?? '');
      }
      const held = volume?.secret === undefined ? {} : await secret(volume.secret.secretName);
      for (const [key, value] of Object.entries(held)) await writeFile(at(join(mountPath, key)), value);
    }
  }

  async function valueOf({ value, valueFrom }: EnvEntry): Promise<string> {
    if (valueFrom === undefined) return value ?? '';
    return (await secret(valueFrom.secretKeyRef.name))[valueFrom.secretKeyRef.key] ?? '';
  }

  async function setStatus(name: string, status: object): Promise<void> {
    await api.send('PATCH', `/api/v1/namespaces/${namespace}/pods/${name}/status`, {
      body: { status },
      contentType: 'application/merge-patch+json',
    });
  }

  function container(state: object): object {
    return { name: 'session', image: 'x', imageID: 'x', ready: true, restartCount: 0, state };
  }

  async function start(pod: ApiObject): Promise<void> {
    const { name } = pod.metadata;
    const spec = pod['spec'] as PodSpec;
    const at = (path: string): string => join(folder, name, path);
    const target = { apiVersion: 'v1', kind: 'Node', name: NAME };
    const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target };
    if (spec.nodeName === undefined) {
      await api.send('POST', `/api/v1/namespaces/${namespace}/pods/${name}/binding`, { body: binding });
    }
    await writeVolumes(pod, at);
    const here = (text: string): string => (text.startsWith('/') ? at(text) : text);
    const { args, env: entries } = spec.containers[0];
    const pairs = await Promise.all(entries.map(async (entry) => [entry.name, here(await valueOf(entry))] as const));
    const env = closedEnvironment(Object.fromEntries(pairs));
    const home = { path: at('/session'), gitConfig: '', env, close: () => Promise.resolve() };
    const running = startCli(args.map(here), { home });
    Object.defineProperty(logs, `${namespace}/${name}/session`, { get: () => running.stdout() });
    const program = { running, env, at, startedAt: performance.now(), isLate: false };
    programs.set(name, program);
    await setStatus(name, { phase: 'Running', containerStatuses: [container({ running: {} })] });
    running.result(600_000).then(
      async ({ exit }) => {
        await tellEnd(name, exit, program.isLate);
      },
      () => undefined,
    );
  }

  async function tellEnd(name: string, exit: number, isLate: boolean): Promise<void> {
    if (over.signal.aborted) return;
    const terminated = { exitCode: exit, finishedAt: new Date().toISOString() };
    await setStatus(name, {
      phase: exit === 0 && !isLate ? 'Succeeded' : 'Failed',
      ...(isLate ? { reason: 'DeadlineExceeded' } : {}),
      containerStatuses: [container({ terminated })],
    });
  }

  async function follow(pod: ApiObject): Promise<void> {
    const { name } = pod.metadata;
    const program = programs.get(name);
    if (pod.metadata['deletionTimestamp'] !== undefined) {
      await program?.running.close();
      programs.delete(name);
      await api.send('DELETE', `/api/v1/namespaces/${namespace}/pods/${name}?gracePeriodSeconds=0`);
      return;
    }
    if (program === undefined) {
      await start(pod);
      return;
    }
    await writeVolumes(pod, program.at);
    const { activeDeadlineSeconds = Infinity } = pod['spec'] as PodSpec;
    if (program.isLate || performance.now() - program.startedAt < activeDeadlineSeconds * 1000) return;
    program.isLate = true;
    program.running.signal('SIGTERM');
  }

  async function watch(): Promise<void> {
    for await (const change of client.watch(PODS, { signal: over.signal })) {
      if (change.kind === 'removed') continue;
      for (const pod of change.kind === 'listed' ? change.items : [change.object]) await follow(pod);
    }
  }

  let failure: unknown;
  const watching = watch().catch((error: unknown) => {
    if (!over.signal.aborted) failure = error;
  });

  return {
    program: (pod) => programs.get(pod),
    async close() {
      over.abort();
      await watching;
      for (const { running } of programs.values()) await running.close();
      for (const path of [`/api/v1/namespaces/${namespace}/pods?gracePeriodSeconds=0`, `/api/v1/nodes/${NAME}`]) {
        await api.send('DELETE', path);
      }
      client.close();
      await kubelet.close();
      if (failure instanceof Error) throw failure;
    },
  };
}
