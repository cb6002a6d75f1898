import { existsSync } from 'node:fs';
import { chmod, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runChild, type ChildResult } from '../../../src/lib/child-process.ts';
import { resolveInputs } from '../../../src/playbook/expand.ts';
import { builtinPlaybookDir, loadPlaybooks } from '../../../src/playbook/load-playbooks.ts';
import { stepCall } from '../../../src/playbook/step-call.ts';
import type { Playbook } from '../../../src/schema/generated.ts';
import type { CommandResult } from '../../../src/target/port.ts';
import { authorizedKeyLine } from '../../../src/target/ssh/authorized-key.ts';
import { createWrapper } from '../../../src/target/ssh/create-wrapper.ts';
import type { SshHost } from '../../../src/domain/ssh-host.ts';
import { printSkipReason } from '../../support/skip-reason.ts';
import { startSshd, type Sshd } from '../../support/sshd-rig.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import { closedEnvironment } from '../../support/closed-environment.ts';
import { playbookOf, stepOf } from '../../unit/playbook/sample-playbook.ts';
import { hostOf, runOn, withTarget } from './support/ssh-targets.ts';

const MARK = 'warroom-0123456789abcdef';

const playbook: Playbook = playbookOf(
  {
    inputs: {
      unit: { type: 'unit', description: 'unit' },
      port: { type: 'port', description: 'port' },
      since: { type: 'duration', description: 'since', default: '30m' },
      pod: { type: 'k8s-name', description: 'name' },
      peer: { type: 'host', description: 'host', allow: ['db-1.example.com', '192.0.2.7'] },
      file: { type: 'path', description: 'file', allow: ['/var/log', '/srv/it-s'] },
      closed: { type: 'path', description: 'nothing is allowed', default: '/etc/hostname' },
    },
    steps: [
      stepOf('plain', { argv: ['printf', '%s|', 'a b', "it's", '$(id)', '"', '\\', '*'] }),
      stepOf('unit', { argv: ['printf', '%s', '${unit}'] }),
      stepOf('all', { argv: ['printf', '%s|', '${port}', '${since}', '${pod}', '${peer}', '${file}'] }),
      stepOf('fails', { argv: ['sh', '-c', 'exit 9'], fallback: [{ on: ['failed'], argv: ['echo', 'fallback'] }] }),
      stepOf('each', {
        argv: ['printf', '%s|', '${container}', '${failing}', '${number}', '${log}', '${since}'],
        forEach: {
          step: 'plain',
          iterate: 'lines[*]',
          max: 3,
          bind: {
            container: '${value}',
            failing: { value: '${value}', type: 'unit' },
            number: { value: '${value}', type: 'integer' },
            log: { value: '${value}', type: 'path', allow: ['/var/log/app'] },
          },
        },
      }),
      stepOf('facts', { argv: undefined, collector: 'host-facts' } as never),
    ],
  },
  'sample',
);
const inputs = {
  unit: 'a@b\\x2d1.service',
  port: '443',
  since: '30m',
  pod: 'web-1',
  peer: 'db-1.example.com',
  file: '/var/log/a.log',
};

function callOf(
  step: string,
  given: Readonly<Record<string, string>> = inputs,
  attempt = 0,
): { id: string; inputs: Readonly<Record<string, string>> } {
  const found = playbook.spec.steps.find(({ id }) => id === step);
  if (found === undefined) throw new Error(step);
  const argv = attempt === 0 ? found.argv : found.fallback?.[attempt - 1]?.argv;
  return stepCall({ playbook, step: found, attempt, argv: argv ?? [] }, given);
}

const sshd = await startSshd();

