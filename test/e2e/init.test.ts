import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCliHome, runCli, type CliHome, type CliResult } from '../support/cli.ts';
import { createGitHttpServer, isPush, type GitHttpServer } from '../support/git-http-server.ts';
import {
  createBareRemote,
  git,
  installHook,
  protectMain,
  pushFiles,
  readFileAt,
  type BareRemote,
} from '../support/git-rig.ts';

let home: CliHome;

beforeEach(async () => {
  home = await createCliHome({ name: 'Alice', email: 'alice@example.com' });
});

afterEach(async () => {
  // git and scratch folders: nothing may be left in the temporary folder.
  const left = await readdir(join(home.path, 'tmp'));
  await home.close();
  expect(left).toEqual([]);
});

async function init(...args: readonly string[]): Promise<CliResult> {
  return await runCli(['init', ...args], { home });
}

async function history(path: string): Promise<readonly string[]> {
  return (await git(['log', '--format=%an: %s', 'main'], { cwd: path })).split('\n');
}

const configOf = ({ path }: CliHome): string => join(path, '.config/claude-warroom/config.yaml');

describe('init on this machine', () => {
  it('makes a bare repository, fills it and configures the command line', async () => {
    const { exit, stdout, stderr } = await init('--repo', 'warroom.git');
    const path = join(home.path, 'warroom.git');
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: `${path}\n` });
    expect(stderr).toContain(`made the war room ${path}`);
    expect(stderr).toContain('claude-warroom cluster add');
    expect(await history(path)).toEqual(['Alice: set up the war room']);
    expect(await git(['config', 'uploadpack.allowFilter'], { cwd: path })).toBe('true');
    expect(await git(['symbolic-ref', 'HEAD'], { cwd: path })).toBe('refs/heads/main');
    expect(await readFile(configOf(home), 'utf8')).toContain(`url: ${path}`);
    expect((await stat(configOf(home))).mode & 0o777).toBe(0o600);
    expect(await runCli(['list'], { home })).toMatchObject({ exit: 0, stdout: '' });
  });

  it('has nothing to do the second time', async () => {
    await init('--repo', 'warroom.git');
    const tip = await history(join(home.path, 'warroom.git'));
    for (const args of [['--repo', 'warroom.git'], []]) {
      const { exit, stderr } = await init(...args);
      expect(exit).toBe(0);
      expect(stderr).toContain('is a war room already, nothing to do');
    }
    expect(await history(join(home.path, 'warroom.git'))).toEqual(tip);
  });

  it('clones a work tree when asked, and leaves one that is there alone', async () => {
    const first = await init('--repo', 'warroom.git', '--dir', 'tree');
    expect(first.exit).toBe(0);
    expect(await readdir(join(home.path, 'tree'))).toEqual(
      expect.arrayContaining(['README.md', 'CODEOWNERS', 'requests', 'results', 'clusters', 'approvals', 'schemas']),
    );
    await writeFile(join(home.path, 'tree', 'README.md'), 'mine');
    const second = await init('--repo', 'warroom.git', '--dir', 'tree', '--json');
    expect(JSON.parse(second.stdout)).toMatchObject({ result: 'unchanged', dir: join(home.path, 'tree') });
    expect(await readFile(join(home.path, 'tree', 'README.md'), 'utf8')).toBe('mine');
  });

  it('refuses a folder that holds something else, before anything is made', async () => {
    await mkdir(join(home.path, 'full'));
    await writeFile(join(home.path, 'full', 'notes.txt'), '');
    const cloned = await init('--repo', 'warroom.git', '--dir', 'full');
    expect(cloned).toMatchObject({ exit: 2, stdout: '' });
    expect(cloned.stderr).toContain('holds other files');
    expect(existsSync(join(home.path, 'warroom.git'))).toBe(false);
    const made = await init('--repo', 'full');
    expect(made.exit).toBe(2);
    expect(made.stderr).toContain('it holds notes.txt');
  });

  it('explains why a work tree cannot be a war room', async () => {
    await git(['init', '--quiet', 'tree'], { cwd: home.path });
    const { exit, stderr } = await init('--repo', 'tree');
    expect(exit).toBe(2);
    expect(stderr).toContain('is a work tree');
  });

  it('asks nothing on a pipe and says what is missing', async () => {
    const { exit, stderr } = await init();
    expect(exit).toBe(2);
    expect(stderr).toContain('--github-repo owner/name');
  });

  it('writes the file that --config names', async () => {
    const { exit } = await init('--repo', 'warroom.git', '--config', 'mine.yaml');
    expect(exit).toBe(0);
    expect(await readFile(join(home.path, 'mine.yaml'), 'utf8')).toContain('warroom.git');
    expect(existsSync(configOf(home))).toBe(false);
  });

  it('replaces another war room in the configuration only with --yes, and keeps the rest of it', async () => {
    await init('--repo', 'one.git');
    await writeFile(
      configOf(home),
      (await readFile(configOf(home), 'utf8')).concat('engineer: alice@example.com\ndefaults:\n  cluster: web-1\n'),
    );
    const kept = await init('--repo', 'two.git', '--json');
    expect(JSON.parse(kept.stdout)).toMatchObject({ result: 'created', configuration: 'kept' });
    expect(kept.stderr).toContain('still names');
    const replaced = await init('--repo', 'two.git', '--json', '--yes');
    expect(JSON.parse(replaced.stdout)).toMatchObject({ result: 'unchanged', configuration: 'written' });
    const config = await readFile(configOf(home), 'utf8');
    expect(config).toContain('two.git');
    expect(config).toContain('cluster: web-1');
  });

  it('warns when a project file would win', async () => {
    await writeFile(
      join(home.path, '.warroom.yaml'),
      'apiVersion: warroom.intility.io/v1\nkind: ClientConfig\nrepository:\n  url: /srv/other.git\n',
    );
    const { exit, stderr } = await init('--repo', 'warroom.git');
    expect(exit).toBe(0);
    expect(stderr).toMatch(/warning: commands here use \/srv\/other\.git, because of .*\.warroom\.yaml/u);
  });

  it('says that git is missing', async () => {
    const { exit, stderr } = await runCli(['init', '--repo', 'warroom.git'], { home, env: { PATH: '/nonexistent' } });
    expect(exit).toBe(1);
    expect(stderr).toContain('cannot start git');
  });

  it('works for somebody whom git does not know', async () => {
    const { exit } = await runCli(['init', '--repo', 'warroom.git'], {
      home,
      env: { GIT_CONFIG_GLOBAL: '/dev/null', HOME: join(home.path, 'empty') },
    });
    expect(exit).toBe(0);
  });
});

