import { spawn } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../../src/lib/digest.ts';
import { takeLockFile } from '../../../src/lib/lock-file.ts';
import { endOf } from '../../support/process-tree.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

let folder: TempFolder;
let path: string;

beforeEach(async () => {
  folder = await createTempFolder('lock-file');
  path = join(folder.path, 'lock');
});

afterEach(async () => {
  await folder.close();
});

/** Number of a process that has just ended. */
async function deadPid(): Promise<number> {
  const child = spawn('true', { stdio: 'ignore' });
  await endOf(child);
  if (child.pid === undefined) throw new Error('no process');
  return child.pid;
}

describe('lock file', () => {
  it('is held by one at a time and can be taken again after its release', async () => {
    const lock = await takeLockFile(path);
    expect(lock).toBeDefined();
    expect(await takeLockFile(path)).toBeUndefined();
    await lock?.release();
    const next = await takeLockFile(path);
    expect(next).toBeDefined();
    await next?.release();
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('is taken over from a process that is gone', async () => {
    await writeFile(path, `${await deadPid()} 12345\n`);
    const lock = await takeLockFile(path);
    expect(lock).toBeDefined();
    expect(await readFile(path, 'utf8')).toMatch(new RegExp(`^${process.pid} `, 'u'));
    await lock?.release();
  });

  it('is taken over when its number was given to another process since', async () => {
    await writeFile(path, `${process.pid} 1\n`);
    const lock = await takeLockFile(path);
    expect(lock).toBeDefined();
    await lock?.release();
  });

  it.each(['', 'garbage', '-1 5\n', '0 5\n', '99999999999 5\n'])('is taken over when it holds %j', async (content) => {
    await writeFile(path, content);
    const lock = await takeLockFile(path);
    expect(lock).toBeDefined();
    await lock?.release();
  });

  it('goes to one of many that find a dead one at the same moment', async () => {
    const dead = await deadPid();
    for (let round = 0; round < 20; round++) {
      await writeFile(path, `${dead} 12345\n`);
      const locks = await Promise.all(Array.from({ length: 6 }, () => takeLockFile(path)));
      const held = locks.filter((lock) => lock !== undefined);
      expect(held, `round ${round}`).toHaveLength(1);
      await held[0]?.release();
    }
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('is taken over although a process died while it took over', async () => {
    const dead = `${await deadPid()} 12345\n`;
    await writeFile(path, dead);
    await writeFile(`${path}.${sha256(dead).slice(0, 8)}`, dead);
    const lock = await takeLockFile(path);
    expect(lock).toBeDefined();
    await lock?.release();
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('says when its folder is missing', async () => {
    await expect(takeLockFile(join(folder.path, 'missing', 'lock'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
