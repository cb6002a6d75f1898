import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runChild } from '../../../src/lib/child-process.ts';
import { readAnswer } from '../../../src/target/ssh/read-answer.ts';
import { RUN } from '../../../src/target/ssh/remote-script.ts';
import type { CommandResult } from '../../../src/target/port.ts';
import type { SshHost } from '../../../src/domain/ssh-host.ts';
import { closedEnvironment } from '../../support/closed-environment.ts';
import { printSkipReason } from '../../support/skip-reason.ts';

const MARK = 'warroom-0123456789abcdef';
const HOST = { name: 'web-1', mode: 'exec' } as SshHost;

const why = !existsSync('/usr/bin/sudo')
  ? 'sudo is not installed'
  : process.getuid?.() !== 0
    ? 'only root can become a user without rights'
    : !existsSync('/usr/bin/setpriv')
      ? 'setpriv is not installed'
      : undefined;
if (why !== undefined) printSkipReason(`privileges are not tested with a real sudo: ${why}`);

/** The script of the other side as the user nobody, whom no sudoers file mentions. */
async function runAsNobody(
  argv: readonly string[],
  privilege: string,
): Promise<Pick<CommandResult, 'end' | 'stdout' | 'stderr'>> {
  const nobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];
  const child = await runChild({
    argv: [...nobody, 'sh', '-c', RUN, 'warroom', MARK, '5', privilege, ...argv],
    env: closedEnvironment(),
    timeoutMs: 10_000,
    maxBytes: 65_536,
    holdStdin: true,
  });
  return readAnswer({ host: HOST, command: { argv, privilege, timeoutMs: 5000, maxBytes: 65_536 }, mark: MARK }, child);
}

describe.skipIf(why !== undefined)('a step that needs a privilege, with the real sudo', () => {
  it('is denied when sudoers does not allow it, and says what to add', async () => {
    const result = await runAsNobody(['cat', '/etc/shadow'], 'root');
    expect(result.end).toEqual({ kind: 'denied' });
    expect(result.stdout).toBe('');
    expect(result.stderr).toContain(
      'sudo does not allow "cat /etc/shadow" without a password; allow exactly this command',
    );
  });

  it('runs as it is when it needs a group that the user has not', async () => {
    expect(await runAsNobody(['id', '-u'], 'group:docker')).toMatchObject({
      stdout: '65534\n',
      end: { kind: 'exited', exit: 0 },
    });
  });

  it('runs as it is when it needs nothing', async () => {
    expect((await runAsNobody(['id', '-u'], 'user')).stdout).toBe('65534\n');
  });
});
