import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runInProcess, type InProcessResult } from '../../support/cli-context.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

/** A script in the place of docker; the unit of systemd has a suite on a real one, npm run test:systemd. */
describe('up and down with a compose file', () => {
  let folder: TempFolder;

  beforeEach(async () => {
    folder = await createTempFolder();
    await writeFile(join(folder.path, 'compose.yaml'), 'name: claude-warroom\n');
  });
  afterEach(async () => {
    await folder.close();
  });

  async function placeDocker(script: string): Promise<void> {
    const text = `#!/bin/sh\nprintf '%s ' "$@" >>'${join(folder.path, 'calls')}'\n${script}\n`;
    await writeFile(join(folder.path, 'docker'), text, { mode: 0o755 });
  }

  async function run(...argv: readonly string[]): Promise<InProcessResult> {
    return await runInProcess(argv, { warRoom: new MemoryWarRoom(), cwd: folder.path, env: { PATH: folder.path } });
  }

  async function calls(): Promise<string> {
    return (await readFile(join(folder.path, 'calls'), 'utf8')).trim();
  }

  it('starts it and waits until it is healthy', async () => {
    await placeDocker('exit 0');
    const { exit, stdout } = await run('up');
    expect({ exit, stdout }).toEqual({
      exit: 0,
      stdout: `the processor of ${join(folder.path, 'compose.yaml')} is up and healthy\n`,
    });
    expect(await calls()).toBe(`compose --file ${join(folder.path, 'compose.yaml')} up --detach --wait`);
  });

  it('stops it and keeps its volume', async () => {
    await placeDocker('exit 0');
    expect((await run('down', '-f', 'compose.yaml')).exit).toBe(0);
    expect(await calls()).toBe(`compose --file ${join(folder.path, 'compose.yaml')} down`);
  });

  it('says why it cannot', async () => {
    await placeDocker('echo starting; echo "no such image" >&2; exit 1');
    const failed = await run('up');
    expect(failed.exit).not.toBe(0);
    expect(failed.stderr).toContain('no such image');
    expect(failed.stderr).toContain('docker compose logs processor');
  });

  it.each([
    ['there is nothing to start', ['up', '-f', 'other.yaml'], 'other.yaml'],
    ['there is no program for it', ['up'], 'there is neither docker nor podman in PATH'],
  ])('explains that %s', async (_, argv, text) => {
    const { exit, stderr } = await run(...argv);
    expect(exit).not.toBe(0);
    expect(stderr).toContain(text);
    expect(stderr).toContain('install');
  });
});
