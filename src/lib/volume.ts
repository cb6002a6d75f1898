import { statfs } from 'node:fs/promises';

/** What is left on a volume, for those who are not root. */
export interface Room {
  readonly bytes: number;
  /** Undefined where the file system has no fixed number of them. */
  readonly inodes: number | undefined;
  /** Size of the whole volume in bytes. */
  readonly ofBytes: number;
}

/** Asks the volume on which a folder lies; rejects when the folder is not there. */
export async function roomOn(folder: string): Promise<Room> {
  const { bavail, blocks, bsize, files, ffree } = await statfs(folder);
  return { bytes: bavail * bsize, inodes: files === 0 ? undefined : ffree, ofBytes: blocks * bsize };
}
