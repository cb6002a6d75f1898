import { isWarroomError, type WarroomError } from '../../domain/errors.ts';
import { roomOn, type Room } from '../../lib/volume.ts';
import { damagedMirror, fullDisk, gitFailure } from './git-failure.ts';

export interface FailedGit {
  readonly gitDir: string;
  readonly address: string;
  readonly stderr: string;
  /** It touched nothing but the mirror: what nobody knows means that the mirror is damaged. */
  readonly isLocal?: boolean | undefined;
  readonly measure?: (folder: string) => Promise<Pick<Room, 'bytes' | 'inodes'>>;
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
