import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { environmentValue, type Environment } from './environment.ts';

const NAME = 'claude-warroom';

/** Folder for configuration of the person, by the XDG base directory specification; undefined without a home. */
export function userConfigFolder(env: Environment): string | undefined {
  return xdgFolder(env, 'XDG_CONFIG_HOME', '.config');
}

/** Folder for what can be made again; a folder of the user below the temporary one when there is no home. */
export function userCacheFolder(env: Environment): string {
  const user = process.getuid?.() ?? 'user';
  return xdgFolder(env, 'XDG_CACHE_HOME', '.cache') ?? join(tmpdir(), `${NAME}-${String(user)}`);
}

/** The specification says that relative paths in these variables are ignored. */
function xdgFolder(env: Environment, variable: string, fallback: string): string | undefined {
  const folder = environmentValue(env, variable);
  if (folder !== undefined && isAbsolute(folder)) return join(folder, NAME);
  const home = environmentValue(env, 'HOME');
  return home === undefined ? undefined : join(home, fallback, NAME);
}
