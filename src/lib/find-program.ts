import { access, constants, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Absolute path of a program as a shell would find it; undefined when it is in no folder of `path`. */
export async function findProgram(name: string, path: string | undefined): Promise<string | undefined> {
  for (const folder of (path ?? '').split(delimiter)) {
    if (folder === '') continue;
    const file = join(folder, name);
    try {
      await access(file, constants.X_OK);
      if ((await stat(file)).isFile()) return file;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}
