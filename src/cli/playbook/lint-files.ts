import { dirname, join, resolve } from 'node:path';
import { findTestFiles } from '../../diagnose/read-test.ts';
import { untestedRules } from '../../diagnose/rule-coverage.ts';
import { isWarroomError } from '../../domain/errors.ts';
import { completePlaybook } from '../../playbook/complete-playbook.ts';
import { lintPlaybook } from '../../playbook/lint-playbook.ts';
import { builtinPlaybookDir, type LoadedPlaybook } from '../../playbook/load-playbooks.ts';
import type { PlaybookProblem } from '../../playbook/playbook-problem.ts';
import type { Playbook } from '../../schema/generated.ts';
import { parseDocument, type ParsedDocument } from '../../schema/parse-document.ts';
import { createProblem, formatProblem, type Problem } from '../../schema/problem.ts';
import { readInput } from '../check-file.ts';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { loadAll } from './find-playbook.ts';
import { runTests } from './test-playbooks.ts';

interface LintFlags {
  readonly dir?: string;
  /** Folder of tests; the folder of the file when absent, for a built-in playbook that of its tests; none when false. */
  readonly tests?: string | false;
}

interface LintedFile {
  readonly file: string;
  readonly errors: readonly Problem[];
  readonly more: number;
  readonly warnings: readonly Problem[];
}

/** Explains every mistake with line and column; mistakes end with 2, doubts do not. */
export async function lintFiles(context: CliContext, files: readonly string[], flags: LintFlags): Promise<ExitCode> {
  const { io } = context;
  const linted = await lintAll(context, files, flags);
  if (context.flags.json) {
    io.out(JSON.stringify({ files: linted.map((each) => ({ ...each, valid: each.errors.length === 0 })) }, null, 2));
  } else {
    for (const { file, errors, more, warnings } of linted) {
      for (const each of errors) io.out(formatProblem(each));
      if (more > 0) io.out(`${file}: ${more} more problem${more === 1 ? '' : 's'}`);
      for (const each of warnings) io.out(formatProblem({ ...each, message: `warning: ${each.message}` }));
      if (errors.length === 0) io.err(`${io.errorStyle.good('✔')} ${file}: valid playbook`);
    }
  }
  return linted.every(({ errors }) => errors.length === 0) ? EXIT.done : EXIT.usage;
}

async function lintAll(
  context: CliContext,
  files: readonly string[],
  flags: LintFlags,
): Promise<readonly LintedFile[]> {
  const known = await loadAll(context, flags.dir);
  const read: { readonly file: string; readonly document: ReturnType<typeof parsePlaybook> }[] = [];
  for (const file of files) read.push({ file, document: parsePlaybook(await readInput(file, context), file) });
  const playbooks = new Map(known.map(({ playbook }) => [playbook.metadata.id, playbook]));
  // A file may be a newer state of a playbook that is known.
  for (const { document } of read) if (document.ok) playbooks.set(document.value.metadata.id, document.value);
  const strategies = new Set([...playbooks.values()].flatMap(({ spec }) => spec.strategies));

  const linted: LintedFile[] = [];
  for (const { file, document } of read) {
    if (!document.ok) {
      linted.push({ file, errors: document.problems, more: document.more, warnings: [] });
      continue;
    }
    const { playbook, problems } = completePlaybook(document.value, { byId: playbooks, strategies });
    const place = (each: PlaybookProblem): Problem => createProblem(file, document.locate(each.path), each);
    const all = [...takenNames(document.value, { known, file: resolve(context.cwd, file) }), ...problems];
    // Doubts about a file that is wrong are noise.
    const warnings =
      all.length > 0
        ? []
        : [
            ...lintPlaybook(document.value),
            ...(await untested({ file, playbook, document }, { context, flags, known })),
          ];
    linted.push({ file, errors: all.map(place), more: 0, warnings: warnings.map(place) });
  }
  return linted;
}

function parsePlaybook(text: string, file: string): ReturnType<typeof parseDocument<'Playbook'>> {
  return parseDocument('Playbook', text, { file });
}

function takenNames(
  { metadata, spec }: Playbook,
  { known, file }: { readonly known: readonly LoadedPlaybook[]; readonly file: string },
): readonly PlaybookProblem[] {
  const others = known.filter((each) => resolve(each.file) !== file && each.playbook.metadata.id !== metadata.id);
  // Machines and clusters may have a playbook each for the same strategy.
  const rivals = others.filter(({ playbook }) => playbook.spec.targets.some((type) => spec.targets.includes(type)));
  return spec.strategies.flatMap((strategy, index) => {
    const owner = rivals.find(({ playbook }) => playbook.spec.strategies.includes(strategy));
    if (owner === undefined) return [];
    const message = `strategy "${strategy}" is already used by ${owner.playbook.metadata.id}`;
    return [{ path: ['spec', 'strategies', index], message }];
  });
}

/** Beside the file; those of the built-in playbooks lie in test/playbooks of a checkout. */
function testFolderOf(file: string, { metadata }: Playbook): string {
  const builtinDir = builtinPlaybookDir();
  return dirname(file) === builtinDir ? join(builtinDir, '../test/playbooks', metadata.id) : dirname(file);
}

/** Rules without a case for each verdict; nothing when there are no tests to look at. */
async function untested(
  linted: { readonly file: string; readonly playbook: Playbook; readonly document: ParsedDocument<Playbook> },
  around: { readonly context: CliContext; readonly flags: LintFlags; readonly known: readonly LoadedPlaybook[] },
): Promise<readonly PlaybookProblem[]> {
  const { file, playbook, document } = linted;
  const { context, flags, known } = around;
  if (flags.tests === false || file === '-') return [];
  const folder = resolve(context.cwd, flags.tests ?? testFolderOf(resolve(context.cwd, file), playbook));
  const files = await findTestFiles([folder]).catch((error: unknown) => {
    // A folder that nobody named need not be there: that of the built-in tests is not part of the package.
    if (isWarroomError(error, 'not-found') || (flags.tests === undefined && isWarroomError(error))) return [];
    throw error;
  });
  const all = [{ playbook, ownRules: [], sha256: '', file, origin: 'site' as const }, ...known];
  const results = (await runTests(context, files, all)).filter((each) => each.playbook === playbook.metadata.id);
  if (results.length === 0) {
    return [
      {
        path: ['metadata', 'id'],
        message: `no test of this playbook in ${folder}`,
        hint: 'name the folder with --tests DIR',
      },
    ];
  }
  const own = new Set(document.value.spec.rules.map(({ id }) => id));
  const indexOf = (id: string): number => document.value.spec.rules.findIndex((rule) => rule.id === id);
  return untestedRules(playbook, own, results).map(({ rule, missing }) => ({
    path: ['spec', 'rules', indexOf(rule), 'id'],
    message: `rule "${rule}" has no case where it ${missing.join(', ')}`,
  }));
}
