import { GitError, simpleGit, type ConfigListSummary, type SimpleGit } from 'simple-git';
import type { Environment } from '../../config/environment.ts';

/** What git knows about the person: identity, and how it signs. */
export interface GitUser {
  readonly name?: string;
  readonly email?: string;
  readonly signingKey?: string;
  readonly signingFormat?: string;
}

/** What decides which configuration files git reads. */
const VARIABLES = ['PATH', 'HOME', 'USER', 'XDG_CONFIG_HOME', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_NOSYSTEM'];

/**
 * The person's git configuration as it holds in `cwd`; the last value of a key wins, as in git. Empty when git cannot be
 * asked: whoever needs git next gets its own error.
 */
export async function readGitUser(options: { readonly cwd: string; readonly env: Environment }): Promise<GitUser> {
  const env: Record<string, string> = {};
  for (const name of VARIABLES) {
    const value = options.env[name];
    if (value !== undefined) env[name] = value;
  }
  // The person's own variables are trusted here as git itself trusts them.
  const git = simpleGit({
    baseDir: options.cwd,
    allowEnvironment: VARIABLES,
    unsafe: { allowUnsafeConfigPaths: true },
  }).env(env);
  const all = await listConfig(git);
  const read = (key: string): string | undefined => [all[key]].flat().at(-1);
  const [name, email, signingKey, signingFormat] = [
    read('user.name'),
    read('user.email'),
    read('user.signingkey'),
    read('gpg.format'),
  ];
  return {
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
    ...(signingKey === undefined ? {} : { signingKey }),
    ...(signingFormat === undefined ? {} : { signingFormat }),
  };
}

async function listConfig(git: SimpleGit): Promise<ConfigListSummary['all']> {
  try {
    return (await git.listConfig()).all;
  } catch (error) {
    if (error instanceof GitError) return {};
    throw error;
  }
}