describe.skipIf(sshd === undefined)('a host that owns its commands', () => {
  let rig: Sshd;
  let folder: TempFolder;
  let script: string;
  let host: SshHost;
  const log = (): string => join(folder.path, 'it-s.log');

  beforeAll(async () => {
    if (sshd === undefined) throw new Error('skipped');
    rig = sshd;
    folder = await createTempFolder('warroom-wrapper');
    script = join(folder.path, 'warroom-ro');
    await writeFile(script, createWrapper({ playbooks: [playbook], version: '0.0.0', logFile: log() }).script);
    await chmod(script, 0o755);
    await writeFile(rig.authorizedKeysFile, `${authorizedKeyLine({ publicKey: rig.publicKey, scriptPath: script })}\n`);
    host = hostOf(rig, { mode: 'wrapper' });
  });
  afterAll(async () => {
    await folder.close();
    await rig.close();
  });

  async function runStep(step: string, given?: Readonly<Record<string, string>>, attempt = 0): Promise<CommandResult> {
    const call = callOf(step, given, attempt);
    return await withTarget(host, (target) =>
      target.run({ argv: ['ignored'], timeoutMs: 10_000, maxBytes: 65_536, call }),
    );
  }

  it('runs a step by its name, with the arguments of its own table', async () => {
    expect(await runStep('plain')).toMatchObject({
      end: { kind: 'exited', exit: 0 },
      stdout: `a b|it's|$(id)|"|\\|*|`,
      stderr: '',
    });
    expect((await runStep('fails')).end).toEqual({ kind: 'exited', exit: 9 });
    expect((await runStep('fails', {}, 1)).stdout).toBe('fallback\n');
  });

  it('puts values into the places of inputs', async () => {
    expect((await runStep('unit')).stdout).toBe('a@b\\x2d1.service');
    expect((await runStep('all')).stdout).toBe('443|30m|web-1|db-1.example.com|/var/log/a.log|');
  });

  describe('that runs a step for each of several things', () => {
    const bound = {
      container: 'shop_db-1.2',
      failing: 'a@b.service',
      number: '42',
      log: '/var/log/app/x.log',
      since: '5m',
    };

    it('takes the names that were found, by their grammar', async () => {
      expect((await runStep('each', bound)).stdout).toBe('shop_db-1.2|a@b.service|42|/var/log/app/x.log|5m|');
    });

    it('refuses everything else, whoever sends it', async () => {
      const changes: readonly Partial<typeof bound>[] = [
        { container: '../etc/shadow' },
        { container: '/etc/shadow' },
        { container: '-f' },
        { container: '..' },
        { failing: 'x.service/y' },
        { failing: 'x' },
        { number: '4x' },
        { number: '1234567890123456' },
        { log: '/etc/shadow' },
        { log: '/var/log/app/../../../etc/shadow' },
        { log: '/var/log/apple' },
      ];
      const results = await withTarget(host, async (target) =>
        Promise.all(
          changes.map(async (change) => {
            const call = callOf('each', { ...bound, ...change });
            return await target.run({ argv: ['ignored'], timeoutMs: 20_000, maxBytes: 65_536, call });
          }),
        ),
      );
      expect(results.map(({ end, stdout, stderr }) => [end.kind, stdout, stderr])).toEqual(
        changes.map((change) => [
          'denied',
          '',
          `web-1: refused: the value of ${Object.keys(change)[0] ?? ''} is not allowed`,
        ]),
      );
    });

    it.each([
      ["it's", 'takes steps of its own table only'],
      ['a b', 'takes steps of its own table only'],
      ['a\nb', 'takes steps of its own table only'],
    ])('sends nothing for the name %j', async (container, why) => {
      const result = await runStep('each', { ...bound, container });
      expect(result).toMatchObject({ end: { kind: 'denied' }, stderr: expect.stringContaining(why) as string });
    });

    it('knows a name for its own step only, and a step only with all of its names', async () => {
      const id = callOf('unit').id;
      const other = await rawSsh(rig, `${MARK} ${id} unit=a.service failing=b.service`);
      expect(other.stderr.toString()).toContain('refused: the playbook has no such input');
      const odd = await rawSsh(rig, `${MARK} ${id} x:unit=a.service`);
      expect(odd.stderr.toString()).toContain('refused: an input is not name=value');
      const { failing: _, ...rest } = bound;
      expect((await runStep('each', rest)).stderr).toBe('web-1: refused: an input of the step is missing');
    });
  });

  it('says what it is', async () => {
    await withTarget(host, async (target) => {
      expect(await target.identify()).toMatchObject({ kind: 'ssh', name: 'web-1', platform: 'linux' });
      expect(JSON.parse((await target.collect('host-facts')).stdout)).toMatchObject({ platform: 'linux' });
    });
  });

  it('refuses a command that is no step, before anything is sent', async () => {
    const result = await runOn(host, ['id']);
    expect(result.end).toEqual({ kind: 'denied' });
    expect(result.stderr).toBe(
      'web-1 takes steps of its own table only, and this is none; set mode: exec to allow more',
    );
  });

  it('refuses a step of another version of the playbook, and logs it', async () => {
    const call = { id: callOf('plain').id.replace(/@.*$/u, '@000000000000'), inputs: {} };
    const result = await withTarget(host, (target) =>
      target.run({ argv: ['x'], timeoutMs: 5000, maxBytes: 100, call }),
    );
    expect(result).toMatchObject({
      end: { kind: 'denied' },
      stderr: 'web-1: refused: no such step, or one of another version',
    });
    expect(await readFile(log(), 'utf8')).toMatch(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ refused 127\.0\.0\.1: no such step, or one of another version: warroom-[0-9a-f]{16} sample\/plain\/0@000000000000$/mu,
    );
  });

  it('logs what it runs', async () => {
    await runStep('plain');
    expect(await readFile(log(), 'utf8')).toMatch(
      /Z run 127\.0\.0\.1: warroom-[0-9a-f]{16} sample\/plain\/0@[0-9a-f]{12}$/mu,
    );
  });

  it.each([
    'id',
    'sh',
    '/bin/sh -i',
    MARK,
    '',
    'scp -f /etc/passwd',
    'sftp-server',
    `${MARK} warroom/facts; id`,
    `${MARK} warroom/facts\nid`,
  ])('refuses a login that wants %j', async (command) => {
    const result = await rawSsh(rig, command);
    expect(result.stdout.toString()).toBe('');
    expect(result.stderr.toString()).toMatch(/^warroom-ro: refused: /u);
    expect(result.end).toEqual({ kind: 'exited', exit: 126 });
  });

  describe.each(shells())('read by %s', (shell) => {
    async function direct(command: string): Promise<ChildResult> {
      const env = closedEnvironment({ SSH_ORIGINAL_COMMAND: command, SSH_CLIENT: '192.0.2.1 1 2', EVIL: '1' });
      // As on systems where it is /bin/sh: several shells behave differently under that name.
      const sh = join(folder.path, 'sh');
      await rm(sh, { force: true });
      await symlink(shell, sh);
      const file = join(folder.path, 'direct');
      await writeFile(file, (await readFile(script, 'utf8')).replaceAll('/bin/sh', sh));
      return await runChild({ argv: [sh, file], env, timeoutMs: 10_000, maxBytes: 65_536, holdStdin: true });
    }

    it('runs its steps', async () => {
      const { id } = callOf('all');
      const values = 'port=443 since=30m pod=web-1 peer=192.0.2.7 file=/var/log/a.log';
      const result = await direct(`${MARK} ${id} ${values}`);
      expect(result.stdout.toString()).toBe(`${MARK} start\n443|30m|web-1|192.0.2.7|/var/log/a.log|`);
      expect(result.stderr.toString()).toBe(`${MARK} start\n\n${MARK} exit 0\n`);
    });

    it.each([
      [
        'unit',
        'unit',
        [
          '-x.service',
          'a',
          '.service',
          'a b.service',
          'a;id.service',
          '$(id).service',
          '../a.serviceX',
          'a/b.service',
          'x'.repeat(201) + '.service',
          '*.service\n',
        ],
      ],
      ['all', 'port', ['0', '-1', '65536', '99999', '1x', '', '01', ' 1']],
      ['all', 'since', ['0m', 'm', '30', '30x', '10000m', '-1m', '1m1', '3mm']],
      ['all', 'pod', ['-a', 'a-', 'A', 'a_b', 'a/b', '.', 'x'.repeat(254)]],
      ['all', 'peer', ['evil.example.com', 'db-1.example.com.evil', 'db-1', '*', '']],
      [
        'all',
        'file',
        [
          '/etc/passwd',
          '/var/log/../../etc/passwd',
          '/var/logs',
          'var/log',
          '/var/log//x',
          '/var/log/./x',
          '/var/log/..',
          '-f',
          '/var/log/a b',
        ],
      ],
    ])('refuses bad values in step %s for input %s', async (step, name, values) => {
      for (const value of values) {
        const given = Object.entries({ ...callOf(step).inputs, [name]: value });
        const result = await direct(`${MARK} ${callOf(step).id} ${given.map((pair) => pair.join('=')).join(' ')}`);
        expect([value, result.stdout.toString(), result.end]).toEqual([value, '', { kind: 'exited', exit: 126 }]);
        expect(result.stderr.toString()).toMatch(/^warroom-ro: refused: .+\n$/u);
      }
    });

    it('refuses a missing value, an unknown name and a value twice in one word', async () => {
      const { id } = callOf('unit');
      expect((await direct(`${MARK} ${id}`)).stderr.toString()).toContain('an input of the step is missing');
      expect((await direct(`${MARK} ${id} PATH=/tmp`)).stderr.toString()).toContain('the playbook has no such input');
      expect((await direct(`${MARK} ${id} unit`)).stderr.toString()).toContain('an input is not name=value');
      expect((await direct(`${MARK} ${id} closed=/etc/shadow`)).stderr.toString()).toContain('value of closed');
    });

    it('never runs anything for a line that is not one of its own', { timeout: 120_000 }, async () => {
      const part = fc.oneof(
        fc.constantFrom(
          MARK,
          callOf('unit').id,
          'warroom/facts',
          'unit=a.service',
          '$(touch pwned)',
          ';',
          '|',
          '&',
          '\n',
          '`id`',
          '*',
          '"',
          "'",
          '\\',
          'LOG=/tmp/x',
          'clean',
        ),
        fc.string({ maxLength: 12 }).map((text) => text.replaceAll('\0', '')),
      );
      const line = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(' '));
      const known = new RegExp(
        `^ *${MARK} +(?:warroom/facts|${callOf('unit').id.replaceAll('.', '\\.')} +unit=a\\.service)(?: +.*)?$`,
        'u',
      );
      await fc.assert(
        fc.asyncProperty(line, async (command) => {
          fc.pre(!known.test(command));
          const result = await direct(command);
          expect(result.stdout.toString()).toBe('');
          expect(result.stderr.toString()).toMatch(/^warroom-ro: refused: /u);
        }),
        { numRuns: 15 },
      );
      expect(existsSync(join(folder.path, 'pwned'))).toBe(false);
    });
  });

  it('holds every step of the built-in playbooks, and their argument lists survive the way', async () => {
    const all = (await loadPlaybooks({ builtinDir: builtinPlaybookDir() }))
      .map((loaded) => loaded.playbook)
      .filter(({ spec }) => spec.targets.includes('host'));
    const wrapper = createWrapper({ playbooks: all, version: '0.0.0' });
    expect(wrapper.leftOut).toEqual([]);
    const file = join(folder.path, 'all');
    await writeFile(file, wrapper.script);
    const check = await runChild({
      argv: ['sh', '-n', file],
      env: closedEnvironment(),
      timeoutMs: 5000,
      maxBytes: 4096,
    });
    expect([check.end, check.stderr.toString()]).toEqual([{ kind: 'exited', exit: 0 }, '']);
    for (const one of all) expect(resolveInputs(one, {}).kind).toBe('ready');
    expect(wrapper.steps).toBeGreaterThan(10);
  });

  it('leaves out steps with an input that a shell cannot check', () => {
    const odd = playbookOf({
      inputs: { file: { type: 'path', description: 'no folder is allowed' } },
      steps: [stepOf('odd', { argv: ['cat', '${file}'] }), stepOf('plain')],
    });
    expect(createWrapper({ playbooks: [odd], version: '0' })).toMatchObject({ steps: 1, leftOut: ['sample/odd'] });
  });

  async function rawSsh(to: Sshd, command: string): Promise<ChildResult> {
    const argv = [
      'ssh',
      '-T',
      '-F',
      to.clientConfig,
      '-p',
      String(to.port),
      '127.0.0.1',
      ...(command === '' ? [] : [command]),
    ];
    return await runChild({ argv, env: closedEnvironment(), timeoutMs: 10_000, maxBytes: 65_536 });
  }
});

function shells(): [string][] {
  const known = ['/bin/dash', '/bin/bash', '/usr/bin/mksh', '/usr/bin/busybox'];
  const absent = known.filter((shell) => !existsSync(shell));
  if (absent.length > 0) printSkipReason(`the wrapper is not tested with ${absent.join(', ')}: not installed`);
  return known.filter((shell) => existsSync(shell)).map((shell) => [shell]);
}
