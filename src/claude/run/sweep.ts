import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** A killed process ends when it is next given a core; on a busy machine that takes a moment. */
const ROUNDS = 40;
const PAUSE_MS = 25;

/**
 * Kills what a run left behind. Commands of claude live in sessions of their own, out of reach of a group kill, but
 * carry the id of the conversation in their environment. Needs /proc; without it there is nothing to find.
 */
export async function sweepSession(sessionId: string): Promise<number> {
  const killed = new Set<number>();
  // A process may start another one while we look, and all have ended when nothing is found any more.
  for (let round = 0; round < ROUNDS; round += 1) {
    const pids = await processesOf(sessionId);
    if (pids.length === 0) break;
    for (const pid of pids) {
      kill(pid);
      killed.add(pid);
    }
    await delay(PAUSE_MS);
  }
  return killed.size;
}

async function processesOf(sessionId: string): Promise<readonly number[]> {
  const mark = `CLAUDE_CODE_SESSION_ID=${sessionId}\0`;
  const found: number[] = [];
  for (const name of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/u.test(name)) continue;
    const environment = await readFile(`/proc/${name}/environ`, 'latin1').catch(() => '');
    if (environment.includes(mark)) found.push(Number(name));
  }
  return found;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // ESRCH: it ended by itself.
  }
}
