import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WarroomError } from '../domain/errors.ts';

/** Where an administrator announces a rewritten history, in the folder of trust data. */
const FILE = 'accepted-history.yaml';

export interface AnnouncedHistory {
  readonly bytes: Uint8Array;
  readonly signature: string | undefined;
}

export async function readAnnouncedHistory(folder: string): Promise<AnnouncedHistory | undefined> {
  const bytes = await readFile(join(folder, FILE)).catch(() => undefined);
  if (bytes === undefined || bytes.length > 16 * 1024) return undefined;
  const signature = await readFile(join(folder, `${FILE}.sig`), 'latin1').catch(() => undefined);
  return { bytes, signature };
}

/** Writes the announcement; gives its path. The signature comes first, so that the two never fit badly for long. */
export async function writeAnnouncedHistory(
  folder: string,
  announced: { readonly text: string; readonly signature: string | undefined },
): Promise<string> {
  const file = join(folder, FILE);
  try {
    if (announced.signature !== undefined) await replace(`${file}.sig`, announced.signature);
    await replace(file, announced.text);
  } catch (error) {
    throw new WarroomError('not-allowed', `cannot write ${file}`, {
      why: error instanceof Error ? error.message : String(error),
      hint: 'write it where the folder can be written, with  --out DIR, and bring both files there',
      cause: error,
    });
  }
  return file;
}

async function replace(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.new`;
  await writeFile(temporary, text, { mode: 0o644 });
  await rename(temporary, file);
}
