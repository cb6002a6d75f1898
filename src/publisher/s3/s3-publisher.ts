import { sha256 } from '../../lib/digest.ts';
import type { OffloadedFile, Publication, Publisher } from '../port.ts';
import type { ObjectStore } from './object-store.ts';

export interface S3PublisherOptions {
  readonly store: ObjectStore;
  /** Beginning of every key. */
  readonly prefix: string;
  /** Evidence above this size is taken off Git. */
  readonly aboveBytes: number;
  readonly timeoutMs: number;
}

/** Evidence that would make Git large, in a store that speaks S3. */
export function createS3Publisher({ store, prefix, aboveBytes, timeoutMs }: S3PublisherOptions): Publisher {
  const choose = (publication: Publication): readonly OffloadedFile[] =>
    largeEvidence(publication, { prefix, aboveBytes });
  return {
    name: 's3',
    offloading: { timeoutMs, choose },
    // What is still in Git was not delivered in time; the copy in the store comes later.
    pick: (publication) => Promise.resolve(choose(publication).map(({ key, text }) => ({ name: key, text }))),
    deliver: async (parcels, signal) => {
      for (const { name, text } of parcels) await store.put(name, Buffer.from(text), signal);
    },
    close: () => {
      store.close();
    },
  };
}

function largeEvidence(
  { folder, files }: Publication,
  { prefix, aboveBytes }: { readonly prefix: string; readonly aboveBytes: number },
): readonly OffloadedFile[] {
  return [...files].flatMap(([path, text]) =>
    path.startsWith('evidence/') && Buffer.byteLength(text) > aboveBytes
      ? [{ path, key: objectKey(`${prefix}${folder}/${path}`, text), text }]
      : [],
  );
}

/**
 * Where a file of a result lies in the bucket. Its digest is a part of the name: the same bytes come to the same place
 * however often they are sent, and other bytes never take it.
 */
function objectKey(path: string, text: string): string {
  return `${path}.${sha256(text).slice(0, 16)}`;
}
