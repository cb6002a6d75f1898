import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RedactedText } from '../domain/redacted-text.ts';
import { parseRequestId, type RequestId } from '../domain/request-id.ts';
import { syncFolder, writeDurably } from '../lib/durable-file.ts';
import { isRecord } from '../schema/record.ts';
import type { Parcel } from './port.ts';

/** What waits for one publisher, beside the outbox: it outlives the process, and never grows without end. */
export interface PublisherQueue {
  /** Number of results that wait. */
  readonly size: number;
  /** Resolves, when it is on the disk, to the results that had to go for it: the oldest ones, which are in Git. */
  put(id: RequestId, parcels: readonly Parcel[]): Promise<readonly RequestId[]>;
  /** Oldest first. */
  ids(): readonly RequestId[];
  /** Undefined when the file cannot be read as what was written. Throws `redaction` when it may not be published. */
  read(id: RequestId): Promise<readonly Parcel[] | undefined>;
  remove(id: RequestId): Promise<void>;
}

export interface QueueOptions {
  readonly folder: string;
  /** The second pass of the redaction, over what comes back from the disk. */
  readonly verify: (text: string) => Promise<RedactedText>;
  readonly maxEntries: number;
  readonly maxBytes: number;
}

const ENDING = '.json';

export async function openPublisherQueue(options: QueueOptions): Promise<PublisherQueue> {
  const { folder, verify, maxEntries, maxBytes } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  /** Bytes of each entry; ids begin with their time, so their order is that of age. */
  const sizes = new Map<RequestId, number>();
  for (const name of (await readdir(folder)).sort()) {
    const id = name.endsWith(ENDING) ? parseRequestId(name.slice(0, -ENDING.length)) : undefined;
    if (id === undefined) await rm(join(folder, name), { recursive: true, force: true });
    else sizes.set(id, (await stat(join(folder, name))).size);
  }
  const fileOf = (id: RequestId): string => join(folder, `${id}${ENDING}`);
  const ids = (): readonly RequestId[] => [...sizes.keys()].sort();

  async function remove(id: RequestId): Promise<void> {
    await rm(fileOf(id), { force: true });
    sizes.delete(id);
  }

  async function makeRoom(): Promise<readonly RequestId[]> {
    const dropped: RequestId[] = [];
    for (const id of ids()) {
      const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
      if (sizes.size <= maxEntries && bytes <= maxBytes) break;
      await remove(id);
      dropped.push(id);
    }
    return dropped;
  }

  return {
    get size() {
      return sizes.size;
    },
    ids,
    remove,
    put: async (id, parcels) => {
      const text = JSON.stringify(parcels.map(({ name, text: content }) => ({ name, text: content })));
      const temporary = `${fileOf(id)}.new`;
      await writeDurably(temporary, text);
      await rename(temporary, fileOf(id));
      await syncFolder(folder);
      sizes.set(id, Buffer.byteLength(text));
      return await makeRoom();
    },
    read: async (id) => {
      const stored = parseParcels(await readFile(fileOf(id), 'utf8').catch(() => ''));
      if (stored === undefined) return undefined;
      const parcels: Parcel[] = [];
      for (const { name, text } of stored) parcels.push({ name, text: await verify(text) });
      return parcels;
    },
  };
}

function parseParcels(text: string): readonly { readonly name: string; readonly text: string }[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(value)) return undefined;
  const parcels = value.flatMap((item: unknown) => {
    const name = isRecord(item) ? item['name'] : undefined;
    const content = isRecord(item) ? item['text'] : undefined;
    return typeof name === 'string' && typeof content === 'string' ? [{ name, text: content }] : [];
  });
  return parcels.length === value.length ? parcels : undefined;
}
