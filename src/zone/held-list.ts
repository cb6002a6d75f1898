import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseRequestId, type RequestId } from '../domain/request-id.ts';
import { fileDocument } from '../repository/file-content.ts';
import type { Status } from '../schema/generated.ts';

/** A result that waits in the zone, as its administrator sees it. */
export interface HeldResult {
  readonly id: RequestId;
  /** Folder in the war room. */
  readonly folder: string;
  readonly since: Date;
  /** By path inside the result folder, in the order in which they would be published. */
  readonly files: ReadonlyMap<string, string>;
  readonly status: Status | undefined;
}

/** All results that wait for release, oldest first; the processor need not run. */
export async function readHeldResults(stateDir: string): Promise<readonly HeldResult[]> {
  const outbox = join(stateDir, 'outbox');
  const held: HeldResult[] = [];
  for (const name of (await readdir(outbox).catch(() => [])).sort()) {
    const id = parseRequestId(name);
    const result = id === undefined ? undefined : await readHeldResult(join(outbox, name), id);
    if (result !== undefined) held.push(result);
  }
  return held;
}

/** Undefined for what is not held, or was published in this moment. */
async function readHeldResult(folder: string, id: RequestId): Promise<HeldResult | undefined> {
  const metaFile = join(folder, 'meta.json');
  try {
    const meta = JSON.parse(await readFile(metaFile, 'utf8')) as {
      readonly isHeld?: boolean;
      readonly folder: string;
      readonly paths: readonly string[];
    };
    if (meta.isHeld !== true) return undefined;
    const files = new Map<string, string>();
    for (const path of meta.paths) files.set(path, await readFile(join(folder, 'files', path), 'utf8'));
    const bytes = Buffer.from(files.get('status.yaml') ?? '');
    const status = fileDocument('Status', { kind: 'bytes', bytes }, 'status.yaml');
    return { id, folder: meta.folder, since: (await stat(metaFile)).mtime, files, status };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
