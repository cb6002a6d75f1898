import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { WarroomError } from '../domain/errors.ts';
import { formatPause, parsePause, type PauseNote } from '../domain/pause.ts';
import { cleanText } from '../report/untrusted.ts';

/**
 * The brake of the zone: a file that pauses one processor while it exists and is not empty. A mounted ConfigMap works
 * the same. What cannot be read counts as set: a brake that fails must stop.
 */
export async function readPauseFile(file: string): Promise<PauseNote | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    return { reason: `the pause file cannot be read: ${code}` };
  }
  return text.trim() === '' ? undefined : parsePause(cleanText(text).slice(0, 16 * 1024));
}

/** Sets the brake; gives back what was set before, and leaves that as it is. */
export async function writePauseFile(
  file: string,
  pause: { readonly reason: string; readonly by: string; readonly at: Date },
): Promise<PauseNote | undefined> {
  const before = await readPauseFile(file);
  if (before !== undefined) return before;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}.new`;
  await writeFile(temporary, formatPause(pause), { mode: 0o600 });
  await rename(temporary, file);
  return undefined;
}

/** Where it stands who lifted the brake last, until the processor has written that down. */
function resumeNoteFile(stateDir: string): string {
  return join(stateDir, 'RESUMED');
}

/** Lifts the brake and leaves a note of who did and why; gives back what was set. */
export async function removePauseFile(
  file: string,
  by: { readonly note: Parameters<typeof formatPause>[0]; readonly stateDir: string },
): Promise<PauseNote | undefined> {
  const before = await readPauseFile(file);
  if (before === undefined) return undefined;
  await mkdir(by.stateDir, { recursive: true, mode: 0o700 });
  await writeFile(resumeNoteFile(by.stateDir), formatPause(by.note), { mode: 0o600 });
  try {
    await rm(file, { force: true });
  } catch (error) {
    throw new WarroomError('usage', `cannot remove ${file}`, {
      why: error instanceof Error ? error.message : String(error),
      hint: 'a mounted ConfigMap is emptied where it comes from: oc edit configmap …',
      cause: error,
    });
  }
  return before;
}

/** The note of who lifted the brake; it is taken away with the reading. */
export async function takeResumeNote(stateDir: string): Promise<PauseNote | undefined> {
  const file = resumeNoteFile(stateDir);
  const note = await readPauseFile(file);
  await rm(file, { force: true });
  return note;
}
