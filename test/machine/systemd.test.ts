import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findProgram } from '../../src/lib/find-program.ts';
import { startMachine, type ThrowawayMachine } from '../eval/machine/throwaway-machine.ts';
import { printSkipReason } from '../support/skip-reason.ts';
import { createTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { waitUntil } from '../support/wait-until.ts';

const PROJECT = join(import.meta.dirname, '../..');
const CONFIG = '/etc/claude-warroom/processor.yaml';

const whyNot = await reasonToSkip();
if (whyNot !== undefined) printSkipReason(`the service of systemd is not tried: ${whyNot}`);

async function reasonToSkip(): Promise<string | undefined> {
  if (process.env['WARROOM_TEST_MACHINE'] !== '1') return 'npm run test:systemd does';
  if (process.getuid?.() !== 0) return 'only root can start a machine';
  for (const program of ['unshare', 'systemctl', 'sshd']) {
    const path = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
    if ((await findProgram(program, path)) === undefined) return `there is no ${program}`;
  }
  return undefined;
}

interface Said {
  readonly exit: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

describe.skipIf(whyNot !== undefined)('a processor as a service of a real systemd', () => {
  let folder: TempFolder;
  let machine: ThrowawayMachine;

  beforeAll(async () => {
    folder = await createTempFolder('warroom-machine');
    const name = `warroom-machine-${process.pid}`;
    machine = await startMachine({ name, folder: folder.path, project: PROJECT, hasOwnLoad: false });
    const script = await readFile(join(import.meta.dirname, 'set-up.sh'), 'utf8');
    const { exit, stderr } = await inside('env', `NODE=${process.execPath}`, 'bash', '-c', script);
    expect({ exit, stderr: exit === 0 ? '' : stderr }).toEqual({ exit: 0, stderr: '' });
  });

  afterAll(async () => {
    await machine.stop();
    await folder.close();
  });

  async function inside(...argv: readonly string[]): Promise<Said> {
    const { end, stdout, stderr } = await machine.run(argv);
    const text = (bytes: Buffer): string => bytes.toString('utf8');
    return { exit: end.kind === 'exited' ? end.exit : undefined, stdout: text(stdout), stderr: text(stderr) };
  }

  async function cli(...args: readonly string[]): Promise<Said> {
    return await inside(process.execPath, '/opt/claude-warroom/bin/claude-warroom.js', ...args);
  }

  async function property(name: string): Promise<string> {
    return (await inside('systemctl', 'show', '--value', '-p', name, 'claude-warroom.service')).stdout.trim();
  }

  /** Asks the processor about the machine, and waits for its report. */
  async function investigate(
    strategy: string,
  ): Promise<{ phase: string; steps: readonly { step: string; status: string }[] }> {
    const issue = 'is it well?';
    const asked = await cli('investigate', '--cluster', 'host-1', '--strategy', strategy, '--issue', issue, '--wait');
    expect({ exit: asked.exit, stderr: asked.exit === 0 ? '' : asked.stderr }).toEqual({ exit: 0, stderr: '' });
    const { stdout } = await cli('get-results', '@last', '--format', 'json');
    const report = JSON.parse(stdout) as { phase: string; coverage: { step: string; status: string }[] };
    return { phase: report.phase, steps: report.coverage };
  }

  async function isRunning(): Promise<boolean> {
    return (await cli('status', '--local', '--config', CONFIG)).exit === 0;
  }

  it('is installed in one command, with a user of its own', async () => {
    const { exit, stderr } = await cli('install', 'systemd', '-c', CONFIG, '--yes');
    expect({ exit, stderr: exit === 0 ? '' : stderr }).toEqual({ exit: 0, stderr: '' });
    await waitUntil(isRunning, { what: 'a processor that runs', timeoutMs: 60_000 });
    expect((await inside('systemctl', 'is-enabled', 'claude-warroom.service')).stdout).toBe('enabled\n');
    expect((await inside('stat', '-c', '%U %a', '/var/lib/claude-warroom')).stdout).toBe('warroom 700\n');
  });

  it('answers a question, without privileges', async () => {
    expect((await investigate('general')).phase).toBe('succeeded');
    const status = await inside('cat', `/proc/${await property('MainPID')}/status`);
    expect(status.stdout).toMatch(/^NoNewPrivs:\s1$/mu);
    expect(status.stdout).toMatch(/^CapBnd:\s0+$/mu);
    expect((await inside('ps', '-o', 'user=', '-p', await property('MainPID'))).stdout.trim()).toBe('warroom');
  });

  it('is started again when it is killed, and answers', async () => {
    const before = await property('MainPID');
    await inside('kill', '-9', before);
    await waitUntil(async () => !['0', before].includes(await property('MainPID')), {
      what: 'a new process',
      timeoutMs: 60_000,
    });
    expect((await investigate('general')).phase).toBe('succeeded');
  });

  it('goes down and stays down, and comes up again', async () => {
    expect((await cli('down')).stdout).toContain('is stopped, and stays so');
    expect(await property('ActiveState')).toBe('inactive');
    expect(await property('UnitFileState')).toBe('disabled');
    expect(await isRunning()).toBe(false);
    expect((await cli('up')).stdout).toContain('is started');
    await waitUntil(isRunning, { what: 'a processor that runs', timeoutMs: 60_000 });
    expect(await property('UnitFileState')).toBe('enabled');
  });

  it('runs the steps that need root through sudo when it may, and nothing else', async () => {
    const installed = await cli('install', 'systemd', '-c', CONFIG, '--sudo', '--yes');
    expect(installed.exit).toBe(0);
    await inside('systemctl', 'restart', 'claude-warroom.service');
    const { steps } = await investigate('firewall');
    expect(steps.find(({ step }) => step === 'filter')).toMatchObject({ status: 'ok' });
    const asProcessor = ['setpriv', '--reuid=warroom', '--regid=warroom', '--init-groups'];
    expect((await inside(...asProcessor, 'sudo', '-n', 'id')).stderr).toContain('password is required');
  });

  it('leaves nothing behind when it is taken away', async () => {
    const { exit, stderr } = await cli('install', 'systemd', '--uninstall', '--yes');
    expect(exit).toBe(0);
    expect(stderr).not.toContain('warning');
    const places = ['/etc/systemd/system', '/etc/sysusers.d', '/etc/sudoers.d', '/var/lib', '/var/log'];
    const left = await inside('find', ...places, '-name', '*claude-warroom*');
    expect(left.stdout).toBe('');
    expect((await inside('id', 'warroom')).exit).not.toBe(0);
    expect((await inside('pgrep', '-u', 'warroom')).stdout).toBe('');
    expect(await property('LoadState')).toBe('not-found');
    expect((await cli('up')).stderr).toContain('no processor is installed here');
  });
});
