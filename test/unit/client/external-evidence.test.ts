import { describe, expect, it } from 'vitest';
import { externalFiles, fetchExternalFile, type ExternalFile } from '../../../src/client/external-evidence.ts';
import { sha256 } from '../../../src/lib/digest.ts';
import { formatJson } from '../../../src/schema/format-document.ts';
import { aManifest } from '../../support/war-room-content.ts';

const TEXT = Buffer.from('wal_fsync p99 1.92\n');
const FILE: ExternalFile = {
  ...{ path: 'evidence/E001-etcd.txt', cluster: 'hub-a', key: 'hub/E001' },
  ...{ sha256: sha256(TEXT), bytes: TEXT.length },
};

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text);
}

describe('what manifests say is in an object store', () => {
  it('is found in the result and in each part of it', () => {
    const manifest = aManifest({ external: 'hub/E001' });
    const files = new Map([
      ['manifest.json', bytesOf(formatJson('Manifest', manifest))],
      ['hub-b/manifest.json', bytesOf(formatJson('Manifest', { ...manifest, cluster: 'hub-b' }))],
      ['hub-c/manifest.json', bytesOf('no manifest')],
      ['README.md', bytesOf('# external')],
    ]);
    expect(externalFiles(files).map(({ path, cluster, key }) => [path, cluster, key])).toEqual([
      ['evidence/E001-etcd.txt', 'production-hub', 'hub/E001'],
      ['hub-b/evidence/E001-etcd.txt', 'hub-b', 'hub/E001'],
    ]);
    expect(externalFiles(new Map([['manifest.json', bytesOf(formatJson('Manifest', aManifest()))]]))).toEqual([]);
  });
});

describe('a file in an object store', () => {
  async function fetched(file: ExternalFile, content: Uint8Array): Promise<{ text: string; asked: unknown[] }> {
    const asked: unknown[] = [];
    const store = {
      get: (key: string, { maxBytes }: { maxBytes: number }) => {
        asked.push(key, maxBytes);
        return Promise.resolve(content);
      },
      close: () => asked.push('closed'),
    };
    const { signal } = new AbortController();
    const bytes = await fetchExternalFile(file, { openStore: () => Promise.resolve(store), signal });
    return { text: Buffer.from(bytes).toString('utf8'), asked };
  }

  it('is what the manifest says, and never larger', async () => {
    expect(await fetched(FILE, TEXT)).toEqual({
      text: TEXT.toString('utf8'),
      asked: ['hub/E001', TEXT.length, 'closed'],
    });
  });

  it.each([
    ['other bytes', FILE, 'its digest is not the one of the manifest'],
    ['an absurd size', { ...FILE, bytes: 1e12 }, 'its manifest says 1000000000000 bytes, and 67108864 are the limit'],
  ])('is refused with %s', async (_, file, why) => {
    await expect(fetched(file, Buffer.from('something else\n'))).rejects.toMatchObject({
      code: 'corrupt',
      message: 'evidence/E001-etcd.txt is not what was published',
      why,
    });
  });

  it('is named when there is no store to ask', async () => {
    const options = { openStore: () => Promise.resolve(undefined), signal: new AbortController().signal };
    await expect(fetchExternalFile(FILE, options)).rejects.toMatchObject({
      code: 'not-found',
      message: 'evidence/E001-etcd.txt is in the object store of hub-a, and none is configured here',
      why: 'its key is "hub/E001"',
    });
  });
});
