import { systemClock } from '../../../../src/lib/clock.ts';
import { systemRandom } from '../../../../src/lib/random-text.ts';
import type { CommandResult } from '../../../../src/target/port.ts';
import type { SshHost } from '../../../../src/domain/ssh-host.ts';
import { createSshTarget, type SshTarget } from '../../../../src/target/ssh/ssh-target.ts';
import type { Sshd } from '../../../support/sshd-rig.ts';

export function hostOf(sshd: Sshd, change: Partial<SshHost> = {}): SshHost {
  return {
    name: 'web-1',
    address: '127.0.0.1',
    port: sshd.port,
    user: sshd.user,
    keyFile: sshd.identityFile,
    knownHostsFile: sshd.knownHostsFile,
    mode: 'exec',
    ...change,
  };
}

/** Runs an action on a target of its own, and closes the connection whatever happens. */
export async function withTarget<T>(host: SshHost, action: (target: SshTarget) => Promise<T>): Promise<T> {
  const target = createSshTarget({ host, clock: systemClock, random: systemRandom });
  try {
    return await action(target);
  } finally {
    await target.close();
  }
}

/** One command over a connection of its own. */
export async function runOn(
  host: SshHost,
  argv: readonly string[],
  limits: { readonly timeoutMs?: number; readonly maxBytes?: number; readonly privilege?: string } = {},
): Promise<CommandResult> {
  return await withTarget(host, (target) => target.run({ argv, timeoutMs: 10_000, maxBytes: 65_536, ...limits }));
}
