import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resumePath, signaturePath } from '../../../src/domain/repository-layout.ts';
import { sha256 } from '../../../src/lib/digest.ts';
import { formatYaml } from '../../../src/schema/format-document.ts';
import { runInProcess, type InProcessResult } from '../../support/cli-context.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';
import { processorConfigText } from '../../support/processor-rig.ts';
import { createKey } from '../../support/signing-rig.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import { aPresence, putPresence } from '../../support/war-room-content.ts';

let temp: TempFolder;
let warRoom: MemoryWarRoom;

beforeEach(async () => {
  temp = await createTempFolder('zone-brake');
  warRoom = new MemoryWarRoom();
  const text = processorConfigText({ url: temp.path, stateDir: 'state', change: { pauseFile: 'brake/PAUSE' } });
  await writeFile(join(temp.path, 'processor.yaml'), text);
});

afterEach(async () => {
  await temp.close();
});

const CLIENT_CONFIG = { apiVersion: 'warroom.intility.io/v1', kind: 'ClientConfig' } as const;

async function run(...argv: readonly string[]): Promise<InProcessResult> {
  const env = { PATH: process.env['PATH'] ?? '', SUDO_USER: 'carol' };
  return await runInProcess(argv, { warRoom, cwd: temp.path, env });
}

describe('the brake of the zone', () => {
  it('is a file that says who, when and why, and is lifted with a note of the same', { timeout: 20_000 }, async () => {
    const paused = await run('pause', '--zone', '--reason', 'something leaks');
    expect(paused).toMatchObject({ exit: 0, stderr: expect.stringContaining('the next one starts paused') as unknown });
    const file = join(temp.path, 'brake', 'PAUSE');
    expect(await readFile(file, 'utf8')).toMatch(/^reason: something leaks\nby: carol@\S+\nat: 2026-11-20T/u);
    expect((await run('pause', '--zone', '--reason', 'again')).stderr).toContain(
      'is paused already in its zone: something',
    );
    expect((await run('resume', '--zone', '--reason', 'closed')).stderr).toContain('no longer paused in its zone');
    await expect(readFile(file)).rejects.toThrow();
    expect(await readFile(join(temp.path, 'state', 'RESUMED'), 'utf8')).toMatch(/^reason: closed\nby: carol@/u);
    expect((await run('resume', '--zone', '--reason', 'closed')).stderr).toContain('was not paused by');
    expect(warRoom.files.size).toBe(0);
  });

  it('speaks JSON', async () => {
    const { stdout } = await run('pause', '--zone', '--reason', 'audit', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ paused: true, changed: true, isRunning: false, reason: 'audit' });
    const resumed = await run('resume', '--zone', '--reason', 'done', '--json');
    expect(JSON.parse(resumed.stdout)).toMatchObject({ paused: false, changed: true });
  });

  it('says that the environment pauses as well', async () => {
    const env = { PATH: process.env['PATH'] ?? '', WARROOM_PAUSE: 'freeze' };
    const { stderr } = await runInProcess(['resume', '--zone', '--reason', 'x'], { warRoom, cwd: temp.path, env });
    expect(stderr).toContain('WARROOM_PAUSE is set here');
  });
});

describe('resume where trust is required', () => {
  it('signs the end of the pause that lies there, and of those that processors have seen', async () => {
    const key = await createKey(temp.path, 'carol');
    await run('pause', '--reason', 'freeze');
    const digest = sha256(warRoom.text('PAUSE') ?? '');
    const earlier = 'b'.repeat(64);
    const paused = { code: 'resume-unsigned', message: 'PAUSE was removed', pauseSha256: earlier };
    putPresence(warRoom, aPresence({ trust: 'required', paused }));
    const { exit, stderr } = await run('resume', '--reason', 'over', '--signing-key', key.file);
    expect({ exit, stderr }).toMatchObject({
      exit: 0,
      stderr: expect.stringContaining('signed as alice@example.com') as string,
    });
    for (const one of [digest, earlier]) {
      expect(warRoom.text(resumePath(one))).toContain(`pauseSha256: ${one}`);
      expect(warRoom.text(signaturePath(resumePath(one)))).toContain('BEGIN SSH SIGNATURE');
    }
    expect(warRoom.text('PAUSE')).toBeUndefined();
  });

  it('signs with the key that the configuration names, as a request is signed', async () => {
    const key = await createKey(temp.path, 'carol');
    const config = join(temp.path, 'config.yaml');
    await writeFile(config, formatYaml('ClientConfig', { ...CLIENT_CONFIG, signingKey: key.file }));
    await run('pause', '--reason', 'freeze');
    const digest = sha256(warRoom.text('PAUSE') ?? '');
    putPresence(warRoom, aPresence({ trust: 'required' }));
    expect(await run('resume', '--reason', 'over', '--config', config)).toMatchObject({ exit: 0 });
    expect(warRoom.text(signaturePath(resumePath(digest)))).toContain('BEGIN SSH SIGNATURE');
  });

  it('changes nothing when there is no key to sign with', async () => {
    await run('pause', '--reason', 'freeze');
    putPresence(warRoom, aPresence({ trust: 'required' }));
    const { exit, stderr } = await run('resume', '--reason', 'over');
    expect(exit).toBe(4);
    expect(stderr).toContain('production-hub goes on only when somebody signs that');
    expect(stderr).toContain('neither --signing-key, the configuration, git nor the ssh-agent names an SSH key');
    expect(warRoom.text('PAUSE')).toBeDefined();
  });
});

describe('orders to a processor', () => {
  it.each([
    [['admin', 'kill', '--reason', 'x'], 2, 'name one request, or --all'],
    [['admin', 'kill', 'nonsense', '--reason', 'x'], 2, '"nonsense" is not a request id'],
    [['admin', 'kill', '--all', '--reason', ' '], 2, '--reason is empty'],
    [['admin', 'release', '2026-11-20-1430-api-timeout-k7m2', '--reason', 'x'], 1, 'no processor runs here'],
    [['admin', 'show-held', '2026-11-20-1430-api-timeout-k7m2'], 1, 'is not held here'],
    [['admin', 'held'], 0, 'no result waits for release'],
    [['admin', 'audit', '--verify', 'nothing.jsonl'], 2, 'cannot read nothing.jsonl'],
  ])('%j', async (argv, exit, stderr) => {
    await mkdir(join(temp.path, 'state'), { recursive: true });
    expect(await run(...argv)).toMatchObject({ exit, stderr: expect.stringContaining(stderr) as unknown });
  });
});
