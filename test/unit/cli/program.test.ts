import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/cli/command-table.ts';
import { runInProcess, type InProcessResult } from '../../support/cli-context.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';

async function run(...argv: readonly string[]): Promise<InProcessResult> {
  return await runInProcess(argv, { warRoom: new MemoryWarRoom() });
}

describe('the program', () => {
  it.each([[[]], [['--help']], [['-h']], [['help']]])('lists its commands for %j', async (argv) => {
    const { exit, stdout, stderr } = await run(...argv);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    for (const { path } of COMMANDS) expect(stdout).toContain(`\n  ${path.split(' ')[0] ?? ''}`);
    expect(stdout).toContain('Examples:');
  });

  it('lists the commands of a group', async () => {
    const { exit, stdout } = await run('cluster');
    expect(exit).toBe(0);
    expect(stdout).toMatch(/\n {2}list .*\n {2}add /u);
  });

  it.each(COMMANDS.map(({ path }) => path))('shows examples in the help of %s', async (path) => {
    const { exit, stdout } = await run(...path.split(' '), '--help');
    expect(exit).toBe(0);
    expect(stdout).toContain('Examples:');
    expect(stdout).toContain(`$ claude-warroom ${path}`);
    expect(stdout).toContain('--repo <url>');
  });

  it('shows the same for help and for the name that a command has besides', async () => {
    const [first, second, third] = await Promise.all([
      run('investigate', '--help'),
      run('help', 'create'),
      run('--json', 'create', '-h'),
    ]);
    expect([second.stdout, third.stdout]).toEqual([first.stdout, first.stdout]);
  });

  it('shows the help of a command in each of its forms', async () => {
    const asked = [
      ['playbook', 'run', '--help'],
      ['help', 'playbook', 'run'],
      ['playbook', 'help', 'run'],
    ];
    const helps = await Promise.all(asked.map(async (argv) => (await run(...argv)).stdout));
    expect(helps[0]).toContain('Usage: claude-warroom playbook run');
    expect(new Set(helps).size).toBe(1);
    expect((await run('playbook', 'help')).stdout).toBe((await run('playbook', '--help')).stdout);
  });

  it('says its version', async () => {
    expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/u);
  });

  it.each([
    [['stauts'], 'unknown command "stauts"', 'did you mean  claude-warroom status ?'],
    [['xyzzy'], 'unknown command "xyzzy"', 'see claude-warroom --help'],
    [['playbook', 'xyzzy'], 'unknown command "playbook xyzzy"', 'see claude-warroom playbook --help'],
    [['cluster', 'lst'], 'unknown command "cluster lst"', 'did you mean  claude-warroom cluster list ?'],
    [['--jsn'], 'unknown option "--jsn"', 'see claude-warroom --help'],
    [['status', '--jsn'], 'unknown option "--jsn"', 'did you mean  --json ?'],
    [['investigate', '--isue', 'x'], 'unknown option "--isue"', 'did you mean  --issue ?'],
    [['cancel'], 'missing required argument "id"', 'see claude-warroom cancel --help'],
    [['cluster', 'list', 'x'], /too many arguments/u, 'see claude-warroom cluster list --help'],
    [['status', '--limit', 'many'], '--limit <n>: "many" cannot be used', 'cause: it must be a whole number above 0'],
    [
      ['playbook', 'run', 'general', '--input', 'foo'],
      '--input <name=value>: "foo" cannot be used',
      'cause: it must be name=value',
    ],
    [
      ['get-results', '--format', 'pdf'],
      '--format <format>: "pdf" cannot be used',
      'cause: allowed choices are terminal, markdown, json, yaml',
    ],
    [['investigate', '-f', 'x', '--issue', 'y'], /cannot be used with option/u, /--help$/u],
  ])('refuses %j', async (argv, message, hint) => {
    const { exit, stdout, stderr } = await run(...argv);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    const [error = '', cause = ''] = stderr.trimEnd().split('\n');
    expect(error.replace(/^error: /u, '')).toMatch(exactly(message));
    expect(cause.replace(/^hint: {2}/u, '')).toMatch(exactly(hint));
  });

  it('takes the flags of all commands before and after the command', async () => {
    const before = await run('--repo', 'https://github.com/acme/w', '--json', 'status');
    const after = await run('status', '--json', '--repo=https://github.com/acme/w');
    expect(before).toEqual(after);
    expect(JSON.parse(before.stdout)).toEqual({ requests: [] });
  });

  it('closes the war room, also when the command fails', async () => {
    const warRoom = new MemoryWarRoom();
    warRoom.failures.push('authentication');
    const { exit, stderr } = await runInProcess(['status'], { warRoom });
    expect({ exit, stderr, isClosed: warRoom.isClosed }).toEqual({
      exit: 4,
      stderr: 'error: the war room says authentication\n',
      isClosed: true,
    });
  });

  it('says what to do when no war room is configured', async () => {
    const warRoom = new MemoryWarRoom();
    const { exit, stderr } = await runInProcess(['status'], { warRoom, env: { WARROOM_REPO: '' } });
    expect(exit).toBe(2);
    expect(stderr).toMatch(/^error: no war room is configured\ncause: .*\nhint: {2}set one up with/u);
  });

  it('ends with 130 and says nothing when it is interrupted', async () => {
    const stop = new AbortController();
    stop.abort();
    const result = await runInProcess(['status'], { warRoom: new MemoryWarRoom(), signal: stop.signal });
    expect(result).toEqual({ exit: 130, stdout: '', stderr: '' });
  });

  it('calls a bug a bug, and shows where with -v', async () => {
    const warRoom = new MemoryWarRoom();
    warRoom.onRefresh = () => {
      throw new TypeError('x is not a function');
    };
    const quiet = await runInProcess(['status'], { warRoom });
    expect(quiet.exit).toBe(1);
    expect(quiet.stderr).toMatch(/^error: x is not a function\ncause: this is a bug/u);
    expect(quiet.stderr).not.toContain('    at ');
    expect((await runInProcess(['status', '-v'], { warRoom })).stderr).toMatch(
      /TypeError: x is not a function\n +at /u,
    );
  });
});

function exactly(pattern: string | RegExp): RegExp {
  if (typeof pattern !== 'string') return pattern;
  return new RegExp(`^${pattern.replaceAll(/[.*+?^${}()|[\]\\]/gu, '\\$&')}$`, 'u');
}
