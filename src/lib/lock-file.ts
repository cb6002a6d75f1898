import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { sha256 } from './digest.ts';

/** Held until it is released, or until its process ends. */
export interface LockFile {
  release(): Promise<void>;
}

/**
 * Takes `path` for this process; undefined when a living process holds it. A lock names its process by pid and start
 * time, so a pid that was given out again does not keep a dead lock alive.
 */
export async function takeLockFile(path: string): Promise<LockFile | undefined> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}`;
  await writeFile(temporary, `${process.pid} ${await startTime(process.pid)}\n`, { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      if ((await linkNew(temporary, path)) || (await replaceDead(temporary, path))) {
        return { release: () => rm(path, { force: true }) };
      }
      if (await isHeld(path)) return undefined;
    }
    return undefined;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Whether a living process of this machine, as far as it can be seen from here, holds the lock. */
export async function isLockHeld(path: string): Promise<boolean> {
  return await isHeld(path);
}

async function linkNew(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    return false;
  }
}

/**
 * Puts `temporary` in the place of a dead lock. Several processes may find it dead at once, and one that comes late must
 * not replace the living lock of another: whoever replaces these very bytes holds a guard that is named after them.
 */
async function replaceDead(temporary: string, path: string): Promise<boolean> {
  const dead = await readText(path);
  if (dead === undefined || (await isAlive(dead))) return false;
  const guard = `${path}.${sha256(dead).slice(0, 8)}`;
  if (!(await linkNew(temporary, guard))) {
    // A process that died with the guard in its hand leaves it to the next try.
    if (!(await isHeld(guard))) await rm(guard, { force: true });
    return false;
  }
  try {
    if ((await readText(path)) !== dead) return false;
    await rename(temporary, path);
    return true;
  } finally {
    await rm(guard, { force: true });
  }
}

async function readText(path: string): Promise<string | undefined> {
  return await readFile(path, 'utf8').catch(() => undefined);
}

async function isHeld(path: string): Promise<boolean> {
  return await isAlive((await readText(path)) ?? '');
}

async function isAlive(content: string): Promise<boolean> {
  const [pid, started] = content.trim().split(' ');
  const number = Number(pid);
  if (!Number.isInteger(number) || number <= 0) return false;
  try {
    process.kill(number, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  return (await startTime(number)) === started;
}

/** Start time in clock ticks since boot (field 22 of /proc/PID/stat); `unknown` where there is no /proc. */
async function startTime(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[19] ?? 'unknown';
}
