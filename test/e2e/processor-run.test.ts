import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatYaml } from '../../src/schema/format-document.ts';
import type { ProcessorConfig } from '../../src/schema/generated.ts';
import { createCliHome, runCli, startCli, type CliHome, type CliResult, type RunningCli } from '../support/cli.ts';
import { isRunning } from '../support/process-tree.ts';

let home: CliHome;
let running: RunningCli | undefined;

beforeEach(async () => {
  home = await createCliHome();
  await runCli(['init', '--repo', 'warroom.git'], { home });
  await configure();
});

afterEach(async () => {
  await running?.close();
  running = undefined;
  await home.close();
});

async function configure(change: Partial<ProcessorConfig> = {}): Promise<void> {
  const config = formatYaml('ProcessorConfig', {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'ProcessorConfig',
    cluster: { name: 'web-1', type: 'host' },
    trust: 'open',
    repository: { url: './warroom.git' },
    stateDir: './state',
    polling: { minSeconds: 0.2, maxSeconds: 0.2 },
    ...change,
  });
  await writeFile(join(home.path, 'processor.yaml'), config);
}

function events(stdout: string): readonly string[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { event: string }).event);
}

async function ask(): Promise<string> {
  const args = ['investigate', '--cluster', 'web-1', '--type', 'host', '--issue', 'slow', '--strategy', 'general'];
  return (await runCli(args, { home })).stdout.trim();
}

describe('processor run', () => {
  it('answers what is pending with --once and ends, or says what it could not', async () => {
    const id = await ask();
    await mkdir(join(home.path, 'state'));
    await writeFile(join(home.path, 'state', 'PAUSE'), 'a change of the storage');
    const paused = await runCli(['processor', 'run', '--once'], { home });
    expect(paused).toMatchObject({
      exit: 8,
      stderr: expect.stringContaining(`still pending  ${id}  paused`) as unknown,
    });
    expect(JSON.parse(paused.stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ event: 'left-open', id });
    await rm(join(home.path, 'state', 'PAUSE'));
    const { exit, stdout } = await runCli(['processor', 'run', '--once', '-c', 'processor.yaml'], { home });
    expect(exit).toBe(0);
    expect(events(stdout)).toEqual(expect.arrayContaining(['started', 'claimed', 'published', 'stopped']));
    const status = await runCli(['status', id, '--json'], { home });
    expect(JSON.parse(status.stdout)).toMatchObject({ id, phase: 'succeeded' });
  });

  it('shares the work with another processor of the same cluster, and nothing runs twice', async () => {
    const ids = [await ask(), await ask()];
    const start = async (holder: string): Promise<CliResult> => {
      const file = join(home.path, `${holder}.yaml`);
      const text = (await readFile(join(home.path, 'processor.yaml'), 'utf8')).replace(
        'stateDir: ./state',
        `stateDir: ./${holder}`,
      );
      await writeFile(file, `${text}holder: ${holder}\n`);
      return await runCli(['processor', 'run', '--once', '-c', file], { home });
    };
    const runs = await Promise.all([start('processor-a'), start('processor-b')]);
    const published = runs.flatMap(({ stdout }) => stdout.match(/"event":"published","id":"[^"]+"/gu) ?? []);
    expect(published).toHaveLength(2);
    expect(new Set(published).size).toBe(2);
    const log = await promisify(execFile)('git', ['log', '--format=%s', 'main'], {
      cwd: join(home.path, 'warroom.git'),
    });
    for (const id of ids) expect(log.stdout.split('\n').filter((line) => line === `result ${id}`)).toHaveLength(1);
    // One that found the last request claimed by the other says so; between them nothing is left.
    expect(runs.map(({ exit }) => exit)).toContain(0);
    const listed = JSON.parse((await runCli(['list', '--json'], { home })).stdout) as { requests: { phase: string }[] };
    expect(listed.requests.map(({ phase }) => phase)).toEqual(['succeeded', 'succeeded']);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends in order at %s', async (signal) => {
    running = startCli(['processor', 'run'], { home });
    await running.waitFor(/"synced"/u);
    running.signal(signal);
    const { exit, stdout } = await running.result();
    expect(exit).toBe(0);
    expect(events(stdout).slice(-2)).toEqual(['stopping', 'stopped']);
    expect(await isRunning(running.pid)).toBe(false);
  });

  it('prints lines for people when asked', async () => {
    const { stdout } = await runCli(['processor', 'run', '--once', '--log', 'text'], { home });
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d {2}web-1\/\S+ serves .*warroom\.git/u);
    expect(stdout).not.toContain('{');
  });

  it.each([
    ['a file that is not there', ['-c', 'none.yaml'], 2, 'does not exist'],
    ['a short commit', ['--accept-tip', 'c0ffee'], 2, 'whole commit id'],
    ['an unknown form of log lines', ['--log', 'xml'], 2, 'json, text'],
  ])('refuses %s', async (_, args, exit, message) => {
    const result = await runCli(['processor', 'run', ...args], { home });
    expect(result.exit).toBe(exit);
    expect(result.stderr).toContain(message);
  });

  it('writes into its log why it did not start', async () => {
    await configure({ trust: 'required', trustDir: './trust' });
    const { exit, stdout, stderr } = await runCli(['processor', 'run'], { home });
    expect(exit).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ level: 'error', event: 'failed', code: 'invalid-file' });
    expect(stderr).toMatch(/^error: /u);
  });
});
