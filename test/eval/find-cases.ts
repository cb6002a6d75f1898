import { readdir } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { CASE_FILE, readEvalCase, type EvalCase } from './eval-case.ts';

export interface FoundCase {
  /** Path of its folder below the one that was searched. */
  readonly id: string;
  /** Folder of its recording. */
  readonly folder: string;
  readonly evalCase: EvalCase;
}

/** The cases that come with the project. */
export const OWN_CASES = join(import.meta.dirname, 'cases');

/** Cases in a folder and below, in the order of their names. Throws when there is none. */
export async function findCases(dir: string): Promise<readonly FoundCase[]> {
  const root = resolve(dir);
  const names = await readdir(root, { recursive: true });
  const folders = names.filter((name) => name === CASE_FILE || name.endsWith(`/${CASE_FILE}`)).sort();
  if (folders.length === 0) throw new Error(`no ${CASE_FILE} in ${dir}`);
  const found: FoundCase[] = [];
  for (const name of folders) {
    const folder = dirname(join(root, name));
    found.push({ id: relative(root, folder), folder, evalCase: await readEvalCase(folder) });
  }
  return found;
}
