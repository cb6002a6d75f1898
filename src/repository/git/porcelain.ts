import { GitError, simpleGit, type SimpleGit } from 'simple-git';
import type { Environment } from '../../config/environment.ts';
import { WarroomError } from '../../domain/errors.ts';
import { clientProfile } from './git-environment.ts';
import { gitFailure } from './git-failure.ts';

export interface PorcelainOptions {
  readonly env: Environment;
  /** For messages, without credentials. */
  readonly address: string;
  /** What is done to the address: `clone`. */
  readonly operation: string;
  readonly signal?: AbortSignal;
}

/** simple-git, for what people would type themselves, in `folder`. Its failures become ours. */
export async function withPorcelain<Result>(
  folder: string,
  options: PorcelainOptions,
  run: (git: SimpleGit) => Promise<Result>,
): Promise<Result> {
  const { address, operation, signal } = options;
  const env = { ...(await clientProfile(options.env).environment()) };
  const git = simpleGit({
    baseDir: folder,
    ...(signal === undefined ? {} : { abort: signal }),
    timeout: { block: 120_000 },
    // The library distrusts every variable that can start a program; these are the person's own, and git trusts them.
    allowEnvironment: Object.keys(env),
    unsafe: {
      allowUnsafeAskPass: true,
      allowUnsafeConfigEnvCount: true,
      allowUnsafeConfigPaths: true,
      allowUnsafeCredentialHelper: true,
      allowUnsafeExec: true,
      allowUnsafeGitProxy: true,
      allowUnsafeSshCommand: true,
      allowUnsafeTemplateDir: true,
    },
  }).env(env);
  try {
    return await run(git);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    if (signal?.aborted === true) throw new WarroomError('interrupted', `stopped: ${operation} ${address}`);
    if (error.message.includes('ENOENT')) {
      throw new WarroomError('git-missing', 'cannot start git', {
        why: 'it is not in PATH',
        hint: 'install git 2.39 or newer and make sure that it is in PATH',
        cause: error,
      });
    }
    throw gitFailure(operation, error.message, { address });
  }
}
