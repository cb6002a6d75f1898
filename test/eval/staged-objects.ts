import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Lists of objects by resource, as a folder of a recorded cluster holds them. */
export type ObjectLists = Readonly<Record<string, readonly unknown[]>>;

/** Writes `pods.json` and its like, so that they are read like any other recording. */
export async function stageObjects(folder: string, lists: ObjectLists): Promise<void> {
  for (const [resource, items] of Object.entries(lists)) {
    await writeFile(join(folder, `${resource}.json`), JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  }
}
