import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { printSkipReason } from '../../support/skip-reason.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import type { FilledMirror } from '../support/fill-mirror.ts';

/** git on a volume that is full for real: what it says depends on the page at which there is no more room. */

const run = promisify(execFile);

const canMount = await run('unshare', ['-rm', 'sh', '-c', 'mount -t tmpfs tmpfs /mnt']).then(
  () => true,
  () => false,
);
if (!canMount) printSkipReason('a mirror on a full volume: no file system can be mounted here (unshare -rm)');

const LOADER = new URL('../../support/register-typescript.js', import.meta.url).href;
const SCRIPT = fileURLToPath(new URL('../support/fill-mirror.ts', import.meta.url));
const MOUNT = 'mount -t tmpfs -o size=2m,mode=700 tmpfs "$0" && exec "$@"';

describe.skipIf(!canMount)('the mirror on a full volume', () => {
  let temp: TempFolder;

  beforeEach(async () => {
    temp = await createTempFolder('full-disk');
  });

  afterEach(async () => {
    await temp.close();
  });

  it('says so wherever the room ends, keeps what it has, and goes on with it when there is room', async () => {
    const volume = join(temp.path, 'volume');
    await mkdir(volume);
    const node = [process.execPath, '--import', LOADER, SCRIPT, volume, temp.path];
    const { stdout } = await run('unshare', ['-rm', 'sh', '-c', MOUNT, volume, ...node]);
    const seen = JSON.parse(stdout) as FilledMirror;

    const full = {
      code: 'disk-full',
      message: `the disk that holds the local copy of the war room is full: file://${join(temp.path, 'warroom.git')}`,
      hint: expect.stringContaining('free space, or inodes, on that disk') as string,
    };
    for (const outcomes of [seen.cloning, seen.fetching]) {
      // From the first page of the pack to the lock of the ref, for which git gives no reason.
      expect(outcomes.length).toBeGreaterThan(5);
      expect(outcomes).toEqual([...outcomes.slice(1).map(() => full), 'ok']);
    }
    expect(seen.landing).toEqual(full);
    expect(seen.isSameMirror).toBe(true);
    expect(seen.unfinished).toEqual([]);
  });
});
