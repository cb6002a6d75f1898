import { spawn } from 'node:child_process';
import { environmentValue, type Environment } from '../config/environment.ts';
import { escapeHidden } from '../report/untrusted.ts';
import type { Io } from './context.ts';

/** `-F` leaves at once when all fits, `-R` keeps colours, `-X` leaves the text on the screen. */
const DEFAULT_PAGER = ['less', '-FRX'];

/** Prints a long text; on a terminal through $PAGER, unless it fits or there is no pager. */
export async function printPaged(io: Io, text: string, env: Environment): Promise<void> {
  const argv = pagerOf(env);
  const rows = 'rows' in io.stdout && typeof io.stdout.rows === 'number' ? io.stdout.rows : 0;
  const fits = text.split('\n').length < rows;
  if (!io.isTerminal || argv === undefined || fits || !(await page(argv, text, env))) io.out(text);
}

function pagerOf(env: Environment): readonly string[] | undefined {
  const named = environmentValue(env, 'WARROOM_PAGER') ?? environmentValue(env, 'PAGER');
  if (env['PAGER'] === '' || named === 'cat') return undefined;
  // Words, not a shell: `less -R` works, and nothing in the variable is executed.
  return named === undefined ? DEFAULT_PAGER : named.split(/\s+/u).filter((word) => word !== '');
}

/** False when the pager cannot be started; then nothing was shown. */
async function page([program, ...args]: readonly string[], text: string, env: Environment): Promise<boolean> {
  if (program === undefined) return false;
  return await new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['pipe', 'inherit', 'inherit'], env: { LESS: 'FRX', ...env } });
    let isStarted = false;
    child.once('spawn', () => {
      isStarted = true;
    });
    child.once('error', () => {
      if (!isStarted) resolve(false);
    });
    child.once('close', () => {
      resolve(true);
    });
    // Whoever leaves the pager early has read enough.
    child.stdin.on('error', () => undefined);
    child.stdin.end(`${escapeHidden(text)}\n`);
  });
}
