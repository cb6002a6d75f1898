import { readdir, readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';

/**
 * Refs of our own mirror, read as files: packed-refs first, loose ones over it. A git process for this would cost as
 * much as an idle poll itself. The mirror is made by us, so its ref store is known to be the files one.
 */
export async function readLocalRefs(gitDir: string, prefix: string): Promise<Map<string, string>> {
  const refs = new Map<string, string>();
  for (const line of (await readFile(join(gitDir, 'packed-refs'), 'utf8').catch(() => '')).split('\n')) {
    const [oid, name] = line.split(' ');
    if (oid !== undefined && name?.startsWith(prefix) === true) refs.set(name, oid);
  }
  const folder = join(gitDir, prefix);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  await Promise.all(
    entries
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.lock'))
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        const oid = (await readFile(path, 'utf8').catch(() => '')).trim();
        if (/^[0-9a-f]{40,64}$/u.test(oid)) refs.set(relative(gitDir, path), oid);
      }),
  );
  return refs;
}

/** Value of one ref. */
export async function readLocalRef(gitDir: string, ref: string): Promise<string | undefined> {
  const loose = (await readFile(join(gitDir, ref), 'utf8').catch(() => '')).trim();
  if (loose !== '') return loose;
  const packed = await readFile(join(gitDir, 'packed-refs'), 'utf8').catch(() => '');
  return packed
    .split('\n')
    .find((line) => line.endsWith(` ${ref}`))
    ?.split(' ')[0];
}

/** Forgets loose refs that only this process used; packed leftovers are harmless. */
export async function forgetLocalRefs(gitDir: string, prefix: string): Promise<void> {
  await rm(join(gitDir, prefix), { recursive: true, force: true });
}

/** Number of pack files in the mirror. */
export async function readLocalPackCount(gitDir: string): Promise<number> {
  const names = await readdir(join(gitDir, 'objects', 'pack')).catch(() => []);
  return names.filter((name) => name.endsWith('.pack')).length;
}
