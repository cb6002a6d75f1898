import { WarroomError } from '../../domain/errors.ts';
import { runChild, type ChildEnd } from '../../lib/child-process.ts';
import { explainFailure } from './explain-failure.ts';
import type { GitProfile } from './git-environment.ts';

/** One git process with a deadline, in one bare repository. */
export interface Git {
  readonly gitDir: string;
  readonly address: string;
  readonly profile: GitProfile;
  /** Runs git and resolves whatever its exit code is; throws when it could not run to its end. */
  run(args: readonly string[], options?: GitRunOptions): Promise<GitResult>;
  /** Like `run`, but a failing exit code becomes a `WarroomError` that says that `operation` failed. */
  must(operation: string, args: readonly string[], options?: GitRunOptions): Promise<string>;
}

export interface GitRunOptions {
  readonly stdin?: string | Uint8Array;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
  readonly maxBytes?: number;
  /** Touches nothing but the mirror: a failure means that the mirror is damaged. */
  readonly isLocal?: boolean;
}

export interface GitResult {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How long a git operation may take; network operations are also stopped by http.lowSpeedTime. */
const DEFAULT_TIMEOUT_MS = 120_000;
const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;

export interface GitOptions {
  readonly gitDir: string;
  readonly address: string;
  readonly profile: GitProfile;
  /** Told about each git process, for `-v`. */
  readonly onRun?: ((args: readonly string[], result: { exit: number; ms: number }) => void) | undefined;
}

export function createGit(options: GitOptions): Git {
  const run = async (args: readonly string[], runOptions: GitRunOptions = {}): Promise<GitResult> => {
    const result = await runChild({
      argv: ['git', `--git-dir=${options.gitDir}`, ...options.profile.settings, ...args],
      env: await options.profile.environment(),
      timeoutMs: runOptions.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      maxBytes: runOptions.maxBytes ?? DEFAULT_MAX_BYTES,
      signal: runOptions.signal,
      ...(runOptions.stdin === undefined ? {} : { stdin: runOptions.stdin }),
    });
    const exit = exitOf(result.end, args[0] ?? 'git', options.address);
    options.onRun?.(args, { exit, ms: result.ms });
    if (result.truncated) {
      throw new WarroomError(
        'corrupt',
        `git ${args[0] ?? ''} printed more than ${runOptions.maxBytes ?? DEFAULT_MAX_BYTES} bytes`,
        {
          why: `the war room at ${options.address} is larger than expected`,
        },
      );
    }
    return { exit, stdout: result.stdout.toString('utf8'), stderr: result.stderr.toString('utf8') };
  };
  return {
    gitDir: options.gitDir,
    address: options.address,
    profile: options.profile,
    run,
    must: async (operation, args, runOptions) => {
      const result = await run(args, runOptions);
      if (result.exit === 0) return result.stdout;
      const { gitDir, address } = options;
      throw await explainFailure(operation, { gitDir, address, stderr: result.stderr, isLocal: runOptions?.isLocal });
    },
  };
}

function exitOf(end: ChildEnd, command: string, address: string): number {
  switch (end.kind) {
    case 'exited':
      return end.exit;
    case 'aborted':
      throw new WarroomError('interrupted', `git ${command} was stopped`);
    case 'timeout':
      throw new WarroomError('timeout', `git ${command} took too long`, {
        why: `no answer from ${address} in time`,
        hint: 'check the network; see  claude-warroom doctor',
      });
    case 'killed':
      throw new WarroomError('timeout', `git ${command} was killed by ${end.signal}`, {
        why: 'another process ended it',
      });
    case 'not-started':
      throw new WarroomError('git-missing', 'cannot start git', {
        why: `the operating system said ${end.code}`,
        hint: 'install git 2.39 or newer and make sure that it is in PATH',
      });
  }
}
