import type { Dirent } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Whether other processes use the mirror at the same time; then only what is old enough to be dead is removed. */
interface Sharing {
  readonly isShared: boolean;
}

/** Twice the longest git operation: whatever lock is older belongs to a dead process. */
const DEAD_LOCK_MS = 2 * 120_000;

/** No command watches a war room for longer than this without touching its view. */
const DEAD_VIEW_MS = 24 * 3_600_000;

/** Removes mirrors that a killed process had begun to build or to remove. */
export async function sweepBeside(folder: string, { isShared }: Sharing): Promise<void> {
  const limit = Date.now() - (isShared ? DEAD_VIEW_MS : 0);
  for (const name of await readdir(dirname(folder)).catch(() => [])) {
    if (!name.startsWith(`${basename(folder)}.`) || !/\.(?:new|old)$/u.test(name)) continue;
    const path = join(dirname(folder), name);
    const seen = await stat(path).catch(() => undefined);
    if (seen !== undefined && seen.mtimeMs <= limit) await rm(path, { recursive: true, force: true });
  }
}

/** Removes what killed processes leave behind in a mirror before it is used: their views would pile up. */
export async function sweepMirror(folder: string, sharing: Sharing): Promise<void> {
  const limit = Date.now() - (sharing.isShared ? DEAD_VIEW_MS : 0);
  const views = join(folder, 'refs', 'view');
  for (const name of await readdir(views).catch(() => [])) {
    const seen = await stat(join(views, name)).catch(() => undefined);
    if (seen !== undefined && seen.mtimeMs <= limit) await rm(join(views, name), { recursive: true, force: true });
  }
  await sweepUnfinished(folder, sharing);
}

/**
 * Removes what a git process was writing when it was killed, or found no room: locks would block every later update, and
 * half-written packs take the room that the next try needs.
 */
export async function sweepUnfinished(folder: string, { isShared }: Sharing): Promise<void> {
  const limit = Date.now() - (isShared ? DEAD_LOCK_MS : 0);
  const dead = /\.lock$|^tmp_|^\.tmp-|^incoming-|^gc\.pid$|^tip-.*\.new$/u;
  for (const entry of await entriesBelow(folder)) {
    if (!dead.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    const seen = await stat(path).catch(() => undefined);
    if (seen !== undefined && seen.mtimeMs <= limit) await rm(path, { recursive: true, force: true });
  }
}

/** All entries, or none when one of the folders vanishes while it is read: what is dead then is so at the next start. */
async function entriesBelow(folder: string): Promise<readonly Dirent[]> {
  return await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
}
