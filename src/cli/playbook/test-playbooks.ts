import { relative, resolve } from 'node:path';
import { findTestFiles, readTest } from '../../diagnose/read-test.ts';
import { runCase, type CaseResult } from '../../diagnose/run-case.ts';
import type { LoadedPlaybook } from '../../playbook/load-playbooks.ts';
import { createRedaction } from '../../redaction/create-redaction.ts';
import type { CliContext } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { renderTable, renderTsv } from '../render/table.ts';
import { findPlaybook, loadAll } from './find-playbook.ts';

/** A case with where it stands. */
export interface TestedCase extends CaseResult {
  readonly file: string;
  readonly playbook: string;
}

/** Judges recorded outputs and prints what is not as expected. */
export async function testPlaybooks(
  context: CliContext,
  paths: readonly string[],
  flags: { readonly dir?: string },
): Promise<ExitCode> {
  const { io, cwd } = context;
  const all = await loadAll(context, flags.dir);
  const files = await findTestFiles(paths.map((path) => resolve(cwd, path)));
  const tested = await runTests(context, files, all);
  const failed = tested.filter(({ failures }) => failures.length > 0);
  if (context.flags.json) {
    const cases = tested.map(({ file, playbook, name, failures, ms }) => ({
      file,
      playbook,
      name,
      passed: failures.length === 0,
      failures,
      ms,
    }));
    io.out(JSON.stringify({ cases, passed: tested.length - failed.length, failed: failed.length }, null, 2));
  } else {
    for (const line of renderTests(tested, context)) io.out(line);
    const counts = `${tested.length - failed.length} of ${tested.length} cases pass`;
    io.err(failed.length === 0 ? `${io.errorStyle.good('✔')} ${counts}` : `${io.errorStyle.bad('✘')} ${counts}`);
  }
  return failed.length === 0 ? EXIT.done : EXIT.failed;
}

/** Runs every case of the files; throws `invalid-file` for a file that cannot be read. */
export async function runTests(
  context: Pick<CliContext, 'cwd' | 'clock' | 'random'>,
  files: readonly string[],
  all: readonly LoadedPlaybook[],
): Promise<readonly TestedCase[]> {
  const { clock, random, cwd } = context;
  const tested: TestedCase[] = [];
  for (const path of files) {
    const loaded = await readTest(path);
    const { playbook } = findPlaybook(loaded.test.playbook, all);
    const around = { playbook, clock, createRedaction: () => createRedaction({ knownValues: [], key: random(32) }) };
    const file = relative(cwd, path);
    for (const each of loaded.test.cases) {
      tested.push({ ...(await runCase(loaded, each, around)), file, playbook: playbook.metadata.id });
    }
  }
  return tested;
}

function renderTests(tested: readonly TestedCase[], { io }: Pick<CliContext, 'io'>): readonly string[] {
  const { style, isTerminal, width } = io;
  if (!isTerminal) {
    return tested.map(({ file, playbook, name, failures, ms }) =>
      renderTsv([failures.length === 0 ? 'pass' : 'fail', playbook, name, `${ms}`, file, failures.join(' | ')]),
    );
  }
  const rows = tested.map(({ playbook, name, failures, ms, diagnosis }) => [
    failures.length === 0 ? style.good('pass') : style.bad('fail'),
    playbook,
    name,
    `${ms} ms`,
    diagnosis?.assessment.outcome ?? '',
  ]);
  const headings = ['', 'PLAYBOOK', 'CASE', 'TIME', 'OUTCOME'].map((heading) => style.dim(heading));
  const details = tested.flatMap(({ file, name, failures }) =>
    failures.length === 0
      ? []
      : ['', `${style.bad(name)} ${style.dim(file)}`, ...failures.map((failure) => `  ${failure}`)],
  );
  return [...renderTable([headings, ...rows], width), ...details];
}
