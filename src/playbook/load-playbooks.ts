import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WarroomError } from '../domain/errors.ts';
import { unreadableReason } from '../domain/unreadable-file.ts';
import { sha256 } from '../lib/digest.ts';
import type { Playbook } from '../schema/generated.ts';
import { parseDocument, type ParsedDocument } from '../schema/parse-document.ts';
import type { Locate } from '../schema/text-map.ts';
import { createProblem, formatProblems, MAX_PROBLEMS } from '../schema/problem.ts';
import { readCompiledPlaybooks, type CompiledPlaybooks } from './compiled-playbooks.ts';
import { completePlaybook } from './complete-playbook.ts';
import type { PlaybookProblem } from './playbook-problem.ts';

export interface LoadedPlaybook {
  /** With the rules that it includes. */
  readonly playbook: Playbook;
  /** Ids of the rules that the file itself holds. */
  readonly ownRules: readonly string[];
  /** Hex digest of the file, recorded in reports. */
  readonly sha256: string;
  readonly file: string;
  readonly origin: 'builtin' | 'site';
}

/** The `playbooks/` folder of the package: as far from src/playbook as from dist/playbook. */
export function builtinPlaybookDir(): string {
  return fileURLToPath(new URL('../../playbooks', import.meta.url));
}

/**
 * Reads and checks every `*.yaml` of both folders but tests (`*.test.yaml`), in the order of their names, the built-in ones
 * first. The site folder lies in the secure zone; a playbook never comes from the war room. A bad file, or a name that is
 * taken, is refused.
 */
export async function loadPlaybooks(folders: {
  readonly builtinDir: string;
  readonly siteDir?: string;
}): Promise<readonly LoadedPlaybook[]> {
  const builtin = await readFolder(folders.builtinDir, 'builtin', await readCompiledPlaybooks());
  const site = folders.siteDir === undefined ? [] : await readFolder(folders.siteDir, 'site');
  const all = [...builtin, ...site];
  const strategies = new Set(all.flatMap(({ document }) => document.value.spec.strategies));
  refuseTakenNames(all);
  const byId = new Map(all.map(({ document }) => [document.value.metadata.id, document.value]));
  return all.map((read) => {
    const { playbook, problems } = completePlaybook(read.document.value, { byId, strategies });
    refuse(read, problems);
    const { sha256: digest, file, origin } = read;
    const ownRules = read.document.value.spec.rules.map(({ id }) => id);
    return { playbook, ownRules, sha256: digest, file, origin };
  });
}

/**
 * The playbooks of a folder by themselves, read and checked against the schema.
 * @public the build calls it: schemas/compile-playbooks.js
 */
export async function readPlaybookFiles(
  folder: string,
): Promise<readonly { readonly sha256: string; readonly playbook: Playbook }[]> {
  const read = await readFolder(folder, 'builtin');
  return read.map(({ sha256: digest, document }) => ({ sha256: digest, playbook: document.value }));
}

interface ReadPlaybook {
  readonly document: Pick<ParsedDocument<Playbook>, 'value' | 'locate'>;
  readonly sha256: string;
  readonly file: string;
  readonly origin: LoadedPlaybook['origin'];
}

async function readFolder(
  folder: string,
  origin: LoadedPlaybook['origin'],
  compiled: CompiledPlaybooks = new Map(),
): Promise<readonly ReadPlaybook[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new WarroomError(
      origin === 'site' ? 'invalid-file' : 'not-found',
      `cannot read the playbook folder ${folder}`,
      {
        why: unreadableReason(cause, 'folder'),
        hint:
          origin === 'site'
            ? 'check --dir, or playbookDir in the configuration of the processor'
            : 'install the program again',
        cause,
      },
    );
  });
  const files = names.filter(isPlaybookFile).sort();
  return await Promise.all(files.map(async (name) => await readPlaybook(join(folder, name), { origin, compiled })));
}

/** Tests may lie beside the playbooks that they test. */
function isPlaybookFile(name: string): boolean {
  return /\.ya?ml$/u.test(name) && !/\.test\.ya?ml$/u.test(name) && !name.startsWith('.');
}

async function readPlaybook(
  file: string,
  { origin, compiled }: { readonly origin: LoadedPlaybook['origin']; readonly compiled: CompiledPlaybooks },
): Promise<ReadPlaybook> {
  const bytes = await readFile(file);
  const digest = sha256(bytes);
  const value = compiled.get(digest);
  const document =
    value === undefined
      ? parsePlaybook(bytes, file)
      : { value, locate: createLateLocate(() => parsePlaybook(bytes, file)) };
  return { document, sha256: digest, file, origin };
}

function parsePlaybook(bytes: Buffer, file: string): ParsedDocument<Playbook> {
  const document = parseDocument('Playbook', bytes.toString('utf8'), { file });
  if (document.ok) return document;
  throw invalid(file, formatProblems(document.problems, document.more));
}

/** Lines and columns are asked for only when something is wrong. */
function createLateLocate(read: () => ParsedDocument<Playbook>): Locate {
  return (path, at) => read().locate(path, at);
}

function refuse({ document, file }: ReadPlaybook, found: readonly PlaybookProblem[]): void {
  if (found.length === 0) return;
  const problems = found.slice(0, MAX_PROBLEMS).map((each) => createProblem(file, document.locate(each.path), each));
  throw invalid(file, formatProblems(problems, found.length - problems.length));
}

function refuseTakenNames(all: readonly ReadPlaybook[]): void {
  const owner = new Map<string, string>();
  for (const { document, file } of all) {
    const { metadata, spec } = document.value;
    const names = [
      { key: '', name: `id ${metadata.id}`, path: ['metadata', 'id'] },
      // Machines and clusters may have a playbook each for the same strategy.
      ...spec.strategies.flatMap((strategy, index) =>
        spec.targets.map((key) => ({ key, name: `strategy ${strategy}`, path: ['spec', 'strategies', index] })),
      ),
    ];
    for (const { key, name, path } of names) {
      const taken = owner.get(`${name} ${key}`);
      if (taken !== undefined) {
        const message = `${name} is already used by ${taken}`;
        throw invalid(file, formatProblems([createProblem(file, document.locate(path), { path, message })], 0));
      }
      owner.set(`${name} ${key}`, file);
    }
  }
}

function invalid(file: string, why: string): WarroomError {
  return new WarroomError('invalid-file', `cannot use the playbook ${file}`, {
    why,
    hint: 'correct the file, or remove it; claude-warroom validate FILE shows the same without starting anything',
  });
}