describe('init on a repository that is there', () => {
  let remote: BareRemote;

  beforeEach(async () => {
    remote = await createBareRemote({ folder: home.path });
  });

  it('adds what is missing and overwrites nothing', async () => {
    await pushFiles(remote, { 'README.md': 'ours', 'src/app.js': '1' }, 'before');
    const { exit, stdout } = await init('--repo', remote.path, '--json');
    const result = JSON.parse(stdout) as { result: string; added: readonly string[] };
    expect({ exit, kind: result.result }).toEqual({ exit: 0, kind: 'completed' });
    expect(result.added).toContain('requests/README.md');
    expect(result.added).not.toContain('README.md');
    expect(await readFileAt(remote, 'README.md')).toBe('ours');
    expect(await readFileAt(remote, 'src/app.js')).toBe('1');
    expect(await history(remote.path)).toEqual(['Alice: set up the war room', 'Test Engineer: before']);
  });

  it('lets two people set it up at once', async () => {
    const results = await Promise.all([init('--repo', remote.path), init('--repo', remote.path, '--owner', '@acme/x')]);
    expect(results.map(({ exit, stderr }) => (exit === 0 ? '' : stderr))).toEqual(['', '']);
    expect(await history(remote.path)).toEqual(['Alice: set up the war room']);
  });

  it('names the branches there are when the one it should use is missing', async () => {
    await pushFiles(remote, { 'README.md': 'ours' }, 'before', { ref: 'refs/heads/trunk' });
    const { exit, stderr } = await init('--repo', remote.path);
    expect(exit).toBe(1);
    expect(stderr).toContain('has no branch main');
    expect(stderr).toContain('claude-warroom init --branch trunk');
    expect(await init('--repo', remote.path, '--branch', 'trunk')).toMatchObject({ exit: 0 });
    expect(await readFile(configOf(home), 'utf8')).toContain('branch: trunk');
  });

  it.each([
    ['--branch', 'a b'],
    ['--branch', 'x..y'],
    ['--branch', '-x'],
  ])('refuses %s %s', async (...args) => {
    expect(await init('--repo', remote.path, ...args)).toMatchObject({ exit: 2 });
  });

  it('says that the branch is protected', async () => {
    await protectMain(remote);
    const { exit, stderr } = await init('--repo', remote.path);
    expect(exit).toBe(4);
    expect(stderr).toContain('does not accept a push to refs/heads/main');
    expect(stderr).toContain('Protected branch update failed');
  });

  it('says which permission a token lacks, and how to do without', async () => {
    const refusal = 'refusing to allow a Personal Access Token to create or update workflow without `workflow` scope';
    const hook = `#!/bin/sh\nif git ls-tree -r $3 | grep -q .github; then echo 'error: ${refusal}' >&2; exit 1; fi\n`;
    await installHook(remote, 'update', hook);
    const refused = await init('--repo', remote.path);
    expect(refused.exit).toBe(4);
    expect(refused.stderr).toContain('claude-warroom init --no-workflow');
    expect(await init('--repo', remote.path, '--no-workflow')).toMatchObject({ exit: 0 });
  });
});

