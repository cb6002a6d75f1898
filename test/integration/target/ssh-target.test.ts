import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/lib/clock.ts';
import { createLocalTarget } from '../../../src/target/local/local-target.ts';
import type { CommandResult } from '../../../src/target/port.ts';
import { createSshTarget, type SshTarget } from '../../../src/target/ssh/ssh-target.ts';
import { systemRandom } from '../../../src/lib/random-text.ts';
import { isRunning } from '../../support/process-tree.ts';
import { startSshd, type Sshd } from '../../support/sshd-rig.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { hostOf } from './support/ssh-targets.ts';

const sshd = await startSshd();

describe.skipIf(sshd === undefined)('a target over SSH', () => {
  let rig: Sshd;
  let target: SshTarget;

  beforeAll(() => {
    if (sshd === undefined) throw new Error('skipped');
    rig = sshd;
    target = createSshTarget({ host: hostOf(rig), clock: systemClock, random: systemRandom });
  });

  afterAll(async () => {
    await target.close();
    await rig.close();
  });

  async function run(
    argv: readonly string[],
    limits: { timeoutMs?: number; maxBytes?: number; privilege?: string } = {},
  ): Promise<CommandResult> {
    return await target.run({ argv, timeoutMs: 10_000, maxBytes: 65_536, ...limits });
  }

  it('runs a command in a closed environment, without standard input', async () => {
    const result = await run(['sh', '-c', 'env | cut -d = -f 1 | sort | grep -v "^_$"; cat; pwd']);
    expect(result).toMatchObject({ end: { kind: 'exited', exit: 0 }, stderr: '', truncated: false });
    const [cwd, ...names] = result.stdout.trim().split('\n').reverse();
    expect(cwd).toBe('/');
    expect(names.filter((name) => name !== 'PWD' && name !== 'OLDPWD').sort()).toEqual([
      'KUBECACHEDIR',
      'LANG',
      'LC_ALL',
      'PATH',
      'TZ',
    ]);
  });

  it.each([0, 1, 2, 124, 126, 127, 137, 254, 255])('reports the exit code %i of a command', async (exit) => {
    expect((await run(['sh', '-c', `exit ${exit}`])).end).toEqual({ kind: 'exited', exit });
  });

  it('keeps both streams apart and as they are', async () => {
    const result = await run(['sh', '-c', 'printf "a\\n\\nb"; printf "c\\n\\n" >&2']);
    expect(result).toMatchObject({ stdout: 'a\n\nb', stderr: 'c\n\n', end: { kind: 'exited', exit: 0 } });
  });

  it('says which tool is missing and what may not be executed', async () => {
    expect((await run(['warroom-no-such-tool'])).end).toEqual({ kind: 'missing-tool' });
    expect((await run(['/etc/passwd'])).end).toEqual({ kind: 'denied' });
  });

  it('reports a command that was killed like a shell does', async () => {
    expect((await run(['sh', '-c', 'kill -9 $$'])).end).toEqual({ kind: 'exited', exit: 137 });
  });

  it('ends the whole group of a command whose time is over', async () => {
    const result = await run(['sh', '-c', 'trap "" TERM; sleep 61 & echo $!; sleep 61; sleep 61'], { timeoutMs: 1000 });
    expect(result.end).toEqual({ kind: 'timeout' });
    expect(result.ms, 'the time of the command itself').toBeLessThan(61_000);
    const pid = Number(result.stdout);
    expect(pid).toBeGreaterThan(1);
    await waitUntil(async () => !(await isRunning(pid)), { what: 'the end of the remote sleep' });
  });

  it('ends the remote group of a command when the run is stopped', async () => {
    const controller = new AbortController();
    const file = `/tmp/warroom-abort-${process.pid}`;
    const script = `sleep 62 & echo $! > ${file}; wait`;
    const running = target.run({ argv: ['sh', '-c', script], timeoutMs: 30_000, maxBytes: 100 }, controller.signal);
    const pid = await waitUntil(async () => Number((await run(['cat', file])).stdout) || undefined, {
      what: 'the remote process',
    });
    controller.abort();
    expect((await running).end).toEqual({ kind: 'aborted' });
    await waitUntil(async () => !(await isRunning(pid)), { what: 'the end of the remote sleep' });
    await run(['rm', '-f', file]);
  });

  it('keeps the beginning of 100 MB of output and still knows the exit code', async () => {
    const result = await run(['sh', '-c', 'head -c 100000000 /dev/zero; head -c 10000000 /dev/zero >&2; exit 7'], {
      timeoutMs: 60_000,
      maxBytes: 4096,
    });
    expect(result).toMatchObject({ end: { kind: 'exited', exit: 7 }, truncated: true });
    expect(result.stdout).toHaveLength(4096);
    expect(result.stderr).toHaveLength(4096);
  });

  it('survives binary output', async () => {
    const result = await run(['head', '-c', '5000', '/dev/urandom']);
    expect(result.end).toEqual({ kind: 'exited', exit: 0 });
  });

  it('gives up on output that drips until its time is over', async () => {
    const result = await run(['sh', '-c', 'while :; do printf x; sleep 0.1; done'], { timeoutMs: 1000 });
    expect(result.end).toEqual({ kind: 'timeout' });
    expect(result.stdout).toMatch(/^x{3,}$/u);
  });

  it('runs many commands at once over one connection', async () => {
    const results = await Promise.all(Array.from({ length: 24 }, (_, index) => run(['echo', String(index)])));
    expect(results.map(({ stdout }) => stdout)).toEqual(Array.from({ length: 24 }, (_, index) => `${index}\n`));
  });

  it('says who it is, and the same facts as the machine itself', async () => {
    const local = createLocalTarget({ clock: systemClock });
    const own = await local.identify();
    expect(await target.identify()).toMatchObject({ kind: 'ssh', name: 'web-1', platform: os.platform() });
    if (existsSync('/etc/machine-id')) expect((await target.identify()).identity).toBe(own.identity);
    const remote = await target.collect('host-facts');
    expect(remote.end).toEqual({ kind: 'exited', exit: 0 });
    const facts = JSON.parse(remote.stdout) as Record<string, unknown>;
    const expected = JSON.parse((await local.collect('host-facts')).stdout) as Record<string, unknown>;
    expect(facts).toMatchObject({
      platform: expected['platform'],
      release: expected['release'],
      hostname: expected['hostname'],
      cpus: expected['cpus'],
      totalMemoryBytes: expected['totalMemoryBytes'],
    });
    const known = Object.keys(expected).filter((name) => name !== 'networkInterfaces');
    expect(Object.keys(facts).filter((name) => name !== 'networkInterfaces')).toEqual(known);
    expect(remote.stdout).toMatch(/^ {2}"uptimeSeconds": \d+,$/mu);
  });

  it('writes the words of a shell after nothing but its own mark', async () => {
    await writeFile(rig.authorizedKeysFile, `environment="X=1" ${rig.publicKey}\n`);
    expect((await run(['echo', 'ok'])).stdout).toBe('ok\n');
  });

  it('leaves neither a connection nor a socket behind when it is closed', async () => {
    const other = createSshTarget({ host: hostOf(rig), clock: systemClock, random: systemRandom });
    const before = (await readdir(os.tmpdir())).filter((name) => name.startsWith('warroom-ssh-'));
    await other.run({ argv: ['true'], timeoutMs: 5000, maxBytes: 100 });
    await other.close();
    expect((await readdir(os.tmpdir())).filter((name) => name.startsWith('warroom-ssh-'))).toEqual(before);
    await other.close();
  });
});
