import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { WarroomError } from '../domain/errors.ts';
import { isRecord } from '../schema/record.ts';
import { readText } from '../schema/read-text.ts';

/** How to reach an API server and with which credential. Texts are PEM. */
export interface ApiAccess {
  /** https, without a slash at its end. */
  readonly server: string;
  readonly ca?: string;
  /** Name in the certificate of the server when it is not that of the address. */
  readonly serverName?: string;
  readonly token?: string;
  /** Read again for every call: projected tokens are replaced while they are in use. */
  readonly tokenFile?: string;
  readonly certificate?: string;
  readonly key?: string;
}

const MAX_BYTES = 1024 * 1024;

type Fields = Readonly<Record<string, unknown>>;

/** Reads a kubeconfig for the broker. Whatever would weaken or run something is refused in words, not ignored. */
export async function readKubeconfig(file: string, context?: string): Promise<ApiAccess> {
  const fail = (why: string, hint: string): WarroomError =>
    new WarroomError('invalid-file', `cannot use the kubeconfig ${file}`, { why, hint });
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new WarroomError('not-found', `cannot read the kubeconfig ${file}`, {
      hint: 'check target.kubeconfigFile and who may read the file',
      cause,
    });
  });
  const reading = readText(text, 'kubeconfig.yaml', { yaml: MAX_BYTES, json: MAX_BYTES });
  // Only the place: the text around it can be a credential.
  if (!reading.ok)
    throw fail(
      `line ${reading.faults[0]?.place.line ?? 1} cannot be read`,
      'write it as plain YAML, without anchors and tags',
    );
  const root = isRecord(reading.value) ? reading.value : {};
  const current = context ?? textOf(root, 'current-context');
  if (current === undefined) throw fail('it has no current-context', 'set one, or name a context in target.context');
  const chosen = named(root, { list: 'contexts', field: 'context', name: current });
  if (chosen === undefined) throw fail(`it has no context ${current}`, 'name one that it has in target.context');
  const cluster = named(root, { list: 'clusters', field: 'cluster', name: textOf(chosen, 'cluster') });
  const user = named(root, { list: 'users', field: 'user', name: textOf(chosen, 'user') });
  if (cluster === undefined || user === undefined) {
    throw fail(`its context ${current} names a cluster or a user that it does not have`, 'correct the context');
  }
  const why = refuseCluster(cluster) ?? refuseUser(user);
  if (why !== undefined) throw fail(why.why, why.hint);
  const folder = dirname(resolve(file));
  const server = textOf(cluster, 'server') ?? '';
  if (!/^https:\/\/[^\s/?#@]+(?:\/[^\s?#@]*)?$/u.test(server)) {
    throw fail('its server is no plain https:// address', 'a credential is sent over TLS only');
  }
  try {
    const ca = await pemOf(cluster, { name: 'certificate-authority', folder });
    const certificate = await pemOf(user, { name: 'client-certificate', folder });
    const key = await pemOf(user, { name: 'client-key', folder });
    const serverName = textOf(cluster, 'tls-server-name');
    const token = textOf(user, 'token');
    const tokenFile = textOf(user, 'tokenFile');
    if (token === undefined && tokenFile === undefined && (certificate === undefined || key === undefined)) {
      throw fail(
        'its user has neither a token nor a client certificate with its key',
        'use the token of a read-only service account',
      );
    }
    return {
      server: server.replace(/\/+$/u, ''),
      ...(ca === undefined ? {} : { ca }),
      ...(serverName === undefined ? {} : { serverName }),
      ...(tokenFile !== undefined ? { tokenFile: resolve(folder, tokenFile) } : token === undefined ? {} : { token }),
      ...(certificate === undefined ? {} : { certificate }),
      ...(key === undefined ? {} : { key }),
    };
  } catch (error) {
    if (error instanceof WarroomError) throw error;
    throw new WarroomError('invalid-file', `cannot use the kubeconfig ${file}`, {
      why: 'a certificate or key that it names cannot be read',
      hint: 'check that the files are there and readable for the processor',
      cause: error,
    });
  }
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Access of a pod by its own service account; undefined outside of a cluster. */
export async function readInClusterAccess(
  env: Readonly<Record<string, string | undefined>>,
  folder: string = SERVICE_ACCOUNT,
): Promise<ApiAccess | undefined> {
  const host = env['KUBERNETES_SERVICE_HOST'];
  const port = env['KUBERNETES_SERVICE_PORT_HTTPS'] ?? env['KUBERNETES_SERVICE_PORT'] ?? '443';
  const ca = await readFile(resolve(folder, 'ca.crt'), 'utf8').catch(() => undefined);
  if (host === undefined || ca === undefined || !/^\d{1,5}$/u.test(port)) return undefined;
  const address = host.includes(':') ? `[${host}]` : host;
  return { server: `https://${address}:${port}`, ca, tokenFile: resolve(folder, 'token') };
}

interface Fault {
  readonly why: string;
  readonly hint: string;
}

function refuseCluster(cluster: Fields): Fault | undefined {
  if (cluster['insecure-skip-tls-verify'] === true) {
    return {
      why: 'it says insecure-skip-tls-verify, and a credential would go to whoever answers',
      hint: 'name the certificate authority of the API server instead (certificate-authority-data)',
    };
  }
  if (cluster['proxy-url'] !== undefined) {
    return {
      why: 'it says proxy-url, which the cluster broker does not know',
      hint: 'give the processor a direct way',
    };
  }
  return undefined;
}

/** Ways to log in that run programs, or act as somebody else. */
const REFUSED_USER_FIELDS = [
  'exec',
  'auth-provider',
  'username',
  'password',
  'as',
  'as-uid',
  'as-groups',
  'as-user-extra',
];

function refuseUser(user: Fields): Fault | undefined {
  const field = REFUSED_USER_FIELDS.find((name) => user[name] !== undefined);
  if (field === undefined) return undefined;
  const hint = 'use the token of a read-only service account (token or tokenFile), or a client certificate';
  if (field.startsWith('as')) return { why: `its user says ${field}: impersonation is a right to be anybody`, hint };
  if (field === 'exec') return { why: 'its user logs in by a program (exec), and the cluster broker runs none', hint };
  return { why: `its user logs in by ${field}, which the cluster broker does not do`, hint };
}

function named(
  root: Fields,
  { list, field, name }: { readonly list: string; readonly field: string; readonly name: string | undefined },
): Fields | undefined {
  const entries: unknown = root[list];
  const entry: unknown = Array.isArray(entries)
    ? entries.find((each) => isRecord(each) && each['name'] === name)
    : undefined;
  const value = isRecord(entry) ? entry[field] : undefined;
  return isRecord(value) ? value : undefined;
}

function textOf(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** What is in the file itself wins, as it does for kubectl. */
async function pemOf(
  fields: Fields,
  { name, folder }: { readonly name: string; readonly folder: string },
): Promise<string | undefined> {
  const inline = textOf(fields, `${name}-data`);
  if (inline !== undefined) return Buffer.from(inline, 'base64').toString('utf8');
  const file = textOf(fields, name);
  return file === undefined ? undefined : await readFile(resolve(folder, file), 'utf8');
}
