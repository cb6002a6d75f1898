import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isWarroomError, WarroomError } from '../../domain/errors.ts';
import type { PushOutcome } from '../../domain/events.ts';
import { isLocalAddress } from '../../domain/is-local-address.ts';
import { backoffDelayMs } from '../../lib/backoff.ts';
import type { Clock } from '../../lib/clock.ts';
import { randomHex, systemRandom } from '../../lib/random-text.ts';
import type {
  Change,
  CommitId,
  LandOptions,
  LandOutcome,
  RefValue,
  SetRef,
  SetRefOutcome,
  Snapshot,
  Submission,
  SubmitOutcome,
  WarRoom,
} from '../port.ts';
import { checkCommit } from './check-commit.ts';
import { buildCommit, type Committer } from './fast-import.ts';
import type { GitProfile } from './git-environment.ts';
import { explainFailure } from './explain-failure.ts';
import { damagedMirror } from './git-failure.ts';
import { FETCH } from './fetch-arguments.ts';
import { containsCommit, isAncestor } from './history.ts';
import { createSnapshot } from './git-snapshot.ts';
import { forgetLocalRefs, readLocalPackCount, readLocalRef, readLocalRefs } from './local-refs.ts';
import { dropMirror, inodeOf, openMirror, missingBranch, TIP_REF, type MirrorOptions } from './mirror.ts';
import { createObjectReader, type ObjectReader } from './object-reader.ts';
import { push, refusedPush, type PushRef } from './push.ts';
import { pushRef } from './push-ref.ts';
import type { Git } from './run-git.ts';
import { sweepUnfinished } from './sweep-mirror.ts';

export interface GitWarRoomOptions {
  /** Folder of the mirror. */
  readonly folder: string;
  /** As git understands it. */
  readonly url: string;
  /** For messages, without credentials. */
  readonly address: string;
  readonly branch: string;
  readonly refNamespace: string;
  readonly profile: GitProfile;
  readonly committer: Committer;
  /** Several processes use the mirror at once (the command line does). */
  readonly isShared: boolean;
  /** Nothing lands without `within`: so it is for processors, who write on behalf of others. */
  readonly isScoped: boolean;
  readonly clock: Clock;
  readonly onRun?: MirrorOptions['onRun'];
  /** Told of each try to land a commit. */
  readonly onPush?: (push: { readonly isRetry: boolean; readonly outcome: PushOutcome }) => void;
}

/** Pauses between two tries on a contended branch. */
const LAND_BACKOFF = { firstMs: 100, maxMs: 3000 };

