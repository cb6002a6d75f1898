import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../../config/environment.ts';
import { WarroomError } from '../../domain/errors.ts';
import { sameRepository } from '../../domain/same-repository.ts';
import { withoutCredentials } from './git-failure.ts';
import { entriesOf, makeFolder } from './local-repository.ts';
import { gitUrl } from './open-git-war-room.ts';
import { withPorcelain, type PorcelainOptions } from './porcelain.ts';

export interface CloneOptions {
  readonly repository: { readonly url: string; readonly branch: string };
  /** Where the work tree is, or shall be. */
  readonly folder: string;
  readonly env: Environment;
  readonly signal?: AbortSignal;
}

/** Clones a work tree into `folder`. Throws `usage` when something else is there; a clone that is there is left alone. */
export async function cloneWorkTree(options: CloneOptions): Promise<'cloned' | 'present'> {
  const { folder, repository } = options;
  if ((await workTreeState(options)) === 'present') return 'present';
  await makeFolder(folder);
  await withPorcelain(folder, porcelainOptions(options), async (git) => {
    await git.clone(gitUrl(repository.url), '.', ['--branch', repository.branch, '--single-branch']);
  });
  // The library reports a clone that was killed as done.
  if ((await stat(join(folder, '.git', 'index')).catch(() => undefined)) === undefined) {
    throw new WarroomError('interrupted', `the clone into ${folder} was stopped`, {
      hint: 'remove the folder and try again',
    });
  }
  return 'cloned';
}

/** Whether a clone of the war room is in `folder` already; throws `usage` when something else is. */
export async function workTreeState(options: CloneOptions): Promise<'absent' | 'present'> {
  const { folder, repository } = options;
  const entries = await entriesOf(folder);
  if (entries.length === 0) return 'absent';
  if (entries.includes('.git')) {
    const remotes = await withPorcelain(folder, porcelainOptions(options), (git) => git.getRemotes(true));
    if (remotes.some(({ refs }) => sameRepository(refs.fetch, gitUrl(repository.url)))) return 'present';
  }
  throw new WarroomError('usage', `${folder} holds other files`, {
    why: 'a work tree of the war room is cloned only into an empty folder',
    hint: 'name another folder with --dir',
  });
}

function porcelainOptions({ repository, env, signal }: CloneOptions): PorcelainOptions {
  const address = withoutCredentials(repository.url);
  return { env, address, operation: 'clone', ...(signal === undefined ? {} : { signal }) };
}
