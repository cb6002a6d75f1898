import { access, constants, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '../../src/lib/digest.ts';

/** Module that pins the version of the store and of everything that it is made of. */
export const MODULE_FOLDER = join(import.meta.dirname, 'object-store');
export const PACKAGE = 'github.com/versity/versitygw/cmd/versitygw';

/** Where the built store lies: in a folder of the user's cache, named after what was pinned when it was built. */
export async function storeProgram(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const cache = env['XDG_CACHE_HOME'] ?? join(env['HOME'] ?? homedir(), '.cache');
  const pinned = await Promise.all(['go.mod', 'go.sum'].map((file) => readFile(join(MODULE_FOLDER, file), 'utf8')));
  return join(cache, 'claude-warroom-test', sha256(pinned.join('\0')).slice(0, 16), 'versitygw');
}

export async function isExecutable(path: string): Promise<boolean> {
  return await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
