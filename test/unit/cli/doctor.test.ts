import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkMachine, modelCredentials } from '../../../src/cli/doctor/machine.ts';
import { checkClock, checkPause, checkProcessors, checkPush } from '../../../src/cli/doctor/war-room.ts';
import { PLAIN_STYLE } from '../../../src/cli/io.ts';
import { renderChecks } from '../../../src/cli/render/checks.ts';
import { readClusters } from '../../../src/client/clusters.ts';
import type { RepositoryProbe } from '../../../src/composition.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';
import { withTempFolder } from '../../support/temp-folder.ts';
import { aCluster, aPresence, putCluster, putPresence } from '../../support/war-room-content.ts';

const NOW = new Date('2026-11-20T14:42:00Z');

describe('checks of the machine', () => {
  /** A PATH with these programs and nothing else. */
  async function machineWith(
    programs: Readonly<Record<string, string>>,
    env: Readonly<Record<string, string>> = {},
    { nodeVersion = '22.1.0', isPreflight = false } = {},
  ): Promise<Readonly<Record<string, string>>> {
    return await withTempFolder(async (folder) => {
      const bin = join(folder, 'bin');
      await mkdir(bin);
      for (const [name, script] of Object.entries(programs)) {
        await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
        await chmod(join(bin, name), 0o755);
      }
      const { signal } = new AbortController();
      const surroundings = { env: { PATH: bin, ...env }, nodeVersion, signal, isPreflight };
      const checks = await checkMachine({ ...surroundings, packaged: { binary: undefined } });
      return Object.fromEntries(checks.map(({ name, state, text }) => [name, `${state} ${text.replace(bin, 'BIN')}`]));
    });
  }

  it('accepts git from 2.39 on and says where it is', async () => {
    const { git } = await machineWith({ git: 'echo git version 2.39.0' });
    expect(git).toBe('ok git 2.39.0 · BIN/git');
    expect((await machineWith({ git: 'echo git version 2.50.1.windows.1' }))['git']).toMatch(/^ok git 2\.50\.1/u);
  });

  it.each([
    ['is too old', { git: 'echo git version 2.30.2' }, 'fail git 2.30.2 is too old · BIN/git'],
    ['is missing', {}, 'fail git is not in PATH'],
    ['does not work', { git: 'exit 1' }, 'fail BIN/git does not say its version'],
  ])('fails when git %s', async (_, programs, text) => {
    expect((await machineWith(programs))['git']).toBe(text);
  });

  it('fails for an old Node.js', async () => {
    expect((await machineWith({}, {}, { nodeVersion: '20.18.3' }))['node']).toBe('fail Node.js 20.18.3 is too old');
    expect((await machineWith({}, {}, { nodeVersion: '20.19.0' }))['node']).toBe('ok Node.js 20.19.0');
  });

  it('warns without ssh-keygen and is content without claude', async () => {
    const { claude, ...others } = await machineWith({});
    expect(others['ssh-keygen']).toMatch(/^warn/u);
    expect(claude).toMatch(/^ok there is no claude in PATH/u);
  });

  it('says which Claude Code a processor would take, and where it lies', async () => {
    const { claude } = await machineWith({ claude: 'echo "2.1.330 (Claude Code)"' });
    expect(claude).toBe('ok Claude Code 2.1.330 · BIN/claude (PATH)');
  });

  it.each([
    ['without a credential', {}, 'ok'],
    ['when there is a credential for it', { ANTHROPIC_API_KEY: 'sk-very-secret' }, 'warn'],
  ])('judges a Claude Code that is too old %s', async (_, env, state) => {
    const { claude } = await machineWith({ claude: 'echo "2.0.1 (Claude Code)"' }, env);
    expect(claude).toBe(`${state} BIN/claude is 2.0.1; only a processor that uses the engine claude needs it`);
  });

  it('tries Claude Code out only when it is told to', async () => {
    const programs = { claude: 'test "$1" = --version && echo "2.1.330 (Claude Code)" || exit 3' };
    expect((await machineWith(programs))['preflight']).toBeUndefined();
    expect((await machineWith(programs, {}, { isPreflight: true }))['preflight']).toMatch(/^fail claude 2\.1\.330 /u);
    expect((await machineWith({}, {}, { isPreflight: true }))['claude']).toMatch(/^fail /u);
  });

  it.each([
    [{}, /^ok claude-[\w-]+ \(default\)$/u],
    [{ ANTHROPIC_MODEL: 'claude-sonnet-5-5' }, /^ok claude-sonnet-5-5 \(ANTHROPIC_MODEL\)$/u],
  ])('says which model it would be with %o', async (env, text) => {
    expect((await machineWith({}, env))['model']).toMatch(text);
  });

  it('says which credentials are set and never what they are', async () => {
    const env = { ANTHROPIC_API_KEY: 'sk-very-secret', ANTHROPIC_AUTH_TOKEN: '' };
    expect(modelCredentials(env)).toEqual(['ANTHROPIC_API_KEY']);
    expect(JSON.stringify(await machineWith({}, env))).not.toContain('very-secret');
  });
});

