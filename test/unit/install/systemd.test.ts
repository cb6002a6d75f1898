import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { composeFile } from '../../../src/install/compose-file.ts';
import { systemdUnit, type SystemdService } from '../../../src/install/systemd-unit.ts';
import { findProgram } from '../../../src/lib/find-program.ts';
import { runInProcess, type InProcessResult } from '../../support/cli-context.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';
import { printSkipReason } from '../../support/skip-reason.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

const CONFIG = `apiVersion: warroom.intility.io/v1
kind: ProcessorConfig
cluster: { type: host, name: host-1 }
trust: open
repository: { url: /srv/warroom.git }
stateDir: /var/lib/claude-warroom
target: { kind: local }
`;

const hasAnalyze = (await findProgram('systemd-analyze', process.env['PATH'])) !== undefined;
if (!hasAnalyze) printSkipReason('units are not verified: there is no systemd-analyze');

describe('install systemd', () => {
  let folder: TempFolder;

  beforeEach(async () => {
    folder = await createTempFolder();
    await writeFile(join(folder.path, 'processor.yaml'), CONFIG);
  });
  afterEach(async () => {
    await folder.close();
  });

  async function install(...more: readonly string[]): Promise<InProcessResult> {
    const argv = ['install', 'systemd', '-c', 'processor.yaml', ...more];
    const env = { PATH: process.env['PATH'] ?? '' };
    return await runInProcess(argv, { warRoom: new MemoryWarRoom(), cwd: folder.path, env });
  }

  it('shows everything before it does anything, and changes nothing with --dry-run', async () => {
    const { exit, stdout } = await install('--dry-run', '--sudo');
    expect(exit).toBe(0);
    expect(stdout).toContain('# write: /etc/systemd/system/claude-warroom.service (mode 0644)');
    expect(stdout).toContain('# write: /etc/sudoers.d/claude-warroom (mode 0440)');
    expect(stdout).toMatch(/^warroom ALL=\(root\) NOPASSWD: \/\S+/mu);
    expect(stdout).toContain('# run: systemctl enable --now claude-warroom.service');
    expect(await readdir(folder.path)).toEqual(['processor.yaml']);
  });

  it('writes what it showed, and takes all of it away again', async () => {
    const root = join(folder.path, 'root');
    await mkdir(root);
    expect(await install('--sudo', '--yes', '--root', root)).toMatchObject({ exit: 0, stdout: '' });
    const sudoers = join(root, 'etc/sudoers.d/claude-warroom');
    expect((await stat(sudoers)).mode & 0o7777).toBe(0o440);
    expect(await readFile(join(root, 'etc/sysusers.d/claude-warroom.conf'), 'utf8')).toMatch(/^u warroom - /u);
    await mkdir(join(root, 'var/lib/claude-warroom'), { recursive: true });
    expect((await install('--uninstall', '--yes', '--root', root)).exit).toBe(0);
    const left = (await readdir(root, { recursive: true, withFileTypes: true })).filter((each) => each.isFile());
    expect(left).toEqual([]);
    expect(await readdir(join(root, 'var/lib'))).toEqual([]);
  });

  it.each([
    [
      'a state folder that the unit does not open',
      [],
      CONFIG.replace('/var/lib/claude-warroom', '/srv/state'),
      /set stateDir/u,
    ],
    ['to run as root', ['--user', 'root'], CONFIG, /--user: "root" cannot be used/u],
    ['to act when nobody confirms', ['--root', '/nonexistent/x'], CONFIG, /nobody is there to confirm it/u],
  ])('refuses %s', async (_, flags, config, message) => {
    await writeFile(join(folder.path, 'processor.yaml'), config);
    const { exit, stderr } = await install(...flags);
    expect(exit).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe('the unit', () => {
  function unit(change: Partial<SystemdService> = {}): string {
    return systemdUnit({
      user: 'root',
      program: [process.execPath, '/opt/claude warroom/bin/claude-warroom.js'],
      configFile: '/etc/claude-warroom/50%.yaml',
      stateDir: '/var/lib/claude-warroom',
      looksAtMachine: false,
      usesSudo: false,
      ...change,
    });
  }

  it('hides other processes unless they are what is looked at, and forbids new privileges unless sudo is used', () => {
    expect(unit()).toContain('\nProtectProc=invisible\n');
    expect(unit()).toContain('\nNoNewPrivileges=yes\n');
    expect(unit({ looksAtMachine: true })).not.toMatch(/ProtectProc|PrivateDevices|ProtectKernelLogs/u);
    // Each of these implies NoNewPrivileges for a unit with a user.
    expect(unit({ usesSudo: true })).not.toMatch(
      /NoNewPrivileges|Restrict|PrivateDevices|ProtectKernel|LockPersonality|SystemCall/u,
    );
  });

  it('quotes what systemd would read as its own', () => {
    expect(unit()).toContain(
      '"/opt/claude warroom/bin/claude-warroom.js" processor run --config /etc/claude-warroom/50%%.yaml',
    );
  });

  it.skipIf(!hasAnalyze).each([{}, { looksAtMachine: true }, { looksAtMachine: true, usesSudo: true }])(
    'is one that systemd accepts: %j',
    async (change) => {
      const folder = await createTempFolder();
      try {
        const file = join(folder.path, 'claude-warroom.service');
        await writeFile(file, unit(change));
        // It complains on stderr, also about what it only ignores.
        const said = execFileSync('sh', ['-c', `systemd-analyze verify --man=no "${file}" 2>&1 || true`], {
          encoding: 'utf8',
          timeout: 60_000,
        });
        expect(said.split('\n').filter((line) => line.includes('claude-warroom.service'))).toEqual([]);
      } finally {
        await folder.close();
      }
    },
  );
});

describe('the compose file', () => {
  it('confines the container as a cluster does', () => {
    const text = composeFile({
      image: 'registry.example.com/claude-warroom@sha256:1',
      configDir: '/etc/claude-warroom',
      uid: 10_001,
    });
    for (const line of ['read_only: true', 'user: "10001:0"', 'init: true', '- no-new-privileges:true', '- ALL'])
      expect(text).toContain(line);
  });
});
