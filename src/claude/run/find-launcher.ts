import { runChild } from '../../lib/child-process.ts';

/** Largest file that a run may write, in bytes; Claude Code keeps the output of a command in a file. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;
/** Claude Code holds some fifty open in a run; a program that opens more by the thousand is out of hand. */
const MAX_OPEN_FILES = 4096;
/** Claude Code runs some thirty threads. The kernel counts all threads of a user, so this needs a user for runs alone. */
const MAX_PROCESSES = 1024;

/**
 * Ends claude when the processor dies in any way, also by SIGKILL; otherwise it would go on and spend money. The
 * programs are those of util-linux; others of the same name, such as busybox's, do not know these options.
 */
const WITH_PARENT = ['setpriv', '--pdeathsig', 'INT', '--no-new-privs', '--'];
const LIMITS = ['--core=0', `--fsize=${MAX_FILE_BYTES}`];

/**
 * What to put in front of a program so that it cannot outlive us and does not take the machine with it; as much of it as
 * this machine can do. Processes are only counted for a user of its own (`hasOwnUser`): with the user of the processor the
 * count would hold those of everybody else of that name. Memory is not limited here: Claude Code reserves address space
 * by the gigabyte and uses little of it, so that is for the container or the service. Nor is processor time: each process
 * would have its own, and the deadline of a run ends them all.
 */
export async function findLauncher({ hasOwnUser = false }: { readonly hasOwnUser?: boolean } = {}): Promise<
  readonly string[]
> {
  const files = `--nofile=${MAX_OPEN_FILES}`;
  const processes = hasOwnUser ? [`--nproc=${MAX_PROCESSES}`] : [];
  // A limit that is lower already cannot be raised to these.
  for (const limits of [[...LIMITS, files, ...processes], [...LIMITS, files], LIMITS, undefined]) {
    const launcher = limits === undefined ? WITH_PARENT : [...WITH_PARENT, 'prlimit', ...limits, '--'];
    const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C' };
    const { end } = await runChild({ argv: [...launcher, 'true'], env, timeoutMs: 5000, maxBytes: 1024 });
    if (end.kind === 'exited' && end.exit === 0) return launcher;
  }
  return [];
}
