import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WarroomError } from '../../domain/errors.ts';

/** Where everything of one demo lies. */
export interface DemoFolder {
  readonly path: string;
  readonly isKept: boolean;
  /** Removes it, unless it is kept. */
  close(): Promise<void>;
}

/** A new folder of `keep`, or a temporary one that is gone when the process is, however that ends. */
export async function createDemoFolder(keep: string | undefined): Promise<DemoFolder> {
  if (keep !== undefined) {
    await makeEmptyFolder(keep);
    return { path: await realpath(keep), isKept: true, close: () => Promise.resolve() };
  }
  const path = await mkdtemp(join(await realpath(tmpdir()), 'claude-warroom-demo-'));
  const removeNow = (): void => {
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once('exit', removeNow);
  return {
    path,
    isKept: false,
    close: async () => {
      await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
      process.removeListener('exit', removeNow);
    },
  };
}

async function makeEmptyFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    if ((await readdir(folder)).length === 0) return;
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? `the system says ${String(error.code)}` : String(error);
    throw new WarroomError('usage', `cannot keep the demo in ${folder}`, {
      why,
      hint: 'name a folder that does not exist, below one that you may write to',
      cause: error,
    });
  }
  throw new WarroomError('usage', `cannot keep the demo in ${folder}`, {
    why: 'the folder is not empty',
    hint: 'name an empty folder, or one that does not exist',
  });
}