describe('checks of the war room', () => {
  it.each([
    [undefined, 'ok'],
    ['2026-11-20T10:00:00Z', 'ok'],
    ['2026-11-20T14:46:59Z', 'ok'],
    ['2026-11-20T14:48:00Z', 'warn'],
  ])('compares the clock with the newest entry %s: %s', (newest, state) => {
    expect(checkClock(newest === undefined ? undefined : new Date(newest), NOW).state).toBe(state);
  });

  const pushCases: readonly (readonly [RepositoryProbe['push'], string])[] = [
    [{ kind: 'allowed' }, 'ok'],
    [{ kind: 'refused', why: 'HTTP 403' }, 'fail'],
    [{ kind: 'unknown', why: 'the branch moved' }, 'warn'],
  ];

  it.each(pushCases)('judges the rehearsed push %o: %s', (push, state) => {
    const check = checkPush({ latencyMs: 1, committedAt: NOW, push });
    expect(check.state).toBe(state);
    expect(check.fix === undefined).toBe(state === 'ok');
  });

  it('judges each cluster by its processors', async () => {
    const warRoom = new MemoryWarRoom();
    putCluster(warRoom, aCluster('a-never'));
    putCluster(warRoom, aCluster('a-paired', { type: 'hosted', hub: 'b-live' }));
    putPresence(warRoom, aPresence({ cluster: 'b-live' }));
    putPresence(warRoom, aPresence({ cluster: 'c-silent', seenAt: '2026-11-19T00:00:00.000Z' }));
    putPresence(warRoom, aPresence({ cluster: 'd-paused', paused: { code: 'paused', message: 'freeze' } }));
    const warnings = [{ code: 'policy-invalid', message: 'policy.yaml is not valid' }];
    putPresence(warRoom, aPresence({ cluster: 'e-warned', warnings }));
    const snapshot = await warRoom.refresh({ refPrefixes: ['refs/warroom/'] });
    const { clusters } = await readClusters(snapshot, { namespace: 'refs/warroom', now: NOW });
    expect(checkProcessors(clusters, NOW).map(({ state, text }) => `${state} ${text}`)).toEqual([
      'warn a-never was never seen',
      'ok a-paired is answered by its hub b-live',
      'ok b-live was seen 2 min ago and looks every 30 s',
      'warn c-silent was seen 38 h ago and is silent',
      'warn d-paused was seen 2 min ago: freeze',
      'warn e-warned was seen 2 min ago: policy.yaml is not valid',
    ]);
    expect(checkProcessors([], NOW)).toMatchObject([{ state: 'warn' }]);
  });

  it('warns of a pause with its reason', () => {
    expect(checkPause({ kind: 'running' }, NOW).state).toBe('ok');
    const check = checkPause({ kind: 'paused', reason: 'freeze', by: 'bob' }, NOW);
    expect(check).toMatchObject({ state: 'warn', text: 'set by bob: freeze; nothing is answered' });
  });
});

describe('table of checks', () => {
  const CHECKS = [
    { name: 'node', state: 'ok', text: 'Node.js 22' },
    { name: 'repository', state: 'fail', text: 'cannot\treach \u001b[2Jit', fix: 'check the network' },
  ] as const;

  it('shows fixes below what is wrong', () => {
    const lines = renderChecks(CHECKS, { isTerminal: true, style: PLAIN_STYLE, width: 80 });
    expect(lines).toEqual([
      '  ✔ node        Node.js 22',
      expect.stringMatching(/^ {2}✘ repository {2}cannot reach/u),
      '                check the network',
    ]);
    expect(lines.join('')).not.toContain('\u001b');
  });

  it('prints one line per check on a pipe', () => {
    const lines = renderChecks(CHECKS, { isTerminal: false, style: PLAIN_STYLE, width: 80 });
    expect(lines.map((line) => line.split('\t').length)).toEqual([4, 4]);
  });
});
