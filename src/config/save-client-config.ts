import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { WarroomError } from '../domain/errors.ts';
import { formatYaml } from '../schema/format-document.ts';
import type { ClientConfig } from '../schema/generated.ts';

/** Writes the configuration of the command line; only its owner may read it. Replaces the file as a whole. */
export async function saveClientConfig(file: string, config: ClientConfig): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(temporary, formatYaml('ClientConfig', config), { mode: 0o600, flag: 'wx' });
    await chmod(temporary, 0o600);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new WarroomError('usage', `cannot write the configuration file ${file}`, {
      why: `the system says ${code}`,
      hint: 'make the folder writable, or name another file with --config',
      cause: error,
    });
  }
}
