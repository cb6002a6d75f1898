import { spawn } from 'node:child_process';
import { platform } from 'node:process';
import type { Environment } from '../config/environment.ts';

/** Opens a page with the program that the system has for it; false when there is none. */
export async function openInBrowser(url: string, env: Environment): Promise<boolean> {
  for (const program of programs(env)) {
    if (await start(program, url)) return true;
  }
  return false;
}

/** macOS has `open`; Linux `xdg-open`; WSL often only `wslview`. $BROWSER wins, as everywhere. */
function programs(env: Environment): readonly string[] {
  const own = env['BROWSER'];
  const usual = platform === 'darwin' ? ['open'] : ['xdg-open', 'wslview'];
  return own === undefined || own === '' ? usual : [own, ...usual];
}

async function start(program: string, url: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const child = spawn(program, [url], { stdio: 'ignore', detached: true });
    child.once('error', () => {
      resolve(false);
    });
    child.once('spawn', () => {
      // The browser outlives this command.
      child.unref();
      resolve(true);
    });
  });
}
