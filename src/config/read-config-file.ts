import { readFile } from 'node:fs/promises';
import { WarroomError } from '../domain/errors.ts';
import type { Kinds } from '../schema/kinds.ts';
import { parseDocument } from '../schema/parse-document.ts';
import { formatProblems } from '../schema/problem.ts';

/**
 * A configuration file, or undefined when there is none at this path. Throws `invalid-file` with one line per problem
 * when it cannot be used.
 */
export async function readConfigFile<Name extends 'ClientConfig' | 'ProcessorConfig' | 'Inventory'>(
  kind: Name,
  file: string,
): Promise<Kinds[Name] | undefined> {
  const text = await readIfPresent(file);
  if (text === undefined) return undefined;
  const parsed = parseDocument(kind, text, { file });
  if (!parsed.ok) throw new WarroomError('invalid-file', formatProblems(parsed.problems, parsed.more));
  return parsed.value;
}

async function readIfPresent(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new WarroomError('invalid-file', `cannot read the configuration file ${file}`, {
      why: code === 'EISDIR' ? 'it is a folder' : `the system says ${code}`,
      hint: 'make it a file that this user may read',
      cause: error,
    });
  }
}
