import { describe, expect, it } from 'vitest';
import { elevationOf, readSudoRefusal, sudoArgv } from '../../../src/target/privilege.ts';

const user = { isRoot: false, groups: ['warroom', 'docker'] };

describe('how a command gets its privilege', () => {
  it.each([
    [undefined, user, 'direct'],
    ['user', user, 'direct'],
    ['root', user, 'sudo'],
    ['root', { isRoot: true, groups: [] }, 'direct'],
    ['group:docker', user, 'direct'],
    ['group:systemd-journal', user, 'sudo-if-allowed'],
    ['group:systemd-journal', { isRoot: true, groups: [] }, 'direct'],
  ] as const)('%s for %j is %s', (privilege, who, expected) => {
    expect(elevationOf(privilege, who)).toBe(expected);
  });

  it('puts the exact argument list behind the end of the options of sudo', () => {
    expect(sudoArgv(['nft', '-j', 'list', 'ruleset'])).toEqual(['sudo', '-n', '--', 'nft', '-j', 'list', 'ruleset']);
  });
});

describe('what sudo says', () => {
  it.each([
    'sudo: a password is required\n',
    'sudo: sorry, you must have a tty to run sudo\n',
    'sudo: a terminal is required to read the password; either use the -S option\n',
    "Sorry, user warroom is not allowed to execute '/usr/sbin/nft list ruleset' as root on web-1.\n",
    'Sorry, user warroom may not run sudo on web-1.\n',
    'sudo: warroom is not in the sudoers file.\n',
  ])('is denied, with what to add: %j', (stderr) => {
    const refusal = readSudoRefusal(['nft', 'list', 'ruleset'], stderr);
    expect(refusal?.end).toEqual({ kind: 'denied' });
    expect(refusal?.stderr.split('\n')[0]).toBe(
      'sudo does not allow "nft list ruleset" without a password; allow exactly this command with the file that  ' +
        'claude-warroom playbook sudoers  prints',
    );
  });

  it.each([
    ['sudo: nft: command not found', 'missing-tool', 'sudo: nft: command not found'],
    ['sh: 1: sudo: not found', 'denied', 'nft needs root, and there is no sudo'],
    [
      "timeout: failed to run command 'sudo': No such file or directory",
      'denied',
      'nft needs root, and there is no sudo',
    ],
  ])('%j is %s', (stderr, kind, said) => {
    expect(readSudoRefusal(['nft'], stderr)).toEqual({ end: { kind }, stderr: said });
  });

  it.each(['', 'nft: Operation not permitted', 'grep: sudo: No such file or directory'])(
    '%j is from the command itself',
    (stderr) => {
      expect(readSudoRefusal(['nft'], stderr)).toBeUndefined();
    },
  );

  it('shortens a long command', () => {
    const refusal = readSudoRefusal(['x'.repeat(300)], 'sudo: a password is required');
    expect(refusal?.stderr.split('\n')[0]?.length).toBeLessThan(220);
  });
});
