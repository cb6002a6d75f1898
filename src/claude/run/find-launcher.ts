import { runChild } from '../../lib/child-process.ts';

/** Largest file that a run may write, in bytes; Claude Code keeps the output of a command in a file. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;

/**
 * Ends claude when the processor dies in any way, also by SIGKILL; otherwise it would go on and spend money. The
 * programs are those of util-linux; others of the same name, such as busybox's, do not know these options.
 */
const WITH_PARENT = ['setpriv', '--pdeathsig', 'INT', '--no-new-privs', '--'];
const WITH_LIMITS = ['prlimit', '--core=0', `--fsize=${MAX_FILE_BYTES}`, '--'];

/** What to put in front of a program so that it cannot outlive us; as much of it as this machine can do. */
export async function findLauncher(): Promise<readonly string[]> {
  for (const launcher of [[...WITH_PARENT, ...WITH_LIMITS], WITH_PARENT]) {
    const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C' };
    const { end } = await runChild({ argv: [...launcher, 'true'], env, timeoutMs: 5000, maxBytes: 1024 });
    if (end.kind === 'exited' && end.exit === 0) return launcher;
  }
  return [];
}
