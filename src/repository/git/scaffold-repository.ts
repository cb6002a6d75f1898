import { isWarroomError, WarroomError } from '../../domain/errors.ts';
import type { Environment } from '../../config/environment.ts';
import type { RedactedText } from '../../domain/redacted-text.ts';
import type { Clock } from '../../lib/clock.ts';
import { buildCommit, type Committer } from './fast-import.ts';
import { createBareRepository, localFolder } from './local-repository.ts';
import { openClientWarRoom } from './open-git-war-room.ts';
import { push, refusedPush } from './push.ts';
import type { Git } from './run-git.ts';
import { withScratch } from './scratch-repository.ts';

export interface ScaffoldFile {
  readonly path: string;
  readonly content: RedactedText;
}

/** What became of the repository, and which files were added to it. */
export interface Scaffolded {
  /**
   * `created`: the repository itself was made; `filled`: it was empty; `completed`: files were missing; `declined`: they
   * are, and nothing was done.
   */
  readonly kind: 'created' | 'filled' | 'completed' | 'unchanged' | 'declined';
  readonly added: readonly string[];
  readonly commit?: string;
}

export interface ScaffoldRepositoryOptions {
  readonly repository: { readonly url: string; readonly branch: string; readonly refNamespace: string };
  readonly files: readonly ScaffoldFile[];
  readonly env: Environment;
  readonly cacheDir: string;
  /** Asked before anything is added to a repository that has content. */
  readonly mayAdd: (paths: readonly string[]) => Promise<boolean>;
  readonly committer: Committer;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

const MESSAGE = 'set up the war room';

/**
 * Makes a repository a war room: an empty one gets its first commit, one with content gets the files that it lacks.
 * Nothing is ever overwritten, so that it can be repeated after any failure.
 */
export async function scaffoldRepository(options: ScaffoldRepositoryOptions): Promise<Scaffolded> {
  const { url, branch } = options.repository;
  const folder = localFolder(url);
  const isNew = folder !== undefined && (await createBareRepository(folder, { ...options, branch }));
  try {
    const first = await pushFirstCommit(options);
    if (first !== undefined) return { ...first, kind: isNew ? 'created' : 'filled' };
    return await addMissingFiles(options);
  } catch (error) {
    throw explained(error);
  }
}

/** Pushes all files as the first commit of an empty repository; undefined when it has the branch already. */
async function pushFirstCommit(options: ScaffoldRepositoryOptions): Promise<Omit<Scaffolded, 'kind'> | undefined> {
  const { files, committer, clock, signal } = options;
  const { branch } = options.repository;
  return await withScratch(options, async (git) => {
    const { address } = git;
    const heads = await readHeads(git, signal);
    if (heads.includes(branch)) return undefined;
    if (heads.length > 0) {
      throw new WarroomError('branch-missing', `the repository ${address} has no branch ${branch}`, {
        why: `it has ${heads.slice(0, 5).join(', ')}`,
        hint: `choose one: claude-warroom init --branch ${heads[0] ?? branch}`,
      });
    }
    const plan = { parent: undefined, files, message: MESSAGE, committer, at: clock.now() };
    const { commit } = await buildCommit(git, plan, signal);
    const ref = `refs/heads/${branch}`;
    const outcome = await push(git, [{ from: commit, to: ref, lease: 'absent' }], { signal });
    if (outcome.kind === 'unknown') throw outcome.error;
    const pushed = outcome.refs.get(ref);
    if (pushed?.kind === 'refused') throw refusedPush(ref, pushed.reason, address);
    // Somebody else sets it up at the same moment: what they left out is added next.
    if (pushed?.kind === 'raced') return undefined;
    return { commit, added: files.map(({ path }) => path) };
  });
}

async function readHeads(git: Git, signal: AbortSignal | undefined): Promise<readonly string[]> {
  const stdout = await git.must('read', ['ls-remote', '--heads', 'origin'], { signal, timeoutMs: 60_000 });
  return stdout.split('\n').flatMap((line) => line.split('\t')[1]?.replace('refs/heads/', '') ?? []);
}

/** How often somebody else may add the same file while we do. */
const ATTEMPTS = 3;

async function addMissingFiles(options: ScaffoldRepositoryOptions): Promise<Scaffolded> {
  const read = options.signal === undefined ? {} : { signal: options.signal };
  const warRoom = openClientWarRoom(options);
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const snapshot = await warRoom.refresh({ refPrefixes: [], ...read });
      const present = await snapshot.list(
        options.files.map(({ path }) => path),
        read,
      );
      const known = new Set(present.map(({ path }) => path));
      const missing = options.files.filter(({ path }) => !known.has(path));
      const added = missing.map(({ path }) => path);
      if (missing.length === 0) return { kind: 'unchanged', added };
      if (attempt === 0 && !(await options.mayAdd(added))) return { kind: 'declined', added: [] };
      const outcome = await warRoom.land({ files: missing, message: MESSAGE, absent: added }, read);
      if (outcome.kind === 'landed') return { kind: 'completed', added, commit: outcome.commit };
    }
    throw new WarroomError('conflict', `somebody else changes ${warRoom.address} at the same time`, {
      hint: 'try again',
    });
  } finally {
    await warRoom.close();
  }
}

/** GitHub refuses workflow files from tokens that may not write them, which nobody guesses from "protected". */
function explained(error: unknown): unknown {
  const isWorkflow = isWarroomError(error, 'protected') && /without `workflows?`/u.test(error.why ?? '');
  if (!isWorkflow) return error;
  return new WarroomError('protected', 'these credentials may not add the workflow that checks requests', {
    ...(error.why === undefined ? {} : { why: error.why }),
    hint: 'give the token the workflow permission, or run  claude-warroom init --no-workflow',
    cause: error,
  });
}
