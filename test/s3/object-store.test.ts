import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isWarroomError } from '../../src/domain/errors.ts';
import { openObjectStore, type ObjectStoreOptions } from '../../src/publisher/s3/object-store.ts';
import { printSkipReason } from '../support/skip-reason.ts';
import { createTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { BUCKET, CREDENTIAL, startStore, type RunningStore } from './start-store.ts';
import { isExecutable, storeProgram } from './store-program.ts';

const program = await storeProgram(process.env);
const isBuilt = await isExecutable(program);
if (!isBuilt) printSkipReason(`object store: ${program} is not built (npm run test:s3 builds it)`);

describe.skipIf(!isBuilt)('an object store', () => {
  let folder: TempFolder;
  let plain: RunningStore;
  let encrypted: RunningStore;
  const never = new AbortController().signal;

  beforeAll(async () => {
    folder = await createTempFolder('warroom-s3');
    plain = await startStore(program, { folder: join(folder.path, 'plain') });
    encrypted = await startStore(program, { folder: join(folder.path, 'tls'), tls: true });
  });

  afterAll(async () => {
    await plain.stop();
    await encrypted.stop();
    await folder.close();
  });

  async function withStore<T>(
    change: Partial<ObjectStoreOptions>,
    action: (store: ReturnType<typeof openObjectStore>) => Promise<T>,
  ): Promise<T> {
    const store = openObjectStore({
      bucket: BUCKET,
      endpoint: plain.endpoint,
      readCredential: () => Promise.resolve(CREDENTIAL),
      attempts: 1,
      ...change,
    });
    try {
      return await action(store);
    } finally {
      store.close();
    }
  }

  async function failureOf(change: Partial<ObjectStoreOptions>): Promise<string> {
    return await withStore(change, async (store) => {
      try {
        await store.put('a', Buffer.from('text'), never);
        return 'none';
      } catch (error) {
        if (!isWarroomError(error)) throw error;
        expect(`${error.message} ${error.why ?? ''}`).not.toContain(CREDENTIAL.accessKeyId);
        return `${error.code}: ${error.why ?? ''}`;
      }
    });
  }

  it('gives back what was put, small and in several parts', async () => {
    await withStore({}, async (store) => {
      for (const size of [3, 11 * 1024 * 1024]) {
        const bytes = randomBytes(size);
        const key = `hub/results/${size}/evidence/E001.txt`;
        await store.put(key, bytes, never);
        await store.put(key, bytes, never);
        const read = await store.get(key, { maxBytes: size, signal: never });
        expect(Buffer.compare(read, bytes)).toBe(0);
        await expect(store.get(key, { maxBytes: size - 1, signal: never })).rejects.toMatchObject({ code: 'corrupt' });
      }
    });
  });

  it('takes an upload in parts back when it is stopped', async () => {
    await withStore({}, async (store) => {
      const stop = new AbortController();
      const upload = store.put('stopped', randomBytes(30 * 1024 * 1024), stop.signal);
      stop.abort();
      await expect(upload).rejects.toMatchObject({ code: 'timeout' });
      await expect(store.get('stopped', { maxBytes: 1, signal: never })).rejects.toMatchObject({ code: 'not-found' });
    });
  });

  it('says what is wrong with the credential, the bucket, the object and the way there', async () => {
    const refused = { ...CREDENTIAL, secretAccessKey: 'another' };
    expect(await failureOf({ readCredential: () => Promise.resolve(refused) })).toBe(
      'authentication: the store refuses the credential (SignatureDoesNotMatch)',
    );
    expect(await failureOf({ bucket: 'not-there' })).toBe('not-found: the bucket is not there (NoSuchBucket)');
    expect(await failureOf({ endpoint: 'http://127.0.0.1:9' })).toBe('offline: it cannot be reached (ECONNREFUSED)');
    await withStore({}, async (store) => {
      await expect(store.get('gone', { maxBytes: 1, signal: never })).rejects.toMatchObject({
        code: 'not-found',
        why: 'it has no object "gone"',
      });
    });
  });

  it('speaks TLS with the authority that it is given, and with no other', async () => {
    const { endpoint, ca } = encrypted;
    expect(await failureOf({ endpoint, readAuthority: () => Promise.resolve(ca) })).toBe('none');
    expect(await failureOf({ endpoint })).toMatch(/^offline: its certificate is not trusted \(/u);
  });

  it('puts the bucket into the host name only when it is told to', async () => {
    // There is no such name on loopback.
    const { endpoint } = plain;
    expect(await failureOf({ endpoint: endpoint.replace('127.0.0.1', 'store.invalid'), pathStyle: false })).toMatch(
      /^offline: it cannot be reached \(/u,
    );
    expect(await failureOf({ pathStyle: true })).toBe('none');
  });
});
