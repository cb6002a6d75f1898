import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The folders of one run; nothing of them is shared with another run. */
export interface RunFolders {
  readonly home: string;
  readonly config: string;
  readonly temp: string;
  /** Working directory; empty. */
  readonly work: string;
}

/** Another user to run as; needs a processor that runs as root. */
export interface RunUser {
  readonly uid: number;
  readonly gid: number;
}

/** Makes the folders of a run in `folder`, which exists and belongs to the run alone; gives them to `user`. */
export async function prepareRunFolders(folder: string, user?: RunUser): Promise<RunFolders> {
  const folders = {
    home: join(folder, 'home'),
    config: join(folder, 'config'),
    temp: join(folder, 'tmp'),
    work: join(folder, 'work'),
  };
  for (const path of Object.values(folders)) await mkdir(path, { recursive: true, mode: 0o700 });
  if (user === undefined) return folders;
  for (const path of [folder, ...Object.values(folders)]) await chown(path, user.uid, user.gid);
  return folders;
}
