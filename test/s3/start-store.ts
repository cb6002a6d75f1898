import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createServerCertificate } from '../../src/cluster-broker/server-certificate.ts';
import { freePort } from '../support/free-port.ts';
import { waitUntil } from '../support/wait-until.ts';

export const CREDENTIAL = { accessKeyId: 'warroom-writer', secretAccessKey: 'a-secret-of-the-test-store' };
export const BUCKET = 'warroom-evidence';

export interface RunningStore {
  readonly endpoint: string;
  /** PEM of the only authority that vouches for it, when it speaks TLS. */
  readonly ca: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** A real store on loopback that keeps its objects in `folder`, and keeps them when it is stopped and started again. */
export async function startStore(
  program: string,
  options: { readonly folder: string; readonly tls?: boolean },
): Promise<RunningStore> {
  const { folder, tls = false } = options;
  const objects = join(folder, 'objects');
  await mkdir(join(objects, BUCKET), { recursive: true });
  await mkdir(join(folder, 'sidecar'), { recursive: true });
  const port = await freePort();
  const { certificate, key } = createServerCertificate(['127.0.0.1'], new Date());
  const files = { cert: join(folder, 'store.crt'), key: join(folder, 'store.key') };
  await writeFile(files.cert, certificate);
  await writeFile(files.key, key, { mode: 0o600 });
  let child: ReturnType<typeof spawn> | undefined;

  async function start(): Promise<void> {
    const args = [
      ...['--port', `127.0.0.1:${port}`, '--access', CREDENTIAL.accessKeyId, '--secret', CREDENTIAL.secretAccessKey],
      ...(tls ? ['--cert', files.cert, '--key', files.key] : []),
      ...['--quiet', 'posix', '--sidecar', join(folder, 'sidecar'), objects],
    ];
    child = spawn(program, args, { cwd: folder, env: { HOME: folder }, stdio: 'ignore' });
    await waitUntil(async () => await accepts(port), { what: 'the object store' });
  }

  await start();
  return {
    endpoint: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    ca: certificate,
    start,
    stop: async () => {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const opened = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => {
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
  socket.destroy();
  return opened;
}
