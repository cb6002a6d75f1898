import { spawn } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubernetesClient } from '../../src/kubernetes/client.ts';
import { SECRETS } from '../../src/kubernetes/resource.ts';
import { recordField, recordsField, textField, type JsonRecord } from '../../src/schema/json-fields.ts';
import { CLI_ARGV } from '../support/cli.ts';
import { endOf, killTree } from '../support/process-tree.ts';
import { waitUntil } from '../support/wait-until.ts';
import { containerOf, podStatus, type PlayedPod } from './played-node.ts';

/** What ran in a pod. */
export interface AgentOfPod {
  readonly requestId: string;
  readonly pid: number;
  readonly env: Readonly<Record<string, string>>;
  /** Where the folders of the pod lie. */
  readonly folder: string;
  /** Of the process; undefined while it runs. */
  exit: number | undefined;
}

export interface AgentImage {
  /** Environment that the image brings. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Does with a pod what a kubelet does, as far as its agent sees it: mounts its volumes, starts the command line of this
 * build with the arguments and the environment of the pod and with nothing else, and tells the API server how it ends. The
 * paths of the pod are folders of this machine.
 */
export async function runAgentPod(
  { pod, requestId, going, setStatus, setLog }: PlayedPod,
  options: {
    readonly client: KubernetesClient;
    readonly folder: string;
    readonly image: AgentImage;
    readonly onStart: (agent: AgentOfPod) => void;
  },
): Promise<void> {
  const folder = join(options.folder, pod.metadata.name);
  const container = containerOf(pod);
  const mounts = await mountVolumes(recordField(pod, 'spec'), { ...options, container, folder });
  const here = (text: string): string => {
    const mount = mounts.find(({ path }) => text === path || text.startsWith(`${path}/`));
    return mount === undefined ? text : mount.folder + text.slice(mount.path.length);
  };
  const given = recordsField(container, 'env').map((each) => {
    return [textField(each, 'name') ?? '', here(textField(each, 'value') ?? '')] as const;
  });
  const env = { ...options.image.env, ...Object.fromEntries(given) };
  const args = (container['args'] as readonly string[]).map(here);
  const [program = '', ...script] = CLI_ARGV;
  const child = spawn(program, [...script, ...args], {
    ...{ cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (log += chunk));
  }
  const ended = endOf(child);
  const agent: AgentOfPod = { requestId, pid: child.pid ?? 0, env, folder, exit: undefined };
  options.onStart(agent);
  const startedAt = new Date().toISOString();
  const terminate = (): void => {
    child.kill('SIGTERM');
  };
  going.addEventListener('abort', terminate);
  try {
    await setStatus(podStatus('Running', { running: { startedAt } }));
    if (going.aborted) terminate();
    const exitCode = await ended;
    agent.exit = exitCode;
    setLog(log);
    const reason = exitCode === 0 ? 'Completed' : 'Error';
    const terminated = { exitCode, reason, startedAt, finishedAt: new Date().toISOString() };
    await setStatus(podStatus(exitCode === 0 ? 'Succeeded' : 'Failed', { terminated }));
  } finally {
    going.removeEventListener('abort', terminate);
    if (child.exitCode === null && child.signalCode === null) await killTree(agent.pid);
    await ended;
  }
}

interface Mount {
  /** In the pod. */
  readonly path: string;
  /** On this machine. */
  readonly folder: string;
}

async function mountVolumes(
  spec: JsonRecord | undefined,
  means: { readonly client: KubernetesClient; readonly container: JsonRecord; readonly folder: string },
): Promise<readonly Mount[]> {
  const folders = new Map<string, string>();
  for (const volume of recordsField(spec, 'volumes')) {
    const name = textField(volume, 'name') ?? '';
    const folder = join(means.folder, name);
    folders.set(name, folder);
    await mkdir(folder, { recursive: true });
    const secret = recordField(volume, 'secret');
    if (secret !== undefined) await mountSecret(textField(secret, 'secretName') ?? '', folder, means.client);
    else if (volume['emptyDir'] === undefined) throw new Error(`nobody plays the volume ${JSON.stringify(volume)}`);
  }
  return recordsField(means.container, 'volumeMounts').map((mount) => ({
    path: textField(mount, 'mountPath') ?? '',
    folder: folders.get(textField(mount, 'name') ?? '') ?? '',
  }));
}

/** As a kubelet, waits for one that is not there yet. */
async function mountSecret(name: string, folder: string, client: KubernetesClient): Promise<void> {
  const secret = await waitUntil(() => client.find(SECRETS, name), { what: `the Secret ${name}` });
  for (const [key, value] of Object.entries(recordField(secret, 'data') ?? {})) {
    await writeFile(join(folder, key), Buffer.from(String(value), 'base64'));
    await chmod(join(folder, key), 0o440);
  }
}
