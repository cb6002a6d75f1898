import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrokerAccess } from './start-cluster-broker.ts';

/** Only the processor's own user; what the files hold opens the broker and nothing else. */
const FILE = { mode: 0o600 } as const;
const FOLDER = { recursive: true, mode: 0o700 } as const;

/** Variables by which kubectl finds the broker and nothing of a person, and where it keeps what it learns. */
export async function writeKubectlFiles(
  folder: string,
  access: BrokerAccess,
): Promise<Readonly<Record<string, string>>> {
  const file = join(folder, 'kubeconfig');
  const cache = join(folder, 'cache');
  await mkdir(cache, FOLDER);
  await writeFile(file, formatKubeconfig(access), FILE);
  return { KUBECONFIG: file, KUBECACHEDIR: cache, HOME: folder };
}

/** Variables by which the clients of Docker find the broker. */
export async function writeDockerFiles(
  folder: string,
  access: BrokerAccess,
): Promise<Readonly<Record<string, string>>> {
  const config = join(folder, 'docker');
  await mkdir(config, FOLDER);
  const headers = { HttpHeaders: { Authorization: `Bearer ${access.token}` } };
  await writeFile(join(config, 'config.json'), `${JSON.stringify(headers)}\n`, FILE);
  await writeFile(join(config, 'ca.pem'), access.certificate, FILE);
  return {
    DOCKER_HOST: access.url.replace(/^https:/u, 'tcp:'),
    DOCKER_TLS_VERIFY: '1',
    DOCKER_CERT_PATH: config,
    DOCKER_CONFIG: config,
  };
}

/** JSON is YAML too. */
function formatKubeconfig({ url, certificate, token }: BrokerAccess): string {
  const name = 'cluster';
  const authority = Buffer.from(certificate).toString('base64');
  return `${JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': name,
      contexts: [{ name, context: { cluster: name, user: 'warroom' } }],
      clusters: [{ name, cluster: { server: url, 'certificate-authority-data': authority } }],
      users: [{ name: 'warroom', user: { token } }],
    },
    null,
    2,
  )}\n`;
}
