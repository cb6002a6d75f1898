import type { Environment } from './config/environment.ts';
import { systemClock } from './lib/clock.ts';
import type { CloneOptions } from './repository/git/clone-work-tree.ts';
import type { ProbeOptions, RepositoryProbe } from './repository/git/probe-repository.ts';
import type { Scaffolded, ScaffoldFile, ScaffoldRepositoryOptions } from './repository/git/scaffold-repository.ts';
import type { WarRoom } from './repository/port.ts';
import type { Target } from './target/port.ts';

/**
 * Configuration becomes adapters in the files of this name and nowhere else; each adapter is loaded when it is needed.
 * Here are those of a person: the war room through their own git, and the machine that they sit at.
 */

/** Who commits for people; the files themselves say who asks. */
const CLIENT = { name: 'claude-warroom', email: 'claude-warroom@localhost' };

export interface OpenWarRoomOptions {
  readonly repository: { readonly url: string; readonly branch: string; readonly refNamespace: string };
  readonly cacheDir: string;
  readonly env: Environment;
  readonly committer?: { readonly name: string; readonly email: string };
  /** Told about each git process. */
  readonly onGitRun?: (args: readonly string[], result: { readonly exit: number; readonly ms: number }) => void;
}

/** The war room with the person's own git configuration. */
export async function openWarRoom(options: OpenWarRoomOptions): Promise<WarRoom> {
  const { openClientWarRoom } = await import('./repository/git/open-git-war-room.ts');
  return openClientWarRoom({
    repository: options.repository,
    cacheDir: options.cacheDir,
    env: options.env,
    clock: systemClock,
    committer: options.committer ?? CLIENT,
    ...(options.onGitRun === undefined ? {} : { onRun: options.onGitRun }),
  });
}

export interface GitUser {
  readonly name?: string;
  readonly email?: string;
  readonly signingKey?: string;
  readonly signingFormat?: string;
}

/** What git knows about the person; nothing when git itself cannot be asked. */
export async function readGitUser(options: { readonly env: Environment; readonly cwd: string }): Promise<GitUser> {
  const git = await import('./repository/git/git-user.ts');
  return await git.readGitUser(options);
}

export type { Scaffolded, ScaffoldFile };

/** Makes a repository a war room, with the person's own git configuration. */
export async function scaffoldRepository(
  options: Omit<ScaffoldRepositoryOptions, 'clock' | 'committer'> & Pick<OpenWarRoomOptions, 'committer'>,
): Promise<Scaffolded> {
  const git = await import('./repository/git/scaffold-repository.ts');
  return await git.scaffoldRepository({ ...options, clock: systemClock, committer: options.committer ?? CLIENT });
}

export type { RepositoryProbe };

/** A look at the repository that changes nothing, for `doctor`. */
export async function probeRepository(options: ProbeOptions): Promise<RepositoryProbe> {
  const git = await import('./repository/git/probe-repository.ts');
  return await git.probeRepository(options);
}

/** Whether a work tree of the war room is in a folder already; throws `usage` when something else is. */
export async function workTreeState(options: CloneOptions): Promise<'absent' | 'present'> {
  const git = await import('./repository/git/clone-work-tree.ts');
  return await git.workTreeState(options);
}

/** Clones a work tree of the war room for people to look into. */
export async function cloneWorkTree(options: CloneOptions): Promise<'cloned' | 'present'> {
  const git = await import('./repository/git/clone-work-tree.ts');
  return await git.cloneWorkTree(options);
}

/** The machine that this process runs on, for playbooks that are run by hand. */
export async function openLocalTarget(): Promise<Target> {
  const { createLocalTarget } = await import('./target/local/local-target.ts');
  return createLocalTarget({ clock: systemClock });
}
