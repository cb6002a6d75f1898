import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Writes a file that only this user reads, and returns when it is on the disk. */
export async function writeDurably(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const handle = await open(path, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a new name durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(join(folder, '.'), 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
