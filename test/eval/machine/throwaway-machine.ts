import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runChild, type ChildResult } from '../../../src/lib/child-process.ts';
import { waitUntil } from '../../support/wait-until.ts';

export interface ThrowawayMachine {
  /** Runs a command inside, as root. */
  run(argv: readonly string[], timeoutMs?: number): Promise<ChildResult>;
  /** A path of the machine, from outside. */
  path(inside: string): string;
  stop(): Promise<void>;
}

export interface MachineOptions {
  /** Name of its control groups. */
  readonly name: string;
  /** Empty folder that it is built in. */
  readonly folder: string;
  /** The checkout of the project, visible inside as /opt/claude-warroom. */
  readonly project: string;
  readonly hasOwnLoad: boolean;
}

const BOOT_MS = 60_000;

/** Starts systemd in namespaces on a copy of this Debian that lies in memory. Needs root. */
export async function startMachine({ name, folder, project, hasOwnLoad }: MachineOptions): Promise<ThrowawayMachine> {
  const here = import.meta.dirname;
  const started = spawn(join(here, 'start.sh'), [name, folder, project], {
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true,
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...(hasOwnLoad ? { WARROOM_OWN_LOAD: 'yes' } : {}) },
  });
  const ended = once(started, 'exit');
  const pid = started.pid;
  if (pid === undefined) throw new Error('cannot start start.sh');
  const run = async (argv: readonly string[], timeoutMs = 120_000): Promise<ChildResult> =>
    await runChild({
      argv: [join(here, 'inside.sh'), String(pid), ...argv],
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
      timeoutMs,
      maxBytes: 16 * 1024 * 1024,
    });
  await waitUntil(
    async () => /running|degraded/u.test((await run(['systemctl', 'is-system-running'])).stdout.toString()),
    {
      what: 'the throwaway machine to be up',
      timeoutMs: BOOT_MS,
      intervalMs: 500,
    },
  );
  const init = await firstChild(await firstChild(pid));
  return {
    run,
    path: (inside) => join(`/proc/${init}/root`, inside),
    stop: async () => {
      process.kill(init, 'SIGKILL');
      await ended;
    },
  };
}

async function firstChild(pid: number): Promise<number> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return Number(children.trim().split(' ')[0]);
}
