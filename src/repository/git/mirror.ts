import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { WarroomError } from '../../domain/errors.ts';
import { isDiskFull } from '../../lib/disk-full.ts';
import { randomHex, systemRandom } from '../../lib/random-text.ts';
import { explainFailure } from './explain-failure.ts';
import { fullDisk } from './git-failure.ts';
import { createGit, type Git, type GitOptions } from './run-git.ts';
import { sweepBeside, sweepMirror } from './sweep-mirror.ts';

/** Ref of the mirror that holds the newest tip this machine knows. */
export const TIP_REF = 'refs/mirror/tip';

/** Folder inside the mirror: a repository without a remote that reads the same objects. */
export const OFFLINE_FOLDER = 'offline';

export interface MirrorOptions extends Omit<GitOptions, 'gitDir'> {
  readonly folder: string;
  /** URL as git understands it; local paths are given as file://. */
  readonly url: string;
  readonly branch: string;
  /** Several processes use the folder at once: only locks that are old enough to be dead are swept. */
  readonly isShared: boolean;
}

/**
 * Opens the bare partial clone in `folder`, or makes it: depth 1, no blobs, written without `git init` or `git clone`,
 * built beside its place and renamed, so that a killed process leaves nothing half-made.
 */
export async function openMirror(options: MirrorOptions, signal?: AbortSignal): Promise<Git> {
  try {
    return await openOrBuild(options, signal);
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error && 'code' in error)) throw error;
    const why = `the system says ${String(error.code)}: ${String(error.syscall)}`;
    if (isDiskFull(error)) throw fullDisk(why, options.address, error);
    throw new WarroomError('corrupt', `cannot write the local copy of the war room: ${options.folder}`, {
      why,
      hint: 'make it writable, or choose another place with XDG_CACHE_HOME or, for a processor, stateDir',
      cause: error,
    });
  }
}

async function openOrBuild(options: MirrorOptions, signal: AbortSignal | undefined): Promise<Git> {
  const git = createGit({ ...options, gitDir: options.folder });
  await sweepBeside(options.folder, options);
  if (await isMirror(options.folder)) {
    await sweepMirror(options.folder, options);
    return git;
  }
  await mkdir(dirname(options.folder), { recursive: true, mode: 0o700 });
  const building = `${options.folder}.${randomHex(4, systemRandom)}.new`;
  try {
    await writeBareRepository(building, options);
    await fetchFirst(createGit({ ...options, gitDir: building }), options, signal);
    await moveIntoPlace(building, options.folder);
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return git;
}

/** What tells a mirror from the one that took its place. */
export async function inodeOf(folder: string): Promise<number | undefined> {
  return (await stat(folder).catch(() => undefined))?.ino;
}

/**
 * Moves a damaged mirror away; the next `openMirror` makes it anew. With `inode` only that very one: of several
 * processes that find a mirror damaged, the later ones must not drop the new one of the first.
 */
export async function dropMirror(folder: string, inode?: number): Promise<void> {
  if (inode !== undefined && inode !== (await inodeOf(folder))) return;
  const away = `${folder}.${randomHex(4, systemRandom)}.old`;
  try {
    await rename(folder, away);
  } catch {
    return; // Another process has dropped it already.
  }
  await rm(away, { recursive: true, force: true });
}

async function isMirror(folder: string): Promise<boolean> {
  try {
    return (await stat(join(folder, 'HEAD'))).isFile() && (await stat(join(folder, 'objects'))).isDirectory();
  } catch {
    return false;
  }
}

async function writeBareRepository(folder: string, options: MirrorOptions): Promise<void> {
  const offline = join(folder, OFFLINE_FOLDER);
  for (const part of ['objects/pack', 'refs', `${OFFLINE_FOLDER}/objects`, `${OFFLINE_FOLDER}/refs`]) {
    await mkdir(join(folder, part), { recursive: true, mode: 0o700 });
  }
  for (const part of [folder, offline]) await writeFile(join(part, 'HEAD'), 'ref: refs/heads/none\n');
  await writeFile(join(offline, 'config'), '[core]\n\trepositoryformatversion = 0\n\tbare = true\n');
  const quoted = (text: string): string => `"${text.replace(/["\\]/gu, '\\$&')}"`;
  await writeFile(
    join(folder, 'config'),
    [
      '[core]',
      '\trepositoryformatversion = 1',
      '\tbare = true',
      '\tlogAllRefUpdates = false',
      '[protocol]',
      '\tversion = 2',
      '[remote "origin"]',
      `\turl = ${quoted(options.url)}`,
      '\tpromisor = true',
      // After the first fetch small files come along with new commits, so that reading them needs no second trip.
      '\tpartialclonefilter = blob:limit=64k',
      // A push that lands moves the tip by itself; fetches name their own refs.
      `\tfetch = ${quoted(`+refs/heads/${options.branch}:${TIP_REF}`)}`,
      '\ttagOpt = --no-tags',
      '',
    ].join('\n'),
  );
}

async function fetchFirst(git: Git, options: MirrorOptions, signal?: AbortSignal): Promise<void> {
  const source = `refs/heads/${options.branch}`;
  const result = await git.run(
    [
      'fetch',
      '--quiet',
      '--no-write-fetch-head',
      '--no-auto-maintenance',
      '--depth=1',
      '--filter=blob:none',
      '--refmap=',
      'origin',
      `+${source}:${TIP_REF}`,
    ],
    { signal },
  );
  if (result.exit === 0) return;
  const failure = await explainFailure('fetch', { gitDir: git.gitDir, address: git.address, stderr: result.stderr });
  if (failure.code !== 'branch-missing') throw failure;
  throw await missingBranch(git, options.branch, signal);
}

/** Tells an empty repository from one that lacks the branch. */
export async function missingBranch(git: Git, branch: string, signal?: AbortSignal): Promise<WarroomError> {
  const heads = (await git.must('list', ['ls-remote', '--heads', 'origin'], { signal }))
    .split('\n')
    .map((line) => line.split('\t')[1]?.replace('refs/heads/', ''))
    .filter((name) => name !== undefined);
  if (heads.length === 0) {
    return new WarroomError('repository-empty', `the war room at ${git.address} is empty`, {
      why: 'the repository has no commit yet',
      hint: `make it a war room:  claude-warroom init --repo ${git.address}`,
    });
  }
  return new WarroomError('branch-missing', `the war room at ${git.address} has no branch ${branch}`, {
    why: `it has ${heads.slice(0, 5).join(', ')}`,
    hint: 'set repository.branch in the configuration',
  });
}

/** The first process that is ready wins; the others use its mirror. */
async function moveIntoPlace(building: string, folder: string): Promise<void> {
  try {
    await rename(building, folder);
  } catch {
    if (await isMirror(folder)) return;
    await dropMirror(folder);
    await rename(building, folder);
  }
}
