import { readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RedactedText } from '../domain/redacted-text.ts';
import { syncFolder, writeDurably } from '../lib/durable-file.ts';

/**
 * Folders of the zone for what does not leave it, one per request below each.
 *
 * kept     parts of a result that the disclosure of the cluster keeps back, and withheld results
 * partial  what an investigation had collected when it was stopped
 */
export type KeptFolder = 'kept' | 'partial';

export function keptPath(stateDir: string, kind: KeptFolder, id: string): string {
  return join(stateDir, kind, id);
}

/** Stores files of a request, all or nothing; what lay there before is replaced. */
export async function keepFiles(folder: string, files: ReadonlyMap<string, RedactedText | string>): Promise<void> {
  const temporary = `${folder}.new`;
  await rm(temporary, { recursive: true, force: true });
  for (const [path, text] of files) await writeDurably(join(temporary, path), text);
  await rm(folder, { recursive: true, force: true });
  await rename(temporary, folder);
  await syncFolder(dirname(folder));
}

/** Removes what is older than the processor keeps its own state. */
export async function pruneKept(
  stateDir: string,
  limits: { readonly keepMs: number; readonly now: Date },
): Promise<void> {
  for (const kind of ['kept', 'partial'] as const) {
    const folder = join(stateDir, kind);
    for (const name of await readdir(folder).catch(() => [])) {
      const path = join(folder, name);
      const { mtimeMs } = await stat(path);
      if (limits.now.getTime() - mtimeMs > limits.keepMs) await rm(path, { recursive: true, force: true });
    }
  }
}
