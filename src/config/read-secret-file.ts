import { readFile } from 'node:fs/promises';

/** Content of a mounted secret without the line end that editors add; undefined when it cannot be read. */
export async function readSecretFile(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).replace(/[\r\n]+$/u, '');
  } catch {
    return undefined;
  }
}
