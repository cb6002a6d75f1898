import { dirname } from 'node:path';
import { environmentValue, type Environment } from '../config/environment.ts';
import { resolveAddress } from '../config/repository-defaults.ts';
import { WarroomError } from '../domain/errors.ts';
import type { ClientConfig } from '../schema/generated.ts';
import type { CliContext } from './context.ts';
import { createPrompts } from './prompts.ts';

const GITHUB_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})\/[A-Za-z0-9._-]{1,100}$/u;

/** Which repository `init` means: by flag, variable, configuration, or asked. Throws `usage` when nothing says it. */
export async function addressFor(
  context: CliContext,
  known: {
    readonly githubRepo: string | undefined;
    readonly existing: ClientConfig | undefined;
    readonly configFile: string;
  },
): Promise<string> {
  const { io, env, cwd, flags, signal } = context;
  const { githubRepo, existing, configFile } = known;
  if (githubRepo !== undefined) {
    if (flags.repo !== undefined) {
      throw new WarroomError('usage', 'the repository is given twice', { why: `${githubRepo} and ${flags.repo}` });
    }
    return githubUrl(githubRepo, env);
  }
  const named = flags.repo ?? environmentValue(env, 'WARROOM_REPO');
  if (named !== undefined) return resolveAddress(named, cwd);
  const configured = existing?.repository?.url;
  if (configured !== undefined) return resolveAddress(configured, dirname(configFile));
  if (!io.isInteractive) {
    throw new WarroomError('usage', 'no repository is named', {
      why: 'nobody can be asked here',
      hint: 'claude-warroom init --github-repo owner/name   or --repo URL or --repo PATH',
    });
  }
  const prompts = await createPrompts(io, signal);
  const message = 'Where is the war room? (owner/name on GitHub, a URL, or a folder such as ./warroom.git)';
  const answer = await prompts.text({ message, isRequired: true });
  return GITHUB_NAME.test(answer) ? githubUrl(answer, env) : resolveAddress(answer, cwd);
}

/** `https://github.com/owner/name.git`; GH_HOST names another server, as for GitHub's own command line. */
export function githubUrl(name: string, env: Environment): string {
  if (!GITHUB_NAME.test(name)) {
    throw new WarroomError('usage', `"${name}" is not the name of a GitHub repository`, {
      hint: 'write it as owner/name, or give a whole URL with --repo',
    });
  }
  return `https://${environmentValue(env, 'GH_HOST') ?? 'github.com'}/${name.replace(/\.git$/u, '')}.git`;
}

/** The address without user and password, for people. */
export function shownAddress(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/iu, '$1');
}
