import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { WarroomError } from '../domain/errors.ts';
import { completeRequest } from '../client/complete-request.ts';
import { parseAnyDocument } from '../schema/parse-document.ts';
import { formatProblem, type Problem } from '../schema/problem.ts';
import type { CliContext } from './context.ts';
import { unreadableFile } from '../domain/unreadable-file.ts';

export interface CheckedFile {
  readonly file: string;
  readonly kind: string | undefined;
  readonly problems: readonly Problem[];
  /** The problems as `file:line:column: …`. */
  readonly lines: readonly string[];
  /** Problems beyond those that are listed. */
  readonly more: number;
  /** What `investigate -f` would change or leave out. */
  readonly notes: readonly string[];
}

/** Checks one file against the schema of its kind. A request that `investigate -f` can complete counts as valid. */
export async function checkFile(file: string, context: CliContext): Promise<CheckedFile> {
  const content = await readInput(file, context);
  const name = file === '-' ? 'stdin' : file;
  const result = parseAnyDocument(content, { file: name });
  if (result.ok) return { file: name, kind: result.value.kind, problems: [], lines: [], more: 0, notes: [] };
  const notes = completionNotes(content, name, context);
  if (notes !== undefined) {
    return { file: name, kind: 'TroubleshootingRequest', problems: [], lines: [], more: 0, notes };
  }
  const { problems, more } = result;
  return { file: name, kind: undefined, problems, lines: problems.map(formatProblem), more, notes: [] };
}

/** Text of a file, or of standard input for `-`; throws `invalid-file` when it cannot be read. */
export async function readInput(file: string, context: Pick<CliContext, 'io' | 'cwd'>): Promise<string> {
  if (file === '-') return await text(context.io.stdin);
  try {
    return await readFile(resolve(context.cwd, file), 'utf8');
  } catch (error) {
    throw unreadableFile(file, error);
  }
}

function completionNotes(content: string, file: string, context: CliContext): readonly string[] | undefined {
  const surroundings = {
    engineer: 'you@example.com',
    repository: 'https://example.com/war-room.git',
    now: context.clock.now(),
    random: context.random,
  };
  try {
    const { warnings } = completeRequest(content, { ...surroundings, file });
    return [`not complete, but  claude-warroom investigate -f ${file}  fills in the rest`, ...warnings];
  } catch (error) {
    if (error instanceof WarroomError) return undefined;
    throw error;
  }
}
