import { mkdir, readdir, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../../config/environment.ts';
import { WarroomError } from '../../domain/errors.ts';
import { isLocalPath } from '../../domain/is-local-address.ts';
import { withPorcelain } from './porcelain.ts';

/** The folder that an address names; undefined when it is on another machine or behind a server. */
export function localFolder(address: string): string | undefined {
  if (/^file:\/\//iu.test(address)) return URL.canParse(address) ? fileURLToPath(address) : undefined;
  return isLocalPath(address) ? resolve(address) : undefined;
}

/** Makes a bare repository where nothing is yet. Resolves to whether it did; throws `usage` where something else is. */
export async function createBareRepository(
  folder: string,
  options: { readonly branch: string; readonly env: Environment; readonly signal?: AbortSignal },
): Promise<boolean> {
  const entries = await entriesOf(folder);
  if (entries.includes('HEAD') && entries.includes('objects')) return false;
  if (entries.includes('.git')) {
    throw new WarroomError('usage', `${folder} is a work tree, and git refuses pushes to the branch it shows`, {
      why: 'a war room needs a repository without a work tree',
      hint: `use a new folder: claude-warroom init --repo ${folder}.git`,
    });
  }
  if (entries.length > 0) {
    throw new WarroomError('usage', `${folder} is neither empty nor a repository`, {
      why: `it holds ${entries.slice(0, 3).join(', ')}`,
      hint: 'name an empty folder, or one that does not exist',
    });
  }
  await makeFolder(folder);
  await withPorcelain(folder, { ...options, address: folder, operation: 'make' }, async (git) => {
    await git.init(true, [`--initial-branch=${options.branch}`, '--template=']);
    // Lets the mirrors of processors and people leave out what they do not read.
    await git.addConfig('uploadpack.allowFilter', 'true');
  });
  return true;
}

/** Names in a folder; none when it does not exist. */
export async function entriesOf(folder: string): Promise<readonly string[]> {
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined) return [];
  if (found.isDirectory()) return await readdir(folder);
  throw new WarroomError('usage', `${folder} is not a folder`, { hint: 'name a folder, or one that does not exist' });
}

/** Makes a folder and those above it. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? `the system says ${String(error.code)}` : 'unknown';
    throw new WarroomError('usage', `cannot make the folder ${folder}`, {
      why,
      hint: 'name a folder that you may write to',
      cause: error,
    });
  }
}
