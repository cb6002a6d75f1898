import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runInProcess, type InProcessResult } from '../../support/cli-context.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';
import { createTempFolder } from '../../support/temp-folder.ts';

const PROCESSOR = `apiVersion: warroom.intility.io/v1
kind: ProcessorConfig
cluster: {type: host, name: this-host}
trust: open
repository: {url: /srv/war-room.git}
stateDir: state
redaction:
  knownValues: [{name: canary, file: canary.txt}]
  obfuscate: {addresses: true}
`;

let folder: Awaited<ReturnType<typeof createTempFolder>>;

beforeEach(async () => {
  folder = await createTempFolder('warroom-redact');
});

afterEach(async () => {
  await folder.close();
});

async function redact(
  argv: readonly string[],
  around: { readonly stdin?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<InProcessResult> {
  const { stdin, env } = around;
  return await runInProcess(['redact', ...argv], {
    warRoom: new MemoryWarRoom(),
    cwd: folder.path,
    env: { WARROOM_REPO: '', ...env },
    ...(stdin === undefined ? {} : { stdin }),
  });
}

async function write(name: string, content: string | Uint8Array): Promise<void> {
  await writeFile(join(folder.path, name), content);
}

describe('redact', () => {
  it('prints the text without secrets and says what it removed', async () => {
    await write('pod.log', 'starting\npassword=letmein7\n');
    const { exit, stdout, stderr } = await redact(['pod.log']);
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^starting\npassword=\[REDACTED:assignment:[0-9a-f]{4}\]\n$/);
    expect(stderr).toBe('     1  assignment\n');
  });

  it('reads standard input, and says when nothing was removed', async () => {
    expect(await redact(['-'], { stdin: 'all is well' })).toEqual({
      exit: 0,
      stdout: 'all is well',
      stderr: 'nothing was removed\n',
    });
  });

  it('removes at the beginning what only the end gives away', async () => {
    const { stdout } = await redact(['-'], { stdin: 'tried Tr0ub4dor-and-3\nDB_PASSWORD=Tr0ub4dor-and-3\n' });
    expect(stdout).not.toContain('Tr0ub4dor');
  });

  it('prints text and counts as JSON', async () => {
    const { exit, stdout, stderr } = await redact(['--json', '-'], { stdin: 'password=letmein7' });
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      file: 'stdin',
      total: 1,
      byRule: { assignment: 1 },
      text: expect.stringMatching(/^password=\[REDACTED:/) as unknown,
    });
  });

  it('removes values of environment variables that are named', async () => {
    const around = {
      stdin: 'hello plain-word-1 and plain-word-2',
      env: { FIRST: 'plain-word-1', SECOND: 'plain-word-2' },
    };
    const { stdout, stderr } = await redact(['-', '--known-value-env', 'FIRST', '--known-value-env', 'SECOND'], around);
    expect(stdout).toMatch(/^hello \[REDACTED:first:[0-9a-f]{4}\] and \[REDACTED:second:[0-9a-f]{4}\]$/);
    expect(stderr).toBe('     1  first\n     1  second\n');
  });

  it('uses the configuration of a processor', async () => {
    await write('processor.yaml', PROCESSOR);
    await write('canary.txt', 'quiet-bird-1');
    const { exit, stdout } = await redact(['-c', 'processor.yaml', '-'], { stdin: 'quiet-bird-1 at 10.0.0.1' });
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^\[REDACTED:canary:[0-9a-f]{4}\] at ipv4-private-[0-9a-f]{6}$/);
  });

  it.each<[string, string | Uint8Array, string]>([
    ['a file with zero bytes', 'a\0b', 'is not text'],
    ['a file that is no UTF-8', Uint8Array.of(0xff, 0xfe, 0x41), 'is not text'],
    ['a file that is too large', new Uint8Array(8 * 1024 * 1024 + 1).fill(97), 'is too large'],
  ])('refuses %s', async (_, content, message) => {
    await write('file', content);
    const { exit, stdout, stderr } = await redact(['file']);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toContain(`file ${message}`);
    expect(stderr).toContain('hint:');
  });

  it('refuses a file that is not there, and a variable that is not set', async () => {
    expect(await redact(['nothing'])).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('cannot read nothing') as unknown,
    });
    expect(await redact(['-', '--known-value-env', 'NOT_SET'], { stdin: 'x' })).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('the environment variable NOT_SET is not set') as unknown,
    });
  });
});
