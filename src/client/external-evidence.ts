import { WarroomError } from '../domain/errors.ts';
import { sha256 } from '../lib/digest.ts';
import type { ManifestFile } from '../schema/generated.ts';
import { parseDocument } from '../schema/parse-document.ts';

/** A file of a result that lies in an object store. */
export interface ExternalFile {
  /** Below the folder of the whole result. */
  readonly path: string;
  readonly cluster: string;
  readonly key: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** Reads from the store of a cluster; undefined when no store is configured for it. */
export type OpenStore = (cluster: string) => Promise<
  | {
      get(key: string, options: { readonly maxBytes: number; readonly signal: AbortSignal }): Promise<Uint8Array>;
      close(): void;
    }
  | undefined
>;

/** More than evidence has; who wrote a manifest may have written any number. */
const MAX_BYTES = 64 * 1024 * 1024;

/** What the manifests among the files of a result say is in an object store. */
export function externalFiles(files: ReadonlyMap<string, Uint8Array>): readonly ExternalFile[] {
  return [...files].flatMap(([path, bytes]) => {
    if (path !== 'manifest.json' && !path.endsWith('/manifest.json')) return [];
    const parsed = parseDocument('Manifest', Buffer.from(bytes).toString('utf8'), { file: path });
    if (!parsed.ok) return [];
    const folder = path.slice(0, -'manifest.json'.length);
    return parsed.value.files.flatMap((file) => externalFile(file, { folder, cluster: parsed.value.cluster }));
  });
}

function externalFile(
  { path, external, sha256: digest, bytes }: ManifestFile,
  { folder, cluster }: { readonly folder: string; readonly cluster: string },
): readonly ExternalFile[] {
  return external === undefined ? [] : [{ path: `${folder}${path}`, cluster, key: external, sha256: digest, bytes }];
}

/** Fetches one file with the reader's own credential and checks it against the manifest. */
export async function fetchExternalFile(
  file: ExternalFile,
  { openStore, signal }: { readonly openStore: OpenStore; readonly signal: AbortSignal },
): Promise<Uint8Array> {
  const { path, cluster, key, bytes } = file;
  if (bytes > MAX_BYTES) throw otherObject(path, `its manifest says ${bytes} bytes, and ${MAX_BYTES} are the limit`);
  const store = await openStore(cluster);
  if (store === undefined) {
    throw new WarroomError('not-found', `${path} is in the object store of ${cluster}, and none is configured here`, {
      why: `its key is ${JSON.stringify(key)}`,
      hint: 'add objectStores: [{bucket, endpoint}] to your configuration file, and a credential from the administrator of the store: docs/publishers.md',
    });
  }
  try {
    const content = await store.get(key, { maxBytes: bytes, signal });
    if (sha256(content) !== file.sha256) throw otherObject(path, 'its digest is not the one of the manifest');
    return content;
  } finally {
    store.close();
  }
}

function otherObject(path: string, why: string): WarroomError {
  return new WarroomError('corrupt', `${path} is not what was published`, {
    why,
    hint: 'somebody changed the object or the manifest; ask the administrator of the store',
  });
}
