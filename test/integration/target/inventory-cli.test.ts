import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runOnHosts, type HostsFlags } from '../../../src/cli/run-on-hosts.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { parseDocument } from '../../../src/schema/parse-document.ts';
import { runInProcess, type InProcessResult } from '../../support/cli-context.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';
import { startSshd, type Sshd } from '../../support/sshd-rig.ts';
import { writePlaybook } from '../../support/site-playbook.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import { playbookOf, ruleOf, stepOf } from '../../unit/playbook/sample-playbook.ts';

const sshd = await startSshd();

describe.skipIf(sshd === undefined)('hosts of an inventory, on the command line', () => {
  let rig: Sshd;
  let folder: TempFolder;

  beforeAll(async () => {
    if (sshd === undefined) throw new Error('skipped');
    rig = sshd;
    folder = await createTempFolder('warroom-inventory');
    const ssh = `address: 127.0.0.1, user: ${rig.user}, keyFile: ${rig.identityFile}, knownHostsFile: ${rig.knownHostsFile}`;
    await writeFile(
      join(folder.path, 'inventory.yaml'),
      [
        'apiVersion: warroom.intility.io/v1',
        'kind: Inventory',
        'groups: { web: web servers, broken: "" }',
        'hosts:',
        `  - { name: web-1, ${ssh}, port: ${rig.port}, groups: [web] }`,
        `  - { name: web-2, ${ssh}, port: ${rig.port}, groups: [web] }`,
        `  - { name: web-3, ${ssh}, port: ${rig.port}, groups: [web] }`,
        `  - { name: away, ${ssh}, port: 1, groups: [broken] }`,
        '',
      ].join('\n'),
    );
  });
  afterAll(async () => {
    await folder.close();
    await rig.close();
  });

  async function cli(...argv: readonly string[]): Promise<InProcessResult> {
    return await runInProcess(argv, { warRoom: new MemoryWarRoom(), cwd: folder.path, clock: systemClock as never });
  }

  it('are listed', async () => {
    const { exit, stdout } = await cli('inventory', 'list', 'web');
    expect(exit).toBe(0);
    expect(stdout.split('\n')[0]).toBe(`web-1\t${rig.user}@127.0.0.1:${rig.port}\texec\tweb\t-`);
    const json = JSON.parse((await cli('inventory', 'list', '--json')).stdout) as { hosts: { name: string }[] };
    expect(json.hosts.map(({ name }) => name)).toEqual(['web-1', 'web-2', 'web-3', 'away']);
    expect(await cli('inventory', 'list', 'weg')).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('did you mean web?') as string,
    });
  });

  it('are checked, and one that is away fails the check', async () => {
    const good = await cli('inventory', 'check', 'web-1');
    expect(good.exit).toBe(0);
    expect(good.stdout).toMatch(/✔ reachable: \d+ ms/u);
    expect(good.stdout).toMatch(/✔ identity: linux [0-9a-f]{32,64}/u);
    expect(good.stdout).toMatch(/✔ timeout/u);
    expect(good.stdout).toMatch(/ tools: \d+ of \d+/u);
    const bad = await cli('inventory', 'check', '--json');
    expect(bad.exit).toBe(1);
    const { hosts } = JSON.parse(bad.stdout) as {
      hosts: { host: string; identity: string | null; rows: { detail: string }[] }[];
    };
    expect(hosts.map(({ identity }) => identity === null)).toEqual([false, false, false, true]);
    expect(hosts[3]?.rows[0]?.detail).toContain('nothing listens on the port');
  });

  it('are proposed, and nothing is written without --output', async () => {
    const printed = await cli('inventory', 'discover', 'web-1');
    expect(printed.exit).toBe(0);
    const parsed = parseDocument('Inventory', printed.stdout, { file: 'proposal' });
    expect(parsed.ok && parsed.value.hosts[0]).toMatchObject({ name: 'web-1', address: '127.0.0.1', groups: ['web'] });
    expect(printed.stdout).toMatch(/^# A proposal for web-1, identity [0-9a-f]+\./mu);
    expect(printed.stdout).toMatch(new RegExp(`^# - ${rig.port} on `, 'mu'));
    expect((await cli('inventory', 'discover', '--local', '--output', 'new.yaml')).exit).toBe(0);
    const again = await cli('inventory', 'discover', '--local', '--output', 'new.yaml');
    expect(again).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('it exists, and is never overwritten') as string,
    });
    expect(await cli('inventory', 'discover')).toMatchObject({ exit: 2 });
    expect(await cli('inventory', 'discover', 'away')).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining('cannot look at away') as string,
    });
  });

  describe('are run on together, and', () => {
    const playbook = playbookOf({
      steps: [stepOf('a', { argv: ['hostname'], required: true })],
      rules: [ruleOf('named', { from: 'a', iterate: 'lines[*]', where: [] })],
    });

    /** Without the command around it, which reads every playbook first. */
    async function run(
      flags: HostsFlags,
      { isTerminal = false, json = false, from = playbook } = {},
    ): Promise<{ readonly exit: number; readonly stdout: string }> {
      let stdout = '';
      const style = { bold: String, dim: String, good: String, warn: String, bad: String, accent: String };
      const context = {
        io: { out: (text: string) => (stdout += `${text}\n`), style, isTerminal },
        env: {},
        cwd: folder.path,
        clock: systemClock,
        random: (size: number) => new Uint8Array(size),
        signal: new AbortController().signal,
        flags: { json, color: false, verbose: false },
      } as never;
      return { exit: await runOnHosts(context, from, { flags, resolveInputs: () => ({}) }), stdout };
    }

    it('only those that differ are shown to a person', async () => {
      const { exit, stdout } = await run({ hosts: 'web,away' }, { isTerminal: true });
      expect(exit).toBe(1);
      expect(stdout).toContain('On most hosts:\n  ! title of named  (3 of 3 hosts)');
      expect(stdout).not.toContain('✔ web-1');
      expect(stdout).toContain('? away  unknown: cannot reach away over SSH');
      expect(stdout).toContain('3 of 4 hosts say the same');
      expect(stdout).not.toContain('nothing is wrong');
      const each = await run({ hosts: 'web', each: true }, { isTerminal: true });
      expect(each).toMatchObject({ exit: 0, stdout: expect.stringContaining('✔ web-1\n✔ web-2\n✔ web-3') as string });
    });

    it('a pipe gets a line for each difference, and each unreachable host by name', async () => {
      const { exit, stdout } = await run({ all: true });
      expect(exit).toBe(1);
      const [shared, away, ...more] = stdout.trimEnd().split('\n');
      expect(shared).toBe('*\tshared\twarning\tNAMED\tthing\ttitle of named (3 of 3 hosts)');
      expect(away).toMatch(/^away\tunknown\t\t\t\tcannot reach away over SSH .*nothing listens on the port/u);
      expect(more).toEqual([]);
    });

    it('a script reads JSON', async () => {
      const { exit, stdout } = await run({ hosts: 'broken,web-1' }, { json: true });
      expect(exit).toBe(1);
      const { hosts, known } = JSON.parse(stdout) as { hosts: { kind: string; host: string }[]; known: number };
      expect(hosts.map(({ kind, host }) => `${host} ${kind}`)).toEqual(['web-1 outlier', 'away unknown']);
      expect(known).toBe(1);
    });

    it('a playbook that does not look at hosts is refused', async () => {
      const clusters = playbookOf({ targets: ['hub', 'hosted'] });
      await expect(run({ all: true }, { from: clusters })).rejects.toMatchObject({
        code: 'usage',
        message: 'playbook sample does not look at hosts',
        why: 'it is made for hub and hosted',
      });
    });

    it.each([
      [['--all', '--hosts', 'web'], '--hosts and --all cannot go together'],
      [['--all', '--from', 'recorded'], '--from cannot go together with hosts of an inventory'],
    ])('%j is refused', async (flags, message) => {
      const refused = await cli('playbook', 'run', 'general', ...flags);
      expect(refused).toMatchObject({ exit: 2, stderr: expect.stringContaining(message) as string });
    });

    it('the command does it for a playbook of the site', async () => {
      const dir = await writePlaybook(folder.path, 'site-hosts', ['hostname']);
      const { exit, stdout } = await cli('playbook', 'run', 'site-hosts', '--dir', dir, '--hosts', 'web-1,away');
      expect(exit).toBe(1);
      expect(stdout).toMatch(/^away\tunknown\t/u);
    });
  });

  it('get a script that owns their commands', async () => {
    await writeFile(join(folder.path, 'key.pub'), `${rig.publicKey}\n`);
    const { exit, stdout } = await cli('playbook', 'ssh-wrapper', 'general', '--key', 'key.pub', '--output', 'wrapper');
    expect(exit).toBe(0);
    expect(stdout).toContain('warroom-ro');
    const script = join(folder.path, 'wrapper', 'warroom-ro');
    expect(((await stat(script)).mode & 0o777).toString(8)).toBe('755');
    expect(await readFile(script, 'utf8')).toContain('general/disk/0@');
    expect(await readFile(join(folder.path, 'wrapper', 'authorized_keys'), 'utf8')).toBe(
      `restrict,command="/usr/local/lib/claude-warroom/warroom-ro" ${rig.publicKey}\n`,
    );
    const unknown = await cli('playbook', 'ssh-wrapper', 'generel', '--key', 'key.pub');
    expect(unknown).toMatchObject({ exit: 2, stderr: expect.stringContaining('did you mean general?') as string });
  });
});
