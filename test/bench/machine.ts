import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { git } from '../support/git-rig.ts';

/** What the numbers depend on. */
export interface MachineFacts {
  readonly date: string;
  readonly processor: string;
  readonly memory: string;
  readonly kernel: string;
  readonly git: string;
  readonly node: string;
  /** What else the machine did before the benchmark started. */
  readonly load: string;
}

export async function readMachineFacts(now: Date): Promise<MachineFacts> {
  const cores = cpus();
  return {
    date: now.toISOString().slice(0, 10),
    processor: `${cores[0]?.model.trim() ?? 'unknown'}, ${cores.length} cores`,
    memory: `${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
    kernel: `${type()} ${release()}`,
    git: (await git(['--version'], { cwd: '.' })).replace('git version ', ''),
    node: process.version,
    load: loadavg()[0]?.toFixed(2) ?? 'unknown',
  };
}
