import { open, type FileHandle } from 'node:fs/promises';

/** A file that only grows, and of which the one who writes must know that it is on the disk. */
export type AppendFile = Pick<FileHandle, 'appendFile' | 'datasync' | 'truncate' | 'close'>;

export type OpenAppendFile = (path: string) => Promise<AppendFile>;

/** Opens it for its owner alone; makes it when it is not there. */
export async function openAppendFile(path: string): Promise<AppendFile> {
  return await open(path, 'a', 0o600);
}
