import type { Environment } from '../../config/environment.ts';
import { isWarroomError } from '../../domain/errors.ts';
import { gitFailure } from './git-failure.ts';
import { withScratch } from './scratch-repository.ts';

/** What a look at a repository from outside tells, without changing anything. */
export interface RepositoryProbe {
  /** Time of one listing of its branches in milliseconds. */
  readonly latencyMs: number;
  /** When the newest commit of the branch was made, by the clock of its author. */
  readonly committedAt: Date;
  readonly push: { readonly kind: 'allowed' } | { readonly kind: 'refused' | 'unknown'; readonly why: string };
}

export interface ProbeOptions {
  readonly repository: { readonly url: string; readonly branch: string };
  readonly env: Environment;
  readonly signal?: AbortSignal;
}

/**
 * Lists the branches, fetches the newest commit alone, and rehearses a push of that same commit. The rehearsal asks the
 * remote for permission and sends nothing; rules that only look at what is pushed stay unknown.
 */
export async function probeRepository(options: ProbeOptions): Promise<RepositoryProbe> {
  const { signal } = options;
  const { branch } = options.repository;
  const run = { signal, timeoutMs: 30_000 };
  return await withScratch(options, async (git) => {
    const started = performance.now();
    await git.must('read', ['ls-remote', '--heads', 'origin'], run);
    const latencyMs = Math.round(performance.now() - started);
    const fetch = [
      'fetch',
      '--quiet',
      '--depth=1',
      '--filter=tree:0',
      'origin',
      `+refs/heads/${branch}:refs/heads/probe`,
    ];
    await git.must('read', fetch, run);
    const seconds = await git.must('read', ['log', '-1', '--format=%ct', 'refs/heads/probe'], run);
    const args = ['push', '--dry-run', '--porcelain', '--no-verify', 'origin', `refs/heads/probe:refs/heads/${branch}`];
    const { exit, stderr } = await git.run(args, run);
    return { latencyMs, committedAt: new Date(Number(seconds) * 1000), push: pushAnswer(exit, stderr, git.address) };
  });
}

function pushAnswer(exit: number, stderr: string, address: string): RepositoryProbe['push'] {
  if (exit === 0) return { kind: 'allowed' };
  const failure = gitFailure('push to', stderr, { address });
  const kind = isWarroomError(failure, 'authentication', 'repository-missing') ? 'refused' : 'unknown';
  return { kind, why: failure.why ?? failure.message };
}
