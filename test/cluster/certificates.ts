import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runChild } from '../../src/lib/child-process.ts';

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
const DAYS = '2';

/** Files of a control plane, each a path; of every certificate its key too. */
export interface ControlPlaneFiles {
  readonly ca: string;
  readonly server: Certificate;
  readonly admin: Certificate;
  /** Signs the tokens of service accounts. */
  readonly serviceAccountKey: string;
  readonly serviceAccountPublicKey: string;
}

export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** Makes an authority of its own, and with it what the API server and its administrator need. */
export async function createControlPlaneFiles(folder: string): Promise<ControlPlaneFiles> {
  const at = (name: string): string => join(folder, name);
  const [ca, caKey] = [at('ca.crt'), at('ca.key')];
  const [serviceAccountKey, serviceAccountPublicKey] = [at('service-account.key'), at('service-account.pub')];
  await openssl('req', '-x509', ...KEY, '-keyout', caKey, '-out', ca, '-days', DAYS, '-subj', '/CN=warroom-test');
  await openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-out', serviceAccountKey);
  await openssl('pkey', '-in', serviceAccountKey, '-pubout', '-out', serviceAccountPublicKey);

  async function issue(name: string, subject: string, extensions: string): Promise<Certificate> {
    const files = { certificate: at(`${name}.crt`), key: at(`${name}.key`) };
    const [request, extensionFile] = [at(`${name}.csr`), at(`${name}.ext`)];
    await openssl('req', '-new', ...KEY, '-keyout', files.key, '-out', request, '-subj', subject);
    await writeFile(extensionFile, extensions);
    const signer = ['-CA', ca, '-CAkey', caKey, '-CAcreateserial', '-days', DAYS, '-extfile', extensionFile];
    await openssl('x509', '-req', '-in', request, ...signer, '-out', files.certificate);
    return files;
  }

  const names = 'IP:127.0.0.1,DNS:localhost,DNS:kubernetes.default.svc';
  return {
    ca,
    serviceAccountKey,
    serviceAccountPublicKey,
    server: await issue('server', '/CN=kube-apiserver', `subjectAltName=${names}\nextendedKeyUsage=serverAuth\n`),
    // Of this group the API server lets everything pass.
    admin: await issue('admin', '/O=system:masters/CN=warroom-test', 'extendedKeyUsage=clientAuth\n'),
  };
}

/** A certificate request as a kubelet makes it, in PEM. */
export async function createNodeRequest(folder: string, node: string): Promise<string> {
  const [key, out] = [join(folder, `${node}.key`), join(folder, `${node}.csr`)];
  const subject = `/O=system:nodes/CN=system:node:${node}`;
  await openssl('req', '-new', ...KEY, '-keyout', key, '-out', out, '-subj', subject);
  return await readFile(out, 'utf8');
}

async function openssl(...args: string[]): Promise<void> {
  const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' };
  const { end, stderr } = await runChild({ argv: ['openssl', ...args], env, timeoutMs: 30_000, maxBytes: 64 * 1024 });
  if (end.kind === 'exited' && end.exit === 0) return;
  throw new Error(`openssl ${args[0] ?? ''} did not work (${JSON.stringify(end)}): ${stderr.toString('utf8')}`);
}
