import { statusPath } from '../domain/repository-layout.ts';
import { fileDocument } from '../repository/file-content.ts';
import type { Snapshot } from '../repository/port.ts';
import type { Status } from '../schema/generated.ts';

/** The status in a result folder; undefined when there is none that can be read. */
export async function readStatus(snapshot: Snapshot, folder: string): Promise<Status | undefined> {
  const path = statusPath(folder);
  const content = (await snapshot.readPaths([path], { maxBytes: 64 * 1024 })).get(path);
  return fileDocument('Status', content, path);
}
