import { readFile, readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { WarroomError } from '../domain/errors.ts';
import { unreadableFile, unreadableReason } from '../domain/unreadable-file.ts';
import type { PlaybookTest, RecordedAnswer, RecordedPart } from '../schema/generated.ts';
import { parseDocument } from '../schema/parse-document.ts';
import { formatProblems } from '../schema/problem.ts';
import type { Recorded, RecordedStep } from './recorded-target.ts';

/** Ending of the names of test files. */
export const TEST_ENDING = '.test.yaml';

const MAX_FILE_BYTES = 64 * 1024 * 1024;

export interface LoadedTest {
  readonly file: string;
  readonly test: PlaybookTest;
}

/**
 * Test files: the named ones, and those in the named folders and below. Throws `invalid-file` when one cannot be read, and
 * `not-found` when there is none.
 */
export async function findTestFiles(paths: readonly string[]): Promise<readonly string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const facts = await stat(path).catch((cause: unknown) => {
      throw unreadableFile(path, cause);
    });
    if (!facts.isDirectory()) {
      files.push(path);
      continue;
    }
    const names = await readdir(path, { recursive: true }).catch((cause: unknown) => {
      throw unreadableFile(path, cause, 'folder');
    });
    files.push(...names.filter((name) => name.endsWith(TEST_ENDING)).map((name) => join(path, name)));
  }
  if (files.length > 0) return files.sort();
  throw new WarroomError('not-found', `no tests in ${paths.join(', ')}`, {
    why: `no file there is named *${TEST_ENDING}`,
    hint: 'docs/playbooks.md shows how a test is written; playbook run ID --save DIR records one',
  });
}

/** Throws `invalid-file` with file, line and column. */
export async function readTest(file: string): Promise<LoadedTest> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw unreadableFile(file, cause);
  });
  const document = parseDocument('PlaybookTest', text, { file });
  if (document.ok) return { file, test: document.value };
  throw new WarroomError('invalid-file', `cannot use the test ${file}`, {
    why: formatProblems(document.problems, document.more),
    hint: 'docs/playbooks.md describes the fields',
  });
}

/** Answers with the contents of their files. */
export async function readAnswers(
  answers: Readonly<Record<string, RecordedAnswer>>,
  test: LoadedTest,
): Promise<Readonly<Record<string, RecordedStep>>> {
  const folder = dirname(resolve(test.file));
  const read: [string, RecordedStep][] = [];
  for (const [step, { parts, ...answer }] of Object.entries(answers)) {
    const loaded = await readAnswer(answer, folder);
    if (parts === undefined) read.push([step, loaded]);
    else {
      const runs = [];
      for (const { bind, ...part } of parts) {
        const names = Object.fromEntries(Object.entries(bind).map(([name, value]) => [name, String(value)]));
        runs.push({ ...(await readAnswer(part, folder)), bind: names });
      }
      read.push([step, { ...loaded, parts: runs }]);
    }
  }
  return Object.fromEntries(read);
}

async function readAnswer(
  answer: Omit<RecordedAnswer, 'parts'> | Omit<RecordedPart, 'bind'>,
  folder: string,
): Promise<Recorded> {
  const { json, file, ...rest } = answer;
  if (json !== undefined) return { ...rest, stdout: JSON.stringify(json) };
  if (file !== undefined) return { ...rest, stdout: await readOutput(join(folder, file), folder) };
  return rest;
}

async function readOutput(file: string, folder: string): Promise<string> {
  try {
    const way = relative(await realpath(folder), await realpath(file));
    if (way.startsWith('..')) throw new Error('it lies outside of the folder of the test');
    const bytes = await readFile(file);
    return (file.endsWith('.gz') ? gunzipSync(bytes, { maxOutputLength: MAX_FILE_BYTES }) : bytes).toString('utf8');
  } catch (cause) {
    throw new WarroomError('invalid-file', `cannot read the recorded output ${file}`, {
      why: unreadableReason(cause),
      hint: 'the test names it under  file  of a step; a relative name counts from the folder of the test',
      cause,
    });
  }
}
