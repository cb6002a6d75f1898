import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { resultFolder } from '../../../src/domain/repository-layout.ts';
import { formatJson } from '../../../src/schema/format-document.ts';
import { runInProcess, type InProcessResult } from '../../support/cli-context.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import {
  aManifest,
  API_TIMEOUT,
  aReport,
  aRequest,
  aStatus,
  putReport,
  putRequest,
  putStatus,
} from '../../support/war-room-content.ts';

/** What a reader is told of evidence that lies in an object store. The store itself is in test/s3. */

const HEAD = 'apiVersion: warroom.intility.io/v1\nkind: ClientConfig\n';
/** Nobody listens there. */
const NOBODY = 'http://127.0.0.1:9';
const KEYS = { AWS_ACCESS_KEY_ID: 'reader', AWS_SECRET_ACCESS_KEY: 'a-secret-of-nobody' };

let folder: TempFolder;
let warRoom: MemoryWarRoom;

beforeEach(async () => {
  folder = await createTempFolder('external');
  warRoom = new MemoryWarRoom();
  putRequest(warRoom, aRequest());
  putStatus(warRoom, aStatus());
  putReport(warRoom, aReport());
  const result = resultFolder(API_TIMEOUT);
  warRoom.files.delete(`${result}/evidence/E001-etcd.txt`);
  warRoom.put(`${result}/manifest.json`, formatJson('Manifest', aManifest({ external: 'hub/E001' })));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await folder.close();
});

async function configure(stores: string): Promise<void> {
  await mkdir(join(folder.path, '.config', 'claude-warroom'), { recursive: true });
  await writeFile(join(folder.path, '.config', 'claude-warroom', 'config.yaml'), `${HEAD}objectStores: ${stores}\n`);
}

async function run(argv: readonly string[], env: Readonly<Record<string, string>> = KEYS): Promise<InProcessResult> {
  const own = { HOME: folder.path, XDG_CONFIG_HOME: join(folder.path, '.config'), ...env };
  return await runInProcess(['get-results', '@last', ...argv], { warRoom, cwd: folder.path, env: own });
}

describe('get-results --evidence of what is in an object store', () => {
  it('says that no store is configured for this cluster, and what to write where', async () => {
    await configure(`[{clusters: [another-hub], bucket: warroom-evidence, endpoint: "${NOBODY}"}]`);
    const { exit, stdout, stderr } = await run(['--evidence', 'E001']);
    expect([exit, stdout], stderr).toEqual([1, '']);
    expect(stderr).toContain('E001-etcd.txt is in the object store of production-hub, and none is configured here');
    expect(stderr).toContain('add objectStores: [{bucket, endpoint}] to your configuration file');
  });

  it('says that the store cannot be reached', async () => {
    await configure(`[{bucket: warroom-evidence, endpoint: "${NOBODY}"}]`);
    const { exit, stderr } = await run(['--evidence', 'E001']);
    expect(exit).toBe(1);
    expect(stderr).toContain('cannot read from the object store warroom-evidence at 127.0.0.1:9');
    expect(stderr).toContain('cause: it cannot be reached (ECONNREFUSED)');
  });

  it('says that there is no credential, and where one comes from', async () => {
    await configure(`[{bucket: warroom-evidence, endpoint: "${NOBODY}"}]`);
    // The SDK looks in the environment of the process and in the files of the person.
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
    for (const name of ['AWS_SHARED_CREDENTIALS_FILE', 'AWS_CONFIG_FILE']) vi.stubEnv(name, '/nonexistent');
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    const { exit, stderr } = await run(['--evidence', 'E001'], {});
    expect(exit).toBe(4);
    expect(stderr).toContain('cause: there is no credential for it');
    expect(stderr).toContain('set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE');
  });
});

it('get-results --output writes what is there and names what is not', async () => {
  await configure(`[{bucket: warroom-evidence, endpoint: "${NOBODY}"}]`);
  const { exit, stdout, stderr } = await run(['--output', 'incident', '--json']);
  expect(exit).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ missing: ['evidence/E001-etcd.txt'] });
  expect(stderr).toContain('! evidence/E001-etcd.txt is not here: cannot read from the object store');
  expect(await readFile(join(folder.path, 'incident', 'README.md'), 'utf8')).toContain('API server');
});