/** A war room behind any remote that git can reach, mirrored into a bare partial clone. */
export class GitWarRoom implements WarRoom {
  readonly address: string;
  readonly branch: string;
  readonly refNamespace: string;
  readonly isLocal: boolean;
  readonly #options: GitWarRoomOptions;
  /** Refs of the mirror that only this object writes. */
  readonly #view = `refs/view/${randomHex(8, systemRandom)}`;
  #git: Promise<Git> | undefined;
  /** Of the mirror that was opened: another process may have made it anew since. */
  #inode: number | undefined;
  #reader: ObjectReader | undefined;
  #tip: CommitId | undefined;
  /** Operations that move refs run one after the other. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: GitWarRoomOptions) {
    this.#options = options;
    this.address = options.address;
    this.branch = options.branch;
    this.refNamespace = options.refNamespace;
    this.isLocal = isLocalAddress(options.url);
  }

  async refresh(options: {
    readonly refPrefixes: readonly string[];
    readonly signal?: AbortSignal;
  }): Promise<Snapshot> {
    return await this.#repairing(async (git) => {
      await this.#fetch(git, options.refPrefixes, options.signal);
      const view = await readLocalRefs(git.gitDir, `${this.#view}/refs/`);
      const refs = new Map<string, CommitId>();
      for (const [ref, oid] of view) {
        const remote = ref.slice(this.#view.length + 1);
        if (options.refPrefixes.some((prefix) => remote.startsWith(prefix))) refs.set(remote, oid);
      }
      if (this.#tip === undefined) throw new Error('a fetch left no tip');
      return createSnapshot(
        {
          reading: async (needed, read, signal) =>
            await this.#repairing(async (git, reader, isRepaired) => {
              if (isRepaired) await this.#fetchCommits(git, needed, signal);
              return await read(git, reader);
            }, signal),
        },
        this.#tip,
        refs,
      );
    }, options.signal);
  }

  async land(change: Change, options: LandOptions = {}): Promise<LandOutcome> {
    const attempts = options.attempts ?? 5;
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (attempt > 0) {
        await this.#options.clock.sleep(backoffDelayMs(LAND_BACKOFF, attempt - 1, Math.random), options.signal);
      }
      const isRetry = attempt > 0;
      const outcome = await this.#repairing(async (git) => {
        if (isRetry) await this.#fetch(git, [], options.signal);
        return await this.#tryLand(git, change, options.signal);
      }, options.signal).catch((error: unknown) => {
        this.#options.onPush?.({ isRetry, outcome: 'failed' });
        throw error;
      });
      this.#options.onPush?.({ isRetry, outcome: outcome === 'moved' ? outcome : outcome.kind });
      if (outcome !== 'moved') return outcome;
      if (change.onto !== undefined) return { kind: 'moved' };
    }
    throw new WarroomError(
      'conflict',
      `the branch ${this.branch} of ${this.address} moved ${attempts} times during a push`,
      {
        why: 'other writers were faster each time',
        hint: 'try again',
      },
    );
  }

  async submit(submission: Submission, options: { readonly signal?: AbortSignal } = {}): Promise<SubmitOutcome> {
    return await this.#repairing(async (git, reader) => {
      const paths = submission.files.map(({ path }) => path);
      const change: Change = {
        files: [],
        authored: submission.files,
        message: submission.message,
        absent: paths,
        // A person's push is checked by the processors that read it, and costs one process less.
        ...(this.#options.isScoped ? { within: paths } : {}),
      };
      let why: 'contended' | 'protected' = 'contended';
      for (let attempt = 0; attempt < 2 && why === 'contended'; attempt++) {
        if (attempt > 0) await this.#fetch(git, [], options.signal);
        try {
          const outcome = await this.#tryLand(git, change, options.signal);
          if (outcome === 'moved') continue;
          if (outcome.kind === 'landed') return outcome;
          const landed = await this.#landedEarlier(git, reader, submission);
          if (landed !== undefined) return { kind: 'landed', commit: landed };
          throw new WarroomError(
            'conflict',
            `${outcome.kind === 'exists' ? outcome.path : 'the request'} exists already`,
            {
              why: 'requests are never changed after they were written',
              hint: 'send it under another name',
            },
          );
        } catch (error) {
          if (!isWarroomError(error, 'protected')) throw error;
          why = 'protected';
        }
      }
      return await this.#submitToInbox(git, submission, why, options.signal);
    }, options.signal);
  }

  async setRef(change: SetRef, options: { readonly signal?: AbortSignal } = {}): Promise<SetRefOutcome> {
    return await this.#repairing(async (git) => {
      const { commit } = await this.#build(git, undefined, [change.file], `warroom: ${change.ref}`, options.signal);
      const pushed = await pushRef(
        git,
        { from: commit, to: change.ref, lease: change.expected ?? 'absent' },
        options.signal,
      );
      // The same object twice means that another process made the same commit; a nonce in the file forbids that.
      return pushed === 'updated' ? { kind: 'set', commit } : { kind: 'lost' };
    }, options.signal);
  }

  async deleteRefs(refs: readonly RefValue[], options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    await this.#repairing(async (git) => {
      for (const { ref, expected } of refs) {
        await pushRef(git, { from: undefined, to: ref, lease: expected }, options.signal);
      }
    }, options.signal);
  }

  async contains(tip: CommitId, ancestor: CommitId, options: { readonly signal?: AbortSignal } = {}): Promise<boolean> {
    if (tip === ancestor) return true;
    return await this.#repairing(
      async (git, reader) =>
        await containsCommit(git, reader, { tip, ancestor, branchSpec: this.#branchSpec(), signal: options.signal }),
      options.signal,
    );
  }

  async close(): Promise<void> {
    await this.#queue;
    await this.#reader?.close();
    const git = await this.#git?.catch(() => undefined);
    if (git === undefined) return;
    await forgetLocalRefs(git.gitDir, this.#view);
    if (this.#options.isShared) await this.#packWhenMany(git);
  }

  /** Lets git tidy up the mirror when it thinks that it should; for idle moments. */
  async maintain(signal?: AbortSignal): Promise<void> {
    await this.#repairing(async (git) => {
      await git.run(['gc', '--auto', '--quiet'], { signal });
    }, signal);
  }

  async #packWhenMany(git: Git): Promise<void> {
    const packs = await readLocalPackCount(git.gitDir);
    if (packs > MANY_PACKS) await git.run(['gc', '--auto', '--quiet']).catch(() => undefined);
  }

  #branchSpec(): string[] {
    return [`+refs/heads/${this.branch}:${this.#view}/tip`];
  }

  async #fetch(git: Git, refPrefixes: readonly string[], signal: AbortSignal | undefined): Promise<void> {
    const specs = refPrefixes.map((prefix) => `+${prefix}*:${this.#view}/${prefix}*`);
    const result = await git.run([...FETCH, '--prune', 'origin', ...this.#branchSpec(), ...specs], { signal });
    if (result.exit !== 0) {
      const failure = await explainFailure('fetch', {
        gitDir: git.gitDir,
        address: git.address,
        stderr: result.stderr,
      });
      if (failure.code === 'branch-missing') throw await missingBranch(git, this.branch, signal);
      throw failure;
    }
    const tip = await readLocalRef(git.gitDir, `${this.#view}/tip`);
    if (tip === undefined) throw damagedMirror('fatal: a fetch left no tip', this.address);
    if (tip !== this.#tip) await this.#rememberTip(git, tip);
  }

  /** Brings single commits into a mirror that was made anew, so that older snapshots can be read on. */
  async #fetchCommits(git: Git, commits: readonly CommitId[], signal: AbortSignal | undefined): Promise<void> {
    if (commits.length === 0) return;
    await git.must('fetch', [...FETCH, '--depth=1', 'origin', ...commits], { signal });
  }

  /** Makes the tip known to later processes that use the same mirror; losing a race here only costs them a fetch. */
  async #rememberTip(git: Git, tip: CommitId): Promise<void> {
    this.#tip = tip;
    const path = join(git.gitDir, TIP_REF);
    // Not below refs/: other git processes would read a half-written file there as a ref.
    const temporary = join(git.gitDir, `tip-${randomHex(4, systemRandom)}.new`);
    try {
      // Not recursive: when another process has just dropped the mirror, half a folder would be in the way of the new one.
      await mkdir(dirname(path)).catch(() => undefined);
      await writeFile(temporary, `${tip}\n`);
      await rename(temporary, path);
    } catch {
      await rm(temporary, { force: true });
    }
  }

  async #tryLand(git: Git, change: Change, signal: AbortSignal | undefined): Promise<LandOutcome | 'moved'> {
    const parent = this.#tip ?? (await readLocalRef(git.gitDir, TIP_REF));
    if (parent === undefined) {
      await this.#fetch(git, [], signal);
      return 'moved';
    }
    if (change.onto !== undefined && change.onto !== parent) return 'moved';
    const files = [...change.files, ...(change.authored ?? [])];
    const built = await this.#build(git, parent, files, change.message, signal, change.absent);
    const [existing] = built.existing;
    if (existing !== undefined) {
      // The cached tip may be old, but what it holds is never removed by anything that we do.
      return { kind: 'exists', path: existing };
    }
    const branch = `refs/heads/${this.branch}`;
    if (change.within !== undefined) {
      await checkCommit(git, { parent, built: built.commit, within: change.within }, signal);
    } else if (this.#options.isScoped) {
      throw new Error('a processor has to say what a change may touch');
    }
    const deletions = change.deleteRefs ?? [];
    const outcome = await push(
      git,
      [
        // With the lease a branch that was deleted in the meantime is not brought back; and git finds out that it lost
        // without fetching the trees of the tip that it does not know (142 KB at 10,000 records).
        { from: built.commit, to: branch, lease: parent },
        ...deletions.map(({ ref, expected }): PushRef => ({ from: undefined, to: ref, lease: expected })),
      ],
      { signal },
    );
    if (outcome.kind === 'unknown') {
      if (signal?.aborted === true) throw outcome.error;
      await this.#fetch(git, [], signal);
      const hasLanded = this.#tip !== undefined && (await isAncestor(git, built.commit, this.#tip));
      return hasLanded ? { kind: 'landed', commit: built.commit } : 'moved';
    }
    const onBranch = outcome.refs.get(branch);
    if (onBranch?.kind === 'updated' || onBranch?.kind === 'unchanged') {
      this.#tip = built.commit;
      return { kind: 'landed', commit: built.commit };
    }
    for (const { ref } of deletions) {
      const answer = outcome.refs.get(ref);
      if (answer?.kind === 'raced' && /stale info/u.test(answer.reason)) return { kind: 'fenced', ref };
    }
    if (onBranch?.kind === 'refused') throw refusedPush(branch, onBranch.reason, this.address);
    return 'moved';
  }

  /** A push whose answer was lost may have landed late: then the tip holds exactly our bytes. */
  async #landedEarlier(git: Git, reader: ObjectReader, submission: Submission): Promise<CommitId | undefined> {
    const tip = this.#tip ?? (await readLocalRef(git.gitDir, TIP_REF));
    if (tip === undefined) return undefined;
    const stored = await reader.read(
      submission.files.map(({ path }) => `${tip}:${path}`),
      1024 * 1024,
    );
    const isOurs = submission.files.every(({ content }, index) => {
      const object = stored[index];
      return object?.kind === 'object' && Buffer.from(object.bytes).equals(Buffer.from(content));
    });
    return isOurs ? tip : undefined;
  }

  async #submitToInbox(
    git: Git,
    submission: Submission,
    why: 'contended' | 'protected',
    signal: AbortSignal | undefined,
  ): Promise<SubmitOutcome> {
    const { commit } = await this.#build(git, undefined, submission.files, submission.message, signal);
    const pushed = await pushRef(git, { from: commit, to: submission.inboxRef, lease: 'absent' }, signal);
    if (pushed !== 'lost') return { kind: 'inbox', ref: submission.inboxRef, commit, why };
    throw new WarroomError('conflict', `${submission.inboxRef} exists already`, {
      why: 'requests are never changed after they were written',
      hint: 'send it under another name',
    });
  }

  async #build(
    git: Git,
    parent: CommitId | undefined,
    files: readonly { readonly path: string; readonly content: string | undefined }[],
    message: string,
    signal: AbortSignal | undefined,
    lookUp: readonly string[] = [],
  ): Promise<{ commit: CommitId; existing: readonly string[] }> {
    const { committer, clock } = this.#options;
    return await buildCommit(git, { parent, files, message, committer, at: clock.now(), lookUp }, signal);
  }

  /**
   * Runs one operation on the mirror. When git says that the mirror is damaged, it is dropped, made anew and the
   * operation tried once more: the mirror is a cache, nothing is lost. On a full disk it stays, as it could not be made
   * anew.
   */
  async #repairing<Value>(
    operation: (git: Git, reader: ObjectReader, isRepaired: boolean) => Promise<Value>,
    signal: AbortSignal | undefined,
  ): Promise<Value> {
    const result = this.#queue.then(async () => {
      try {
        return await operation(...(await this.#open(signal)), false);
      } catch (error) {
        if (isWarroomError(error, 'disk-full')) await sweepUnfinished(this.#options.folder, this.#options);
        if (!isWarroomError(error, 'corrupt')) throw error;
        await this.#reader?.close().catch(() => undefined);
        this.#reader = undefined;
        this.#git = undefined;
        this.#tip = undefined;
        if (this.#inode !== undefined) await dropMirror(this.#options.folder, this.#inode);
        this.#inode = undefined;
        return await operation(...(await this.#open(signal)), true);
      }
    });
    this.#queue = result.catch(() => undefined);
    return await result;
  }

  async #open(signal: AbortSignal | undefined): Promise<[Git, ObjectReader]> {
    this.#git ??= openMirror(this.#options, signal).catch((error: unknown) => {
      this.#git = undefined;
      throw error;
    });
    const git = await this.#git;
    this.#inode ??= await inodeOf(this.#options.folder);
    this.#reader ??= createObjectReader(git);
    return [git, this.#reader];
  }
}

/** git tidies up by itself above 50 packs (gc.autoPackLimit). */
const MANY_PACKS = 50;
