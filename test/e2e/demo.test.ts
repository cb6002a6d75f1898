import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLI_ARGV, createCliHome, runCli, startCli, type CliHome, type CliResult } from '../support/cli.ts';
import { isRunning } from '../support/process-tree.ts';
import { canOpenTerminal, KEYS, openTerminal } from '../support/pty.ts';
import { git } from '../support/git-rig.ts';

let home: CliHome;

beforeEach(async () => {
  home = await createCliHome();
});

afterEach(async () => {
  await home.close();
});

/** As in a fresh container: an empty home, and nobody that git knows. */
const NOBODY = { GIT_CONFIG_GLOBAL: '/dev/null' };

async function demo(args: readonly string[] = [], env: Readonly<Record<string, string>> = NOBODY): Promise<CliResult> {
  return await runCli(['demo', ...args], { home, env });
}

interface LastLine {
  readonly id: string;
  readonly phase: string;
  readonly outcome: string;
  readonly engine: string;
  readonly evidence: number;
  readonly seconds: number;
  readonly warRoom: string;
}

function lastLine(stdout: string): LastLine {
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as LastLine;
}

/** What lies in the temporary folder of this person. */
async function leftOvers(): Promise<readonly string[]> {
  return await readdir(join(home.path, 'tmp'));
}

describe('demo', () => {
  it('answers a real question about this machine and leaves nothing behind', async () => {
    const before = await readdir(home.path);
    const { exit, stdout, stderr } = await demo();
    expect({ exit, stderr: exit === 0 ? '' : stderr }).toEqual({ exit: 0, stderr: '' });
    expect(stdout).toContain('BOTTOM LINE');
    expect(stdout).toContain('this-host');
    // What is removed cannot be opened any more.
    expect(stdout).not.toContain('get-results');
    expect(stderr).toMatch(/^engine +diagnostics: .+/mu);
    expect(stderr).toMatch(/claimed by this-host\/demo-processor/u);
    for (const step of ['look at the files it made', 'connect a real repository', 'put a processor into a cluster']) {
      expect(stderr).toContain(step);
    }
    expect(stdout + stderr).not.toContain('\u001b');
    expect(await leftOvers()).toEqual([]);
    expect(await readdir(home.path)).toEqual(before);
  });

  it('ends with one line of JSON for scripts', async () => {
    const { exit, stdout } = await demo(['--json']);
    expect(exit).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    const line = lastLine(stdout);
    expect(line).toMatchObject({ phase: 'succeeded', engine: 'diagnostics' });
    expect(['root-cause', 'no-problem', 'inconclusive']).toContain(line.outcome);
    expect(line.evidence).toBeGreaterThan(3);
    // How fast it is on a quiet machine is measured by  npm run bench.
    expect(line.seconds).toBeGreaterThan(0);
    expect(existsSync(line.warRoom)).toBe(false);
  });

  it('keeps a war room that the other commands can read', async () => {
    const { exit, stdout } = await demo(['--keep', 'kept', '--json']);
    expect(exit).toBe(0);
    const { id, warRoom, evidence, outcome } = lastLine(stdout);
    expect(warRoom).toBe(join(home.path, 'kept', 'war-room.git'));
    expect(await git(['fsck', '--strict'], { cwd: warRoom })).not.toContain('error');

    const tree = join(home.path, 'kept', 'war-room');
    const result = join(tree, 'results', id.slice(0, 10).replaceAll('-', '/'), id);
    expect(await readFile(join(result, 'README.md'), 'utf8')).toContain('**Bottom line.**');
    expect(await readdir(join(result, 'evidence'))).toHaveLength(evidence);
    expect(await readFile(join(tree, 'results', 'README.md'), 'utf8')).toContain(id);
    const log = (await readFile(join(home.path, 'kept', 'processor.log'), 'utf8')).trimEnd().split('\n');
    expect(log.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual(
      expect.arrayContaining(['started', 'claimed', 'published', 'stopped']),
    );

    const status = await runCli(['status', id, '--repo', warRoom, '--json'], { home });
    expect(JSON.parse(status.stdout)).toMatchObject({ id, phase: 'succeeded', outcome });
    const results = await runCli(['get-results', id, '--repo', warRoom, '--evidence', 'E001'], { home });
    expect(results).toMatchObject({ exit: 0 });
    const files = await runCli(['validate', join(tree, 'clusters', 'this-host.yaml')], { home });
    expect(files).toMatchObject({ exit: 0 });
  });

  it('keeps nothing in a folder that is in use', async () => {
    await mkdir(join(home.path, 'full'));
    await writeFile(join(home.path, 'full', 'notes.txt'), 'mine');
    const { exit, stderr } = await demo(['--keep', 'full']);
    expect(exit).toBe(2);
    expect(stderr).toContain('the folder is not empty');
    expect(await readdir(join(home.path, 'full'))).toEqual(['notes.txt']);
  });

  it('does not pretend to have an engine', async () => {
    const { exit, stdout, stderr } = await demo(['--engine', 'claude']);
    expect(exit).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('the engine claude cannot run here');
    expect(stderr).toContain('--engine diagnostics');
    expect(await leftOvers()).toEqual([]);
  });

  it('does not mind what is configured for real work on this machine', async () => {
    await mkdir(join(home.path, '.config/claude-warroom'), { recursive: true });
    await writeFile(join(home.path, '.config/claude-warroom/config.yaml'), 'not even valid');
    const { exit } = await demo(['--json'], { WARROOM_PAUSE: 'audit', WARROOM_REPO: '/srv/nothing.git' });
    expect(exit).toBe(0);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('stops at %s, and nothing of it runs on or stays', async (signal) => {
    const running = startCli(['demo'], { home, env: NOBODY });
    try {
      await running.waitFor(/claimed by/u);
      running.signal(signal);
      const { exit, stderr } = await running.result(15_000);
      expect(exit).toBe(130);
      expect(stderr).toContain('the demo was stopped');
      expect(stderr).not.toContain('claude-warroom follow');
      expect(await isRunning(running.pid)).toBe(false);
      expect(await leftOvers()).toEqual([]);
    } finally {
      await running.close();
    }
  });

  it('takes a Ctrl-C that arrives twice for one', async () => {
    const running = startCli(['demo'], { home, env: NOBODY });
    try {
      await running.waitFor(/claimed by/u);
      running.signal('SIGINT');
      running.signal('SIGINT');
      const { stderr } = await running.result(15_000);
      expect(stderr).toContain('what it made is removed');
      expect(await leftOvers()).toEqual([]);
    } finally {
      await running.close();
    }
  });
});

describe.runIf(await canOpenTerminal())('demo in a terminal', () => {
  it('shows progress and the report in colour', async () => {
    const terminal = openTerminal([...CLI_ARGV, 'demo'], { cwd: home.path, env: { ...home.env, ...NOBODY } });
    try {
      await terminal.waitFor(/claimed by this-host/u);
      await terminal.waitFor(/BOTTOM LINE/u);
      await terminal.waitFor(/put a processor into a cluster/u);
      expect(await terminal.exit).toBe(0);
      expect(terminal.screen().raw).toContain('\u001b[');
    } finally {
      await terminal.close();
    }
  });

  it('stops at Ctrl-C', async () => {
    const terminal = openTerminal([...CLI_ARGV, 'demo'], { cwd: home.path, env: { ...home.env, ...NOBODY } });
    try {
      await terminal.waitFor(/claimed by this-host/u);
      terminal.send(KEYS.interrupt);
      expect(await terminal.exit).toBe(130);
      expect(await leftOvers()).toEqual([]);
    } finally {
      await terminal.close();
    }
  });
});
