import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isWarroomError } from '../../domain/errors.ts';
import { processorProfile, protocolOf } from './git-environment.ts';
import { gitFailure, withoutCredentials } from './git-failure.ts';
import { createGit } from './run-git.ts';

/** Whether somebody without any credential can read a repository. */
export type AnonymousAccess =
  { readonly kind: 'readable' } | { readonly kind: 'refused' } | { readonly kind: 'unknown'; readonly why: string };

/**
 * Lists the branches of an http(s) repository as a stranger would: closed environment, no token, no user in the address.
 * Other protocols cannot be read without a key or a place on the machine.
 */
export async function anonymousAccess(options: {
  readonly url: string;
  readonly path: string;
  readonly caFile?: string | undefined;
  readonly proxy?: string | undefined;
  readonly signal?: AbortSignal;
}): Promise<AnonymousAccess> {
  const protocol = protocolOf(options.url);
  if (protocol !== 'https' && protocol !== 'http') return { kind: 'refused' };
  const url = options.url.replace(/^([a-z]+:\/\/)[^/@]*@/iu, '$1');
  const folder = await mkdtemp(join(tmpdir(), 'warroom-anonymous-'));
  try {
    const { caFile, proxy } = options;
    const credentials = { readToken: () => Promise.resolve(undefined), username: undefined, caFile, proxy };
    const profile = processorProfile(url, { credentials, emptyHome: folder, path: options.path });
    const git = createGit({ gitDir: folder, address: withoutCredentials(url), profile });
    const { exit, stderr } = await git.run(['ls-remote', '--heads', url], {
      signal: options.signal,
      timeoutMs: 20_000,
    });
    if (exit === 0) return { kind: 'readable' };
    const failure = gitFailure('read', stderr, { address: git.address });
    // Hosts answer strangers that a private repository does not exist.
    if (failure.code === 'authentication' || failure.code === 'repository-missing') return { kind: 'refused' };
    return { kind: 'unknown', why: failure.why ?? failure.message };
  } catch (error) {
    if (!isWarroomError(error)) throw error;
    return { kind: 'unknown', why: error.message };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
