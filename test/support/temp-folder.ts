import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TempFolder {
  /** Absolute, without symbolic links. */
  readonly path: string;
  close(): Promise<void>;
}

export async function createTempFolder(prefix = 'warroom-test'): Promise<TempFolder> {
  const path = await mkdtemp(join(await realpath(tmpdir()), `${prefix}-`));
  return {
    path,
    // A git process that was just killed may still create a file while its folder is removed.
    close: () => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }),
  };
}

export async function withTempFolder<T>(action: (path: string) => Promise<T>, prefix?: string): Promise<T> {
  const folder = await createTempFolder(prefix);
  try {
    return await action(folder.path);
  } finally {
    await folder.close();
  }
}
