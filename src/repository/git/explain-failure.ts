import { statfs } from 'node:fs/promises';
import { isWarroomError, type WarroomError } from '../../domain/errors.ts';
import { damagedMirror, fullDisk, gitFailure } from './git-failure.ts';

/** What is left on a volume. */
export interface Room {
  readonly bytes: number;
  /** Undefined where the file system has no fixed number of them. */
  readonly inodes: number | undefined;
}

export interface FailedGit {
  readonly gitDir: string;
  readonly address: string;
  readonly stderr: string;
  /** It touched nothing but the mirror: what nobody knows means that the mirror is damaged. */
  readonly isLocal?: boolean | undefined;
  readonly measure?: (folder: string) => Promise<Room>;
}

/** With less, a file of a few lines may not be written any more: git had less when it tried, and has cleaned up since. */
const LEAST_BYTES = 1024 * 1024;

/**
 * What a failed git process means. Of a small file that it could not write git does not say why, so the volume is asked:
 * to make a mirror anew on a full disk would only lose what is there.
 */
export async function explainFailure(operation: string, failed: FailedGit): Promise<WarroomError> {
  const { address, stderr, gitDir, measure = roomOn } = failed;
  const said = gitFailure(operation, stderr, { address });
  if (said.code === 'disk-full') return said;
  const failure = failed.isLocal === true ? damagedMirror(stderr, address) : said;
  if (!isWarroomError(failure, 'corrupt')) return failure;
  // A folder that cannot be measured is told by whoever writes there.
  const room = await measure(gitDir).catch(() => undefined);
  const isFull = room !== undefined && (room.bytes < LEAST_BYTES || room.inodes === 0);
  return isFull ? fullDisk(failure.why, address) : failure;
}

async function roomOn(folder: string): Promise<Room> {
  const { bavail, bsize, files, ffree } = await statfs(folder);
  return { bytes: bavail * bsize, inodes: files === 0 ? undefined : ffree };
}
