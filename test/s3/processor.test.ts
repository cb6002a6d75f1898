import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { externalFiles, fetchExternalFile } from '../../src/client/external-evidence.ts';
import { readResultFiles } from '../../src/client/read-report.ts';
import { verifyResult } from '../../src/client/verify-result.ts';
import type { PublisherSettings } from '../../src/config/processor-settings.ts';
import { resultFolder } from '../../src/domain/repository-layout.ts';
import type { RequestId } from '../../src/domain/request-id.ts';
import { sha256 } from '../../src/lib/digest.ts';
import { openObjectStore, type ObjectStore } from '../../src/publisher/s3/object-store.ts';
import { runInProcess, type InProcessResult } from '../support/cli-context.ts';
import { createScene, quickRequest, type ProcessorScene } from '../support/processor-scene.ts';
import { printSkipReason } from '../support/skip-reason.ts';
import { writePlaybook } from '../support/site-playbook.ts';
import { waitUntil } from '../support/wait-until.ts';
import { BUCKET, CREDENTIAL, startStore, type RunningStore } from './start-store.ts';
import { isExecutable, storeProgram } from './store-program.ts';

const program = await storeProgram(process.env);
const isBuilt = await isExecutable(program);
if (!isBuilt) printSkipReason(`processor with an object store: ${program} is not built (npm run test:s3 builds it)`);

