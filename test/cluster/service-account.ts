import { writeFile } from 'node:fs/promises';
import { isRecord } from '../../src/schema/record.ts';
import type { ClusterApi } from './cluster-api.ts';

/** A service account, and a token of it that is good for ten minutes. */
export interface ServiceAccount {
  /** `namespace/name`. */
  readonly account: string;
  readonly token: string;
}

export async function createServiceAccount(api: ClusterApi, account: string): Promise<ServiceAccount> {
  const [namespace = '', name = ''] = account.split('/');
  await api.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } });
  return { account, token: await createToken(api, account) };
}

export async function createToken(api: ClusterApi, account: string): Promise<string> {
  const [namespace = '', name = ''] = account.split('/');
  const { text } = await api.send('POST', `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`, {
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 600 } },
  });
  const answer: unknown = JSON.parse(text);
  const status = isRecord(answer) ? answer['status'] : undefined;
  const token = isRecord(status) ? status['token'] : undefined;
  if (typeof token !== 'string') throw new Error(`no token for ${account}: ${text.slice(0, 500)}`);
  return token;
}

/** Binds a ClusterRole to an account: in the whole cluster, or in one namespace. */
export async function bindClusterRole(
  api: ClusterApi,
  account: string,
  { role, namespace }: { readonly role: string; readonly namespace?: string },
): Promise<void> {
  await bind(api, account, {
    role: { kind: 'ClusterRole', name: role },
    ...(namespace === undefined ? {} : { namespace }),
  });
}

export async function bindRole(
  api: ClusterApi,
  account: string,
  { role, namespace }: { readonly role: string; readonly namespace: string },
): Promise<void> {
  await bind(api, account, { role: { kind: 'Role', name: role }, namespace });
}

async function bind(
  api: ClusterApi,
  account: string,
  { role, namespace }: { readonly role: { readonly kind: string; readonly name: string }; readonly namespace?: string },
): Promise<void> {
  const [ownNamespace = '', name = ''] = account.split('/');
  await api.apply({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: { name: `${role.name}-${name}`, ...(namespace === undefined ? {} : { namespace }) },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', ...role },
    subjects: [{ kind: 'ServiceAccount', name, namespace: ownNamespace }],
  });
}

/** A kubeconfig for the processor, with a token in it or the file of one beside it. */
export async function writeKubeconfig(
  file: string,
  cluster: { readonly url: string; readonly ca: string },
  user: { readonly token: string } | { readonly tokenFile: string },
): Promise<void> {
  const authority = Buffer.from(cluster.ca).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'hub',
    contexts: [{ name: 'hub', context: { cluster: 'hub', user: 'reader' } }],
    clusters: [{ name: 'hub', cluster: { server: cluster.url, 'certificate-authority-data': authority } }],
    users: [{ name: 'reader', user }],
  };
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
}
