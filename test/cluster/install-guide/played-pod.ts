import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readKubeconfig } from '../../../src/cluster-broker/kubeconfig.ts';
import type { ClusterApi } from '../cluster-api.ts';
import { createToken } from '../service-account.ts';

interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath?: string;
}

interface Volume {
  readonly name: string;
  readonly configMap?: { readonly name: string };
  readonly secret?: { readonly secretName: string; readonly optional?: boolean };
}

interface PodSpec {
  readonly serviceAccountName: string;
  readonly containers: readonly {
    readonly args: readonly string[];
    readonly env: readonly { readonly name: string; readonly value?: string }[];
    readonly volumeMounts: readonly VolumeMount[];
  }[];
  readonly volumes: readonly Volume[];
}

/** What a kubelet would start. */
export interface PlayedPod {
  /** Arguments of the program of the image. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Folders and files of this machine, and where the pod sees them. */
  readonly mounts: readonly { readonly from: string; readonly at: string }[];
}

const TOKEN_PATH = '/run/secrets/kubernetes.io/serviceaccount';
/** Also where this project may lie: the pod keeps the folder of the machine. */
const TEMP_PATH = '/tmp';

/**
 * Does for the one container of a pod what a kubelet does before the start: writes its volumes, and the token of its
 * account, into `folder`. No kubelet can run here.
 */
export async function preparePod(
  api: ClusterApi,
  pod: { readonly namespace: string; readonly name: string },
  { folder, kubeconfigFile }: { readonly folder: string; readonly kubeconfigFile: string },
): Promise<PlayedPod> {
  const root = `/api/v1/namespaces/${pod.namespace}`;
  const { spec } = (await api.read(`${root}/pods/${pod.name}`)) as { readonly spec: PodSpec };
  const [container] = spec.containers;
  if (container === undefined) throw new Error(`${pod.name} has no container`);
  const mounts: { from: string; at: string }[] = [];
  for (const { name, mountPath, subPath } of container.volumeMounts) {
    if (mountPath === TEMP_PATH) continue;
    const from = join(folder, name);
    await mkdir(from, { recursive: true });
    const volume = spec.volumes.find((one) => one.name === name);
    for (const [file, content] of await filesOf(api, root, volume)) await writeFile(join(from, file), content);
    mounts.push({ from: subPath === undefined ? from : join(from, subPath), at: mountPath });
  }
  const { server, ca = '' } = await readKubeconfig(kubeconfigFile);
  const account = join(folder, 'service-account');
  await mkdir(account);
  await writeFile(join(account, 'ca.crt'), ca);
  await writeFile(join(account, 'token'), await createToken(api, `${pod.namespace}/${spec.serviceAccountName}`));
  mounts.push({ from: account, at: TOKEN_PATH });
  const { hostname, port } = new URL(server);
  return {
    args: container.args,
    env: {
      ...Object.fromEntries(container.env.map(({ name, value = '' }) => [name, value])),
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port,
    },
    mounts,
  };
}

async function filesOf(
  api: ClusterApi,
  root: string,
  volume: Volume | undefined,
): Promise<readonly (readonly [file: string, content: string | Buffer])[]> {
  if (volume?.configMap !== undefined) {
    const { data } = (await api.read(`${root}/configmaps/${volume.configMap.name}`)) as {
      data: Record<string, string>;
    };
    return Object.entries(data);
  }
  if (volume?.secret === undefined) return [];
  const { status, text } = await api.send('GET', `${root}/secrets/${volume.secret.secretName}`);
  if (status === 404 && volume.secret.optional === true) return [];
  if (status !== 200) throw new Error(`the Secret ${volume.secret.secretName} cannot be mounted: ${text}`);
  const { data } = JSON.parse(text) as { readonly data: Record<string, string> };
  return Object.entries(data).map(([file, content]) => [file, Buffer.from(content, 'base64')]);
}