describe.skipIf(!isBuilt)('a processor with an object store', () => {
  let scene: ProcessorScene;
  let store: RunningStore;
  let publishers: readonly PublisherSettings[];
  const { signal } = new AbortController();

  beforeEach(async () => {
    scene = await createScene();
    store = await startStore(program, { folder: join(scene.folder, 'store') });
    const files = { id: join(scene.folder, 'key-id'), secret: join(scene.folder, 'key-secret') };
    await writeFile(files.id, `${CREDENTIAL.accessKeyId}\n`);
    await writeFile(files.secret, `${CREDENTIAL.secretAccessKey}\n`);
    await writePlaybook(scene.folder, 'large', ['seq', '1', '20000']);
    const s3 = {
      ...{ bucket: BUCKET, endpoint: store.endpoint, prefix: 'hub/', aboveKiB: 64 },
      ...{ accessKeyIdFile: files.id, secretAccessKeyFile: files.secret },
    };
    publishers = [{ kind: 's3', s3 }];
  });

  afterEach(async () => {
    await scene.close();
    await store.stop();
  });

  function reader(): ObjectStore {
    const readCredential = (): Promise<typeof CREDENTIAL> => Promise.resolve(CREDENTIAL);
    return openObjectStore({ bucket: BUCKET, endpoint: store.endpoint, readCredential, attempts: 1 });
  }

  async function ask(): Promise<RequestId> {
    return await scene.send(quickRequest({}, { strategy: 'large' }));
  }

  async function filesOf(id: RequestId): Promise<ReadonlyMap<string, Uint8Array>> {
    return await readResultFiles(await scene.client.refresh({ refPrefixes: [] }), { id: id });
  }

  it('names large evidence in a signed manifest when the store has it', async () => {
    const id = await ask();
    await scene.start({ publishers }, { once: true }).done;
    const files = await filesOf(id);
    const [file] = externalFiles(files);
    if (file === undefined) throw new Error('nothing is external');
    expect(file.key.startsWith(`hub/${resultFolder(id)}/evidence/E001-only.txt.`)).toBe(true);
    expect([...files.keys()].some((path) => path.startsWith('evidence/'))).toBe(false);
    const text = await fetchExternalFile(file, { signal, openStore: () => Promise.resolve(reader()) });
    expect(Buffer.from(text).toString('utf8')).toContain('\n19999\n20000');
    expect(Buffer.from(files.get('README.md') ?? []).toString('utf8')).toContain(
      'Large evidence is in the object store',
    );
    const keys = { all: [], ofCluster: () => [], pin: () => Promise.resolve(), replace: () => Promise.resolve() };
    const snapshot = await scene.client.refresh({ refPrefixes: [] });
    const options = { ...{ id, cluster: 'this-host', folder: resultFolder(id), keys, mode: 'pin' as const }, signal };
    const verdict = await verifyResult(snapshot, { ...options, now: new Date(), path: process.env['PATH'] });
    expect(verdict.kind).toBe('verified');
  });

  it('gives it to a reader with a key of their own, and tells who reads changed bytes', async () => {
    const id = await ask();
    await scene.start({ publishers }, { once: true }).done;
    const [file] = externalFiles(await filesOf(id));
    if (file === undefined) throw new Error('nothing is external');
    const home = join(scene.folder, 'reader');
    await mkdir(join(home, '.config', 'claude-warroom'), { recursive: true });
    const stores = `objectStores: [{clusters: [this-host], bucket: ${BUCKET}, endpoint: "${store.endpoint}"}]\n`;
    const head = 'apiVersion: warroom.intility.io/v1\nkind: ClientConfig\n';
    await writeFile(join(home, '.config', 'claude-warroom', 'config.yaml'), head + stores);
    const read = async (): Promise<InProcessResult> =>
      await runInProcess(['get-results', id, '--evidence', 'E001', '--no-pager'], {
        ...{ warRoom: scene.client, cwd: home, now: new Date() },
        env: {
          ...{ HOME: home, XDG_CONFIG_HOME: join(home, '.config'), PATH: process.env['PATH'] ?? '' },
          ...{ AWS_ACCESS_KEY_ID: CREDENTIAL.accessKeyId, AWS_SECRET_ACCESS_KEY: CREDENTIAL.secretAccessKey },
        },
      });
    expect(await read()).toMatchObject({ exit: 0, stdout: expect.stringContaining('\n19999\n20000\n') as unknown });
    await writeFile(join(scene.folder, 'store', 'objects', BUCKET, file.key), 'x'.repeat(file.bytes));
    expect(await read()).toMatchObject({
      exit: 1,
      stdout: '',
      stderr: expect.stringContaining('its digest is not the one of the manifest') as unknown,
    });
  });

  it('keeps evidence in Git while the store is down, and sends it after a restart when it is back', async () => {
    await store.stop();
    const id = await ask();
    const first = scene.start({ publishers }, { once: true });
    await first.done;
    expect(first.events.filter(({ type }) => type === 'publisher-failed')).toEqual([
      expect.objectContaining({ publisher: 's3', code: 'offline' }),
    ]);
    const files = await filesOf(id);
    expect(externalFiles(files)).toEqual([]);
    const text = Buffer.from(files.get('evidence/E001-only.txt') ?? []);
    expect(text.toString('utf8')).toContain('\n20000');
    await store.start();
    await scene.start({ publishers }, { once: true }).done;
    const key = `hub/${resultFolder(id)}/evidence/E001-only.txt.${sha256(text).slice(0, 16)}`;
    const opened = reader();
    try {
      const copy = await waitUntil(
        async () => await opened.get(key, { maxBytes: text.length, signal }).catch(() => undefined),
        { what: 'the copy in the store' },
      );
      expect(Buffer.compare(copy, text)).toBe(0);
    } finally {
      opened.close();
    }
  });

  it('publishes to Git when the credential is wrong or the bucket is missing, and says so', async () => {
    const [first] = publishers;
    if (first?.kind !== 's3') throw new Error('no store');
    const id = await ask();
    const processor = scene.start(
      { publishers: [{ kind: 's3', s3: { ...first.s3, bucket: 'not-there' } }] },
      { once: true },
    );
    await processor.done;
    expect(await scene.readStatus(id)).toMatchObject({ phase: 'succeeded' });
    expect(processor.events).toContainEqual(
      expect.objectContaining({ type: 'publisher-failed', publisher: 's3', code: 'not-found', waiting: 0 }),
    );
  });
});
