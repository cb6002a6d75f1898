import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { discoverHost } from '../../../src/hosts/discover-host.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createContainerTarget } from '../../../src/target/containers/container-target.ts';
import { createLocalTarget } from '../../../src/target/local/local-target.ts';
import type { CommandResult, Target } from '../../../src/target/port.ts';
import { closedEnvironment } from '../../support/closed-environment.ts';
import { printSkipReason } from '../../support/skip-reason.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { createScriptedTarget } from '../../unit/playbook/scripted-target.ts';

const run = promisify(execFile);
const LIMITS = { timeoutMs: 20_000, maxBytes: 256 * 1024 };

describe('a target of containers, with a scripted engine', () => {
  const machine = createScriptedTarget({
    'docker ps -a': 'CONTAINER ID',
    'docker logs --tail 10 db': 'line\n',
    'docker inspect db': JSON.stringify([{ Name: '/db', Config: { Env: ['PASSWORD=hunter2'], Labels: { a: 'b' } } }]),
    'docker inspect half': '[{"Name": "/half", "Config": {"Env": ["PASSWORD=hunter2"',
    'docker inspect --format {{json .State.Health}} db': '{}',
    'docker inspect absent': { end: { kind: 'exited', exit: 1 }, stderr: 'Error: No such object: absent' },
  });
  const target = createContainerTarget({ engine: 'docker', machine, clock: systemClock });
  const runOn = async (line: string): Promise<CommandResult> => await target.run({ argv: line.split(' '), ...LIMITS });

  it('hands on what only looks', async () => {
    expect((await runOn('docker ps -a')).stdout).toBe('CONTAINER ID');
    expect((await runOn('docker logs --tail 10 db')).stdout).toBe('line\n');
    expect((await runOn('docker inspect absent')).end).toEqual({ kind: 'exited', exit: 1 });
  });

  it.each([
    ['docker exec db id', 'exec'],
    ['docker run alpine', 'run'],
    ['docker restart db', 'restart'],
    ['docker -H tcp://192.0.2.1 ps', '-H'],
    ['docker logs db', 'add --tail or --since'],
    ['docker logs -f --tail 1 db', '-f'],
    ['docker stats', '--no-stream'],
    ['docker cp db:/etc/passwd .', 'cp'],
    ['podman ps', 'shows the containers of docker only'],
    ['cat /etc/shadow', 'shows the containers of docker only'],
  ])('denies %s', async (line, word) => {
    const before = machine.started.length;
    const result = await runOn(line);
    expect(result.end).toEqual({ kind: 'denied' });
    expect(result.stderr).toContain(word);
    expect(machine.started).toHaveLength(before);
  });

  it('keeps the environment of a container out of inspect', async () => {
    const { stdout } = await runOn('docker inspect db');
    expect(JSON.parse(stdout)).toMatchObject([{ Name: '/db', Config: { Labels: { a: 'b' } } }]);
    expect(stdout).not.toContain('hunter2');
  });

  it('withholds what it cannot reduce', async () => {
    const result = await runOn('docker inspect half');
    expect(result).toMatchObject({ end: { kind: 'exited', exit: 1 }, stdout: '' });
    expect(result.stderr).toBe(
      'the output of inspect is withheld: it is no whole JSON document, so secrets could not be left out',
    );
  });

  it.each([
    '{{json .}}',
    '{{.Config.Env}}',
    '{{range .Config.Env}}{{.}}{{end}}',
    '{{json .Config}}',
    '{{index .Config "Env"}}',
    '{{with .Config}}{{.Env}}{{end}}',
  ])('denies the template %s', async (template) => {
    for (const flags of [['--format', template], [`--format=${template}`], ['-f', template], [`-f${template}`]]) {
      const { end, stdout } = await target.run({ argv: ['docker', 'inspect', ...flags, 'db'], ...LIMITS });
      expect([end, stdout]).toEqual([{ kind: 'denied' }, '']);
    }
  });

  it('allows a template that names a kept field', async () => {
    const argv = ['docker', 'inspect', '--format', '{{json .State.Health}}', 'db'];
    expect((await target.run({ argv, ...LIMITS })).stdout).toBe('{}');
  });

  it('is not the machine itself', async () => {
    expect((await target.collect('host-facts')).end).toEqual({ kind: 'denied' });
    expect(await target.identify()).toMatchObject({ kind: 'docker', identity: 'test' });
  });
});

/** Only root can run containers without a user namespace, and only runc runs where cgroups are mixed. */
const RUNC = ['/usr/sbin/runc', '/usr/bin/runc'].find((path) => existsSync(path));
const reason = !existsSync('/usr/bin/podman')
  ? 'podman is not installed'
  : RUNC === undefined
    ? 'runc is not installed'
    : process.getuid?.() !== 0
      ? 'not root'
      : !existsSync('/bin/busybox')
        ? 'no static busybox for an image'
        : undefined;

