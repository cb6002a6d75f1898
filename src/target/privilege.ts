import type { CommandEnd } from './port.ts';

/**
 * How a command gets the privilege that its step declares.
 *
 * direct           as it is: `user`, or the user has the privilege already
 * sudo             `sudo -n -- argv`: `root`, for everybody else
 * sudo-if-allowed  `group:NAME`, for who is not in it: by sudo when sudoers allows exactly this, else as it is, so that
 *                  the tool itself says what it may not see
 */
export type Elevation = 'direct' | 'sudo' | 'sudo-if-allowed';

export interface UserFacts {
  readonly isRoot: boolean;
  /** Names of the groups of the user. */
  readonly groups: readonly string[];
}

export function elevationOf(privilege: string | undefined, user: UserFacts): Elevation {
  if (privilege === undefined || privilege === 'user' || user.isRoot) return 'direct';
  if (privilege === 'root') return 'sudo';
  return user.groups.includes(privilege.slice('group:'.length)) ? 'direct' : 'sudo-if-allowed';
}

/** Asks for nothing: sudo fails at once where a password would be needed. */
export function sudoArgv(argv: readonly string[]): readonly string[] {
  return ['sudo', '-n', '--', ...argv];
}

/** Words of sudo when it did not run the command; the command itself may say the same only without the prefix. */
const REFUSED =
  /^sudo: (?:a password is required|a terminal is required|sorry, you must have a tty)|^sudo:.*not in the sudoers|^Sorry, user .* (?:is not allowed to execute|may not run sudo)/mu;
const NOT_FOUND = /^sudo: .*: command not found$/mu;
const NO_SUDO = /^(?!sudo: ).*: sudo: (?:command )?not found$|failed to run command .sudo.: No such file/mu;

/**
 * What a refusal of sudo means for the command that it should have run, with the reason as one line; undefined when sudo
 * did its work.
 */
export function readSudoRefusal(
  argv: readonly string[],
  stderr: string,
): { readonly end: CommandEnd; readonly stderr: string } | undefined {
  if (NOT_FOUND.test(stderr)) return { end: { kind: 'missing-tool' }, stderr };
  if (NO_SUDO.test(stderr))
    return { end: { kind: 'denied' }, stderr: `${argv[0] ?? 'it'} needs root, and there is no sudo` };
  if (!REFUSED.test(stderr)) return undefined;
  const command = argv.join(' ');
  const shown = command.length > 80 ? `${command.slice(0, 79)}…` : command;
  const hint = 'allow exactly this command with the file that  claude-warroom playbook sudoers  prints';
  return { end: { kind: 'denied' }, stderr: `sudo does not allow "${shown}" without a password; ${hint}\n${stderr}` };
}
