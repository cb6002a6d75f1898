import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runChild } from '../../../src/lib/child-process.ts';
import { requestWorkflow } from '../../../src/scaffold/request-workflow.ts';
import { closedEnvironment } from '../../support/closed-environment.ts';
import { git } from '../../support/git-rig.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

/** The script of the workflow runs in a real repository; only `npx` is ours, and writes down what it is called with. */
let folder: TempFolder;
let repository: string;

beforeEach(async () => {
  folder = await createTempFolder('warroom-workflow');
  repository = join(folder.path, 'repository');
  await mkdir(repository);
  await git(['init', '--quiet', '--initial-branch=main'], { cwd: repository });
  const bin = join(folder.path, 'bin');
  await mkdir(bin);
  const npx = `#!/bin/sh\nfor arg; do printf '%s\\0' "$arg"; done >> "${join(folder.path, 'calls')}"\necho '::error::from a file'\nexit "\${NPX_EXIT:-0}"\n`;
  await writeFile(join(bin, 'npx'), npx);
  await chmod(join(bin, 'npx'), 0o755);
});

afterEach(async () => {
  await folder.close();
});

async function commit(files: Readonly<Record<string, string>>): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(repository, path)), { recursive: true });
    await writeFile(join(repository, path), content);
  }
  await git(['add', '--all'], { cwd: repository });
  await git(['commit', '--quiet', '--message', 'change'], { cwd: repository });
  return await git(['rev-parse', 'HEAD'], { cwd: repository });
}

interface Job {
  readonly steps: readonly { readonly run?: string }[];
}

function script(): string {
  const { jobs } = parse(requestWorkflow({ branch: 'main', version: '1.2.3' })) as { jobs: { validate: Job } };
  return jobs.validate.steps.flatMap(({ run }) => run ?? []).join('\n');
}

async function runScript(
  base: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly exit: number | undefined; readonly stdout: string; readonly checked: readonly string[] }> {
  const { end, stdout } = await runChild({
    argv: ['bash', '-c', script()],
    cwd: repository,
    env: closedEnvironment({
      PATH: `${join(folder.path, 'bin')}:${closedEnvironment()['PATH'] ?? ''}`,
      RUNNER_TEMP: folder.path,
      VERSION: '1.2.3',
      BASE: base,
      ...env,
    }),
    timeoutMs: 20_000,
    maxBytes: 64 * 1024,
  });
  const calls = await readFile(join(folder.path, 'calls'), 'utf8').catch(() => '');
  const words = calls.split('\0').slice(0, -1);
  if (words.length > 0) expect(words.slice(0, 4)).toEqual(['--yes', 'claude-warroom@1.2.3', 'validate', '--']);
  return { exit: end.kind === 'exited' ? end.exit : undefined, stdout: stdout.toString(), checked: words.slice(4) };
}

describe('script of the workflow that checks requests', () => {
  it('checks the files that were added or changed, whatever their names', async () => {
    const base = await commit({ 'requests/old.yaml': 'a', 'clusters/hub.yaml': 'a' });
    const odd = "requests/2026/11/20/$(touch pwned) \n'.yaml";
    await commit({ 'clusters/hub.yaml': 'b', [odd]: 'x', 'results/x.yaml': 'x', 'requests/README.md': 'x' });
    const { exit, checked } = await runScript(base);
    expect({ exit, checked: [...checked].sort() }).toEqual({ exit: 0, checked: ['clusters/hub.yaml', odd].sort() });
    expect(await git(['status', '--porcelain'], { cwd: repository })).toBe('');
  });

  it('checks everything when the commit before is not known', async () => {
    await commit({ 'requests/a.yaml': 'a', 'clusters/hub.yaml': 'a' });
    for (const base of ['0'.repeat(40), '']) {
      const { exit, checked } = await runScript(base);
      expect(exit).toBe(0);
      expect(checked).toEqual(expect.arrayContaining(['clusters/hub.yaml', 'requests/a.yaml']));
    }
  });

  it('runs nothing when there is nothing to check', async () => {
    const base = await commit({ 'requests/a.yaml': 'a' });
    await commit({ 'results/README.md': 'x' });
    expect(await runScript(base)).toMatchObject({ exit: 0, checked: [] });
  });

  it('fails when a file is not valid, and lets no file give commands to the runner', async () => {
    const base = await commit({ 'README.md': 'a' });
    await commit({ 'requests/a.yaml': 'a' });
    const { exit, stdout } = await runScript(base, { NPX_EXIT: '2' });
    expect(exit).toBe(1);
    const [first = '', ...rest] = stdout.trimEnd().split('\n');
    const token = /^::stop-commands::([0-9a-f]{32})$/u.exec(first)?.[1];
    expect(token).toBeDefined();
    expect(rest).toEqual(['::error::from a file', `::${token ?? ''}::`]);
  });
});
