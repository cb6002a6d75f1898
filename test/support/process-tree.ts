import { execFile, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { promisify } from 'node:util';
import { waitUntil } from './wait-until.ts';

const run = promisify(execFile);

/**
 * Kills a process and everything below it, also what moved to a session or process group of its own, and returns when
 * all of it is gone. A process that is gone already is fine.
 */
export async function killTree(pid: number): Promise<void> {
  const pids = [pid, ...(await descendants(pid))];
  for (const one of pids) kill(one);
  await waitUntil(async () => (await livingOf(pids)).length === 0, {
    what: `the end of the processes ${pids.join(', ')}`,
  });
}

/**
 * Resolves when a child has ended and its streams are closed, with its exit code as a shell gives it: 128 + number of
 * the signal when one ended it.
 */
export function endOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

/** Whether a process runs; one that ended but was not collected by its parent does not. */
export async function isRunning(pid: number): Promise<boolean> {
  return (await livingOf([pid])).length > 0;
}

async function livingOf(pids: readonly number[]): Promise<readonly number[]> {
  const table = await processTable();
  return pids.filter((pid) => table.some((row) => row.pid === pid && !row.state.startsWith('Z')));
}

async function descendants(pid: number): Promise<readonly number[]> {
  const table = await processTable();
  const found: number[] = [];
  const open = [pid];
  for (let parent = open.pop(); parent !== undefined; parent = open.pop()) {
    const children = table.filter((row) => row.parent === parent).map((row) => row.pid);
    found.push(...children);
    open.push(...children);
  }
  return found;
}

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly state: string;
}

async function processTable(): Promise<readonly ProcessRow[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,stat='], { timeout: 10_000 });
  return stdout
    .trim()
    .split('\n')
    .map((line) => {
      const [pid = '', parent = '', state = ''] = line.trim().split(/\s+/u);
      return { pid: Number(pid), parent: Number(parent), state };
    });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // ESRCH: it ended by itself.
  }
}