describe('init over HTTP', () => {
  let server: GitHttpServer;
  let remote: BareRemote;
  const credentials = { user: 'alice', password: 'correct-horse' };

  beforeEach(async () => {
    const root = join(home.path, 'srv');
    await mkdir(root);
    remote = await createBareRemote({ folder: root });
    server = await createGitHttpServer({ root, credentials });
  });

  afterEach(async () => {
    await server.close();
  });

  const withPassword = (url: string, password: string): string => url.replace('://', `://alice:${password}@`);

  it('sets up an empty repository and finds it usable', async () => {
    const url = withPassword(server.url('warroom.git'), credentials.password);
    const { exit, stdout, stderr } = await init('--repo', url);
    expect(exit).toBe(0);
    expect(stdout + stderr).not.toContain(credentials.password);
    expect(await history(remote.path)).toEqual(['Alice: set up the war room']);
    const doctor = await runCli(['doctor', '--json'], { home });
    expect(doctor.exit).toBe(0);
    expect(doctor.stdout).not.toContain(credentials.password);
    const { ok, checks } = JSON.parse(doctor.stdout) as {
      ok: boolean;
      checks: readonly { name: string; state: string }[];
    };
    expect(ok).toBe(true);
    expect(checks).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'repository', state: 'ok' }),
        expect.objectContaining({ name: 'push', state: 'ok' }),
        expect.objectContaining({ name: 'processors', state: 'warn' }),
      ]),
    );
    expect(await history(remote.path)).toHaveLength(1);
  });

  it('says that the credentials are wrong', async () => {
    const { exit, stderr } = await init('--repo', withPassword(server.url('warroom.git'), 'wrong'));
    expect(exit).toBe(4);
    expect(stderr).toContain('did not accept the credentials');
    expect(existsSync(configOf(home))).toBe(false);
  });

  it('says that nothing answers, or that nothing is there', async () => {
    const missing = await init('--repo', withPassword(server.url('nothing.git'), credentials.password));
    expect(missing).toMatchObject({ exit: 1 });
    expect(missing.stderr).toContain('there is no repository');
    const offline = await init('--repo', 'http://127.0.0.1:9/warroom.git');
    expect(offline).toMatchObject({ exit: 1 });
    expect(offline.stderr).toContain('cannot reach the war room');
  });

  it('lets doctor tell reading from writing', async () => {
    const url = withPassword(server.url('warroom.git'), credentials.password);
    await init('--repo', url);
    server.inject({ kind: 'status', status: 403 }, { matching: isPush, times: 5 });
    server.inject(
      { kind: 'status', status: 403 },
      { matching: ({ path }) => path.includes('service=git-receive-pack'), times: 5 },
    );
    const { exit, stdout } = await runCli(['doctor'], { home });
    expect(exit).toBe(1);
    expect(stdout).toMatch(/^ok\trepository\t/mu);
    expect(stdout).toMatch(/^fail\tpush\trefused/mu);
  });
});

describe('doctor', () => {
  it('says what to do on a machine without anything', async () => {
    const { exit, stdout } = await runCli(['doctor'], { home });
    expect(exit).toBe(1);
    expect(stdout).toMatch(/^fail\tconfiguration\tno war room is configured\tset one up with/mu);
  });

  it('needs git for everything else', async () => {
    const { exit, stdout } = await runCli(['doctor', '--repo', '/srv/warroom.git'], {
      home,
      env: { PATH: '/nonexistent' },
    });
    expect(exit).toBe(1);
    expect(stdout).toMatch(/^fail\tgit\tgit is not in PATH/mu);
    expect(stdout).not.toContain('repository');
  });

  it('tells a repository that is no war room yet', async () => {
    const remote = await createBareRemote({ folder: home.path });
    await pushFiles(remote, { 'README.md': 'app' }, 'before');
    const { exit, stdout } = await runCli(['doctor', '--repo', remote.path], { home });
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^warn\trepository\t.*is not set up as a war room\tclaude-warroom init/mu);
    const empty = await createBareRemote({ folder: home.path, name: 'empty.git' });
    const none = await runCli(['doctor', '--repo', empty.path], { home });
    expect(none.exit).toBe(1);
    expect(none.stdout).toMatch(/^fail\trepository\t/mu);
  });
});
