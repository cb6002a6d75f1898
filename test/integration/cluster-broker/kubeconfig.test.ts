import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { connect } from 'node:tls';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readInClusterAccess, readKubeconfig } from '../../../src/cluster-broker/kubeconfig.ts';
import { createServerCertificate } from '../../../src/cluster-broker/server-certificate.ts';
import { kubeconfigText } from '../../support/cluster-rig.ts';
import { withTempFolder } from '../../support/temp-folder.ts';

const SERVER = { url: 'https://api.example.com:6443', ca: 'PEM' };

async function read(text: string, context?: string): Promise<unknown> {
  return await withTempFolder(async (folder) => {
    const file = join(folder, 'config');
    await writeFile(file, text);
    const access = await readKubeconfig(file, context);
    return JSON.parse(JSON.stringify(access).replaceAll(folder, '.')) as unknown;
  });
}

describe('a kubeconfig for the broker', () => {
  it.each([
    ['a token', { token: 't' }, { token: 't' }],
    ['a token file, which wins', { token: 't', tokenFile: 'token' }, { tokenFile: './token' }],
    [
      'a client certificate',
      { 'client-certificate-data': btoa('CERT'), 'client-key-data': btoa('KEY') },
      { certificate: 'CERT', key: 'KEY' },
    ],
  ])('gives %s', async (_name, user, expected) => {
    expect(await read(kubeconfigText(SERVER, user))).toEqual({ server: SERVER.url, ca: 'PEM', ...expected });
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>, string]>([
    [
      'exec',
      { exec: { command: 'aws' } },
      {},
      'its user logs in by a program (exec), and the cluster broker runs none',
    ],
    ['auth-provider', { 'auth-provider': { name: 'oidc' } }, {}, 'its user logs in by auth-provider'],
    ['a password', { username: 'a', password: 'b' }, {}, 'its user logs in by username'],
    ['impersonation', { token: 't', as: 'admin' }, {}, 'its user says as: impersonation is a right to be anybody'],
    ['groups', { token: 't', 'as-groups': ['system:masters'] }, {}, 'its user says as-groups'],
    [
      'an unverified server',
      { token: 't' },
      { 'insecure-skip-tls-verify': true },
      'it says insecure-skip-tls-verify, and a credential would go to whoever answers',
    ],
    [
      'a proxy',
      { token: 't' },
      { 'proxy-url': 'http://p' },
      'it says proxy-url, which the cluster broker does not know',
    ],
    ['plain HTTP', { token: 't' }, { server: 'http://api.example.com' }, 'its server is no plain https:// address'],
    [
      'a password in the address',
      { token: 't' },
      { server: 'https://a:b@api.example.com' },
      'its server is no plain https:// address',
    ],
    ['nothing to log in with', {}, {}, 'its user has neither a token nor a client certificate with its key'],
    ['a certificate without key', { 'client-certificate-data': btoa('C') }, {}, 'its user has neither'],
    [
      'a missing file',
      { token: 't' },
      { 'certificate-authority-data': undefined, 'certificate-authority': 'gone.pem' },
      'a certificate or key that it names cannot be read',
    ],
  ])('is refused with %s', async (_name, user, cluster, why) => {
    await expect(read(kubeconfigText(SERVER, user, cluster))).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringContaining('cannot use the kubeconfig') as string,
      why: expect.stringContaining(why) as string,
      hint: expect.any(String) as string,
    });
  });

  it('is refused when it is incomplete, without a word of its content', async () => {
    const complaint = { code: 'invalid-file' };
    await expect(read('a: [')).rejects.toMatchObject({ ...complaint, why: 'line 1 cannot be read' });
    await expect(read('{}')).rejects.toMatchObject({ ...complaint, why: 'it has no current-context' });
    await expect(read(kubeconfigText(SERVER, { token: 't' }), 'dev')).rejects.toMatchObject({
      ...complaint,
      why: 'it has no context dev',
    });
    await expect(
      read('{"current-context":"a","contexts":[{"name":"a","context":{"cluster":"b","user":"c"}}]}'),
    ).rejects.toMatchObject({
      ...complaint,
      why: 'its context a names a cluster or a user that it does not have',
    });
    await expect(readKubeconfig('/nowhere/kubeconfig')).rejects.toMatchObject({
      code: 'not-found',
      message: 'cannot read the kubeconfig /nowhere/kubeconfig',
    });
  });

  it('is not needed in a pod with a service account', async () => {
    await withTempFolder(async (folder) => {
      const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
      expect(await readInClusterAccess(env, folder)).toBeUndefined();
      await writeFile(join(folder, 'ca.crt'), 'PEM');
      expect(await readInClusterAccess({}, folder)).toBeUndefined();
      expect(await readInClusterAccess(env, folder)).toEqual({
        server: 'https://[fd00::1]:443',
        ca: 'PEM',
        tokenFile: join(folder, 'token'),
      });
    });
  });
});

describe('the certificate of the broker', () => {
  it('names addresses and hosts, is valid now, and fits its key', () => {
    const now = new Date('2026-11-20T14:30:00Z');
    const { certificate, key } = createServerCertificate(['127.0.0.1', '::1', 'fd00::1:2', 'broker.warroom.svc'], now);
    const parsed = new X509Certificate(certificate);
    expect(parsed.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(parsed.checkIP('fd00::1:2')).toBe('fd00::1:2');
    expect(parsed.checkIP('::1')).toBe('::1');
    expect(parsed.checkIP('127.0.0.2')).toBeUndefined();
    expect(parsed.checkHost('broker.warroom.svc')).toBe('broker.warroom.svc');
    expect(new Date(parsed.validFrom).getTime()).toBe(now.getTime() - 3_600_000);
    expect(new Date(parsed.validTo).getUTCFullYear()).toBe(2031);
    expect(parsed.verify(parsed.publicKey)).toBe(true);
    expect(parsed.serialNumber).not.toBe(
      new X509Certificate(createServerCertificate(['::1'], now).certificate).serialNumber,
    );
    expect(key).toContain('BEGIN PRIVATE KEY');
    expect(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.equals(parsed.publicKey)).toBe(false);
  });

  it('is trusted by TLS when it is the authority, and not otherwise; after 2049 too', async () => {
    const { certificate, key } = createServerCertificate(['127.0.0.1'], new Date());
    expect(
      new Date(
        new X509Certificate(createServerCertificate(['::1'], new Date('2048-01-01')).certificate).validTo,
      ).getUTCFullYear(),
    ).toBe(2052);
    const server = createServer({ cert: certificate, key });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = address === null || typeof address === 'string' ? 0 : address.port;
    try {
      const socket = connect({ host: '127.0.0.1', port, ca: certificate });
      await once(socket, 'secureConnect');
      expect(socket.authorized).toBe(true);
      socket.destroy();
      const other = connect({ host: '127.0.0.1', port });
      await expect(once(other, 'secureConnect')).rejects.toThrow();
    } finally {
      server.close();
    }
  });
});
