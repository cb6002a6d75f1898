import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../../config/environment.ts';
import { clientProfile } from './git-environment.ts';
import { withoutCredentials } from './git-failure.ts';
import { gitUrl } from './open-git-war-room.ts';
import { withPorcelain } from './porcelain.ts';
import { createGit, type Git } from './run-git.ts';

/** Runs with an empty bare repository that knows the remote as `origin`, and removes it afterwards. */
export async function withScratch<Result>(
  options: { readonly repository: { readonly url: string }; readonly env: Environment; readonly signal?: AbortSignal },
  run: (git: Git) => Promise<Result>,
): Promise<Result> {
  const { url } = options.repository;
  const address = withoutCredentials(url);
  const profile = clientProfile(options.env);
  const folder = await mkdtemp(join(tmpdir(), 'claude-warroom-'));
  try {
    await withPorcelain(folder, { ...options, address, operation: 'prepare for' }, async (git) => {
      await git.init(true, ['--template=']);
      await git.addConfig('remote.origin.url', gitUrl(url));
    });
    return await run(createGit({ gitDir: folder, address, profile }));
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
