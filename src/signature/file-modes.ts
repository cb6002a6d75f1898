import { access, constants, stat } from 'node:fs/promises';
import { WarroomError } from '../domain/errors.ts';

const OTHERS_READ = 0o044;
const OTHERS_WRITE = 0o022;
const EVERYBODY_WRITES = 0o002;
const STICKY = 0o1000;
const ANY_OTHER = 0o077;
const EVERYBODY = 0o007;

/**
 * Refuses a file of trust that somebody else than its owner may change: whoever writes it decides who is trusted. Who
 * the owner is does not matter here: an administrator, or root where a cluster mounts it.
 */
export async function refuseChangeableFile(file: string): Promise<void> {
  const { mode } = await stat(file);
  if ((mode & OTHERS_WRITE) === 0) return;
  throw changeable(file, mode, `chmod go-w ${file}`);
}

/** The same for a folder, in which files can be replaced. Mounted secrets say 0777 and cannot be written by anybody. */
export async function refuseChangeableFolder(folder: string): Promise<void> {
  const { mode } = await stat(folder);
  if ((mode & EVERYBODY_WRITES) === 0 || (mode & STICKY) !== 0) return;
  if (await isReadOnly(folder)) return;
  throw changeable(folder, mode, `chmod o-w ${folder}`);
}

async function isReadOnly(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.W_OK);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EROFS';
  }
}

function changeable(path: string, mode: number, command: string): WarroomError {
  return new WarroomError('not-allowed', `others may change ${path}`, {
    why: `its mode is ${octal(mode)}, and whoever writes it decides whose requests run here`,
    hint: `${command}   and look at what it says`,
  });
}

/** Refuses a private key that others may read. ssh-keygen would, too, but only for files of this very user. */
export async function refuseReadableKey(file: string): Promise<void> {
  const { mode, uid } = await stat(file);
  const isOurs = uid === process.getuid?.();
  // A mounted secret belongs to root and is given to this process through its group.
  if ((mode & (isOurs ? ANY_OTHER : EVERYBODY)) === 0) return;
  const verb = (mode & OTHERS_READ) === 0 ? 'change' : 'read';
  throw new WarroomError('not-allowed', `others may ${verb} the private key ${file}`, {
    why: `its mode is ${octal(mode)}, and whoever has it can sign results as this processor`,
    hint: `make a new key when somebody may have read it; else  chmod 600 ${file}`,
  });
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}
