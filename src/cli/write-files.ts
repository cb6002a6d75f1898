import { mkdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep, isAbsolute } from 'node:path';
import { WarroomError } from '../domain/errors.ts';

/** Files that a report may consist of; the names come from the war room, where anybody may push. */
const SAFE_SEGMENT = /^(?!\.)[A-Za-z0-9._@+ -]{1,200}$/u;

/**
 * Writes files below `folder` and resolves to their paths. Refuses everything when one name could leave the folder,
 * also through a symlink that lies there. Each file appears at once and complete.
 */
export async function writeFilesInside(
  folder: string,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<readonly string[]> {
  for (const path of files.keys()) {
    if (!path.split('/').every((segment) => SAFE_SEGMENT.test(segment))) throw unsafePath(path);
  }
  await mkdir(folder, { recursive: true });
  const root = await realpath(folder);
  const written: string[] = [];
  for (const [path, bytes] of files) {
    const target = resolve(root, ...path.split('/'));
    await mkdirInside(root, dirname(target), path);
    const temporary = `${target}.part`;
    try {
      await writeFile(temporary, bytes, { flag: 'wx' });
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true });
      throw new WarroomError('usage', `cannot write ${target}`, {
        why: error instanceof Error ? error.message : String(error),
        cause: error,
      });
    }
    written.push(join(folder, path));
  }
  return written;
}

/** Makes the folders from `root` to `folder` one by one, so that no symlink on the way leads out. */
async function mkdirInside(root: string, folder: string, path: string): Promise<void> {
  let current = root;
  for (const segment of relative(root, folder)
    .split(sep)
    .filter((part) => part !== '')) {
    current = join(current, segment);
    await mkdir(current, { recursive: true });
    const way = relative(root, await realpath(current));
    if (way.startsWith('..') || isAbsolute(way)) throw unsafePath(path);
  }
}

function unsafePath(path: string): WarroomError {
  return new WarroomError('not-allowed', `the result has a file that would be written outside the folder`, {
    why: `its path is ${JSON.stringify(path)}`,
    hint: 'nothing was written; look at the result in the browser: claude-warroom open',
  });
}
