import { readdir, readFile } from 'node:fs/promises';

/** Reads what the kernel says about processes; Linux only. */

/** The kernel counts processor time in hundredths of a second on every platform that Node runs on. */
const TICKS_PER_SECOND = 100;

export interface ProcessCost {
  /** User and system time of a process, of its children, and of those that have ended. */
  readonly cpuSeconds: number;
  /** Memory of a process and its children. */
  readonly residentBytes: number;
}

export function canReadCosts(): boolean {
  return process.platform === 'linux';
}

export async function readTreeCost(root: number): Promise<ProcessCost> {
  const stats = await readAllStats();
  const tree = stats.filter(({ pid }) => pid === root);
  // Grows while it is walked: children of children follow.
  for (const { pid } of tree) tree.push(...stats.filter(({ parent }) => parent === pid));
  return {
    cpuSeconds: tree.reduce((sum, stat) => sum + stat.ownTicks + stat.endedTicks, 0) / TICKS_PER_SECOND,
    residentBytes: (await Promise.all(tree.map(({ pid }) => readResidentBytes(pid)))).reduce(
      (sum, one) => sum + one,
      0,
    ),
  };
}

/** Processor time of all children of this process that have ended. */
export async function readEndedChildrenSeconds(): Promise<number> {
  return ((await readStat(process.pid))?.endedTicks ?? NaN) / TICKS_PER_SECOND;
}

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly ownTicks: number;
  readonly endedTicks: number;
}

async function readAllStats(): Promise<readonly Stat[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/u.test(name)).map(Number);
  const stats = await Promise.all(pids.map(readStat));
  return stats.filter((stat) => stat !== undefined);
}

/** Undefined when the process has ended in the meantime. */
async function readStat(pid: number): Promise<Stat | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => undefined);
  // The second field is the name of the program in parentheses, and may hold anything.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  if (fields === undefined) return undefined;
  const [parent = NaN, user = NaN, system = NaN, endedUser = NaN, endedSystem = NaN] = [1, 11, 12, 13, 14].map((at) =>
    Number(fields[at]),
  );
  return { pid, parent, ownTicks: user + system, endedTicks: endedUser + endedSystem };
}

async function readResidentBytes(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB$/mu.exec(text)?.[1] ?? 0) * 1024;
}