describe('a target of containers, with real podman', () => {
  let folder: TempFolder;
  let options: readonly string[];
  let target: Target | undefined;
  let machine: Target;

  beforeAll(async () => {
    folder = await createTempFolder('warroom-podman');
    // Storage of its own: what the machine runs is neither seen nor touched.
    const at = (name: string): string => join(folder.path, name);
    const places = ['--root', at('store'), '--runroot', at('run'), '--tmpdir', at('tmp')];
    options = [...places, '--storage-driver', 'vfs', '--cgroup-manager', 'cgroupfs', '--events-backend', 'none'];
    const why = reason ?? (await startContainer());
    if (why !== undefined) {
      printSkipReason(`no real container is looked at: ${why}`);
      return;
    }
    const local = createLocalTarget({ clock: systemClock });
    machine = {
      ...local,
      run: async (command, signal) => {
        const [program = '', ...args] = command.argv;
        return await local.run(
          program === 'podman' ? { ...command, argv: [program, ...options, ...args] } : command,
          signal,
        );
      },
    };
    target = createContainerTarget({ engine: 'podman', machine, clock: systemClock });
  });

  async function podman(...args: readonly string[]): Promise<string> {
    const { stdout } = await run('podman', [...options, ...args], {
      env: { ...closedEnvironment(), HOME: folder.path },
      timeout: 40_000,
    });
    return stdout;
  }

  async function startContainer(): Promise<string | undefined> {
    try {
      const root = join(folder.path, 'root');
      await mkdir(join(root, 'bin'), { recursive: true });
      await copyFile('/bin/busybox', join(root, 'bin', 'busybox'));
      await run('tar', ['-C', root, '-cf', join(folder.path, 'root.tar'), '.']);
      await podman('import', join(folder.path, 'root.tar'), 'localhost/redis-test');
      const limits = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024', '--network', 'none'];
      const labels = ['--label', 'com.docker.compose.project=shop', '--env', 'PASSWORD=hunter2'];
      const command = ['/bin/busybox', 'sh', '-c', 'echo started; exec /bin/busybox sleep 300'];
      await podman(
        '--runtime',
        RUNC ?? '',
        'run',
        '-d',
        '--name',
        'cache',
        ...limits,
        ...labels,
        'localhost/redis-test',
        ...command,
      );
      return undefined;
    } catch (error) {
      return `podman does not run a container here: ${error instanceof Error ? (error.message.split('\n').at(-2) ?? '') : ''}`;
    }
  }

  afterAll(async () => {
    if (target !== undefined) await podman('--runtime', RUNC ?? '', 'rm', '-f', '-t', '0', 'cache');
    if (reason === undefined) await podman('rmi', '-f', '-a').catch(() => undefined);
    // When a container ends, its monitor starts one more podman, which would make the folder again.
    await waitUntil(async () => !(await run('ps', ['-A', '-o', 'args='])).stdout.includes(folder.path), {
      what: 'the end of the monitor of the container',
      timeoutMs: 30_000,
    });
    await folder.close();
  });

  it('sees state, logs and the reduced form of a running container', { timeout: 120_000 }, async () => {
    if (target === undefined) return;
    const ps = await target.run({ argv: ['podman', 'ps', '--format', '{{.Names}} {{.Status}}'], ...LIMITS });
    expect(ps.end).toEqual({ kind: 'exited', exit: 0 });
    expect(ps.stdout).toMatch(/^cache Up /u);
    const logs = await target.run({ argv: ['podman', 'logs', '--tail', '5', 'cache'], ...LIMITS });
    expect(logs.stdout).toBe('started\n');
    const raw = await machine.run({ argv: ['podman', 'inspect', 'cache'], ...LIMITS });
    expect(raw.stdout).toContain('hunter2');
    const inspected = await target.run({ argv: ['podman', 'inspect', 'cache'], ...LIMITS });
    expect(inspected.stdout).not.toContain('hunter2');
    expect(JSON.parse(inspected.stdout)).toMatchObject([
      { Name: 'cache', State: { Status: 'running', OOMKilled: false }, RestartCount: 0 },
    ]);
    expect((await target.run({ argv: ['podman', 'exec', 'cache', 'id'], ...LIMITS })).end).toEqual({ kind: 'denied' });
  });

  it('finds compose projects and databases by their images', { timeout: 60_000 }, async () => {
    if (target === undefined) return;
    const found = await discoverHost(machine, new AbortController().signal);
    expect(found.composeProjects).toContain('shop');
    expect(found.databases).toContainEqual(expect.objectContaining({ kind: 'redis', container: 'cache' }));
  });
});
