import type { RedactedText } from '../domain/redacted-text.ts';

/**
 * The war room as queue and store, in terms of files on one branch and small refs beside it.
 * What the files and refs mean is decided by the callers; an adapter only promises atomicity and honest outcomes.
 * Every method throws `WarroomError` with a code of the repository (`offline`, `authentication`, `protected` …).
 */
export interface WarRoom {
  /** URL or path without credentials. */
  readonly address: string;
  readonly branch: string;
  /** Namespace of claims, inbox and presence, for example `refs/warroom`. */
  readonly refNamespace: string;
  /** Whether a push or fetch leaves this machine; local and loopback remotes have no push budget. */
  readonly isLocal: boolean;

  /** Fetches the branch and the refs below `refPrefixes` in one go. */
  refresh(options: { readonly refPrefixes: readonly string[]; readonly signal?: AbortSignal }): Promise<Snapshot>;

  /**
   * Commits `change` onto the newest tip and pushes it, together with its ref changes, all or nothing.
   * A moved branch is fetched and the commit rebuilt, with full-jitter pauses, until `attempts` are used up.
   */
  land(change: Change, options?: LandOptions): Promise<LandOutcome>;

  /**
   * Lands new files optimistically on the cached tip: push, on rejection one rebuild, then the inbox ref, which is
   * never contended. At most three pushes.
   */
  submit(submission: Submission, options?: { readonly signal?: AbortSignal }): Promise<SubmitOutcome>;

  /**
   * Points `ref` to a new orphan commit that holds one file, if the remote ref still is `expected`
   * (`undefined`: does not exist). An unknown outcome of the push is read back before it is reported.
   */
  setRef(change: SetRef, options?: { readonly signal?: AbortSignal }): Promise<SetRefOutcome>;

  /** Deletes refs that still have the expected value; those that moved are left alone. */
  deleteRefs(refs: readonly RefValue[], options?: { readonly signal?: AbortSignal }): Promise<void>;

  /**
   * Whether `tip` contains `ancestor`. Fetches missing commits (commits only) before it answers, so that a mirror
   * that was made anew never looks like rewritten history.
   */
  contains(tip: CommitId, ancestor: CommitId, options?: { readonly signal?: AbortSignal }): Promise<boolean>;

  /** Lets the adapter tidy up its cache; for idle moments. */
  maintain(signal?: AbortSignal): Promise<void>;

  /** Stops children and removes what only this process used. */
  close(): Promise<void>;
}

/** Hex object id of a commit. */
export type CommitId = string;

/** A look at the war room at one moment. Reading needs no further fetch, except for blobs that are not here yet. */
export interface Snapshot {
  readonly tip: CommitId;
  /** Value of every ref below the requested prefixes, by its full remote name. */
  readonly refs: ReadonlyMap<string, CommitId>;
  /** Files below `folders`, recursively; nothing for a folder that does not exist. */
  list(folders: readonly string[], options?: ReadOptions): Promise<readonly TreeFile[]>;
  /** Contents by object id. Missing ones are prefetched together; what exceeds `maxBytes` is not read. */
  read(
    files: readonly Pick<TreeFile, 'oid'>[],
    options: ReadOptions & { readonly maxBytes: number },
  ): Promise<ReadonlyMap<string, FileContent>>;
  /** Contents of files by path; absent ones are not in the map. */
  readPaths(
    paths: readonly string[],
    options: ReadOptions & { readonly maxBytes: number },
  ): Promise<ReadonlyMap<string, FileContent>>;
  /** The single file in the commit of each ref; refs whose commit has another shape are not in the map. */
  readRefs(
    refs: Iterable<string>,
    options: ReadOptions & { readonly maxBytes: number },
  ): Promise<ReadonlyMap<string, RefFile>>;
}

interface ReadOptions {
  readonly signal?: AbortSignal;
}

export interface TreeFile {
  readonly path: string;
  /** Git mode: `100644` is a plain file; everything else (`100755`, `120000` symlink, `160000` submodule) is suspect. */
  readonly mode: string;
  readonly oid: string;
}

export type FileContent =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'too-large'; readonly size: number | undefined };

export interface RefFile {
  readonly commit: CommitId;
  /** By the clock of whoever made the commit; absent when it says nothing that is a time. */
  readonly committedAt?: Date;
  /** All files in the commit of the ref, by path, at most eight. */
  readonly files: ReadonlyMap<string, FileContent>;
}

/** One file to write, or to delete when `content` is undefined. */
export interface FileChange {
  readonly path: string;
  readonly content: RedactedText | undefined;
}

export interface AuthoredFile {
  readonly path: string;
  readonly content: string;
}

export interface RefValue {
  readonly ref: string;
  readonly expected: CommitId;
}

export interface Change {
  readonly files: readonly FileChange[];
  /** Requests and signatures to put on the branch byte for byte as their author wrote them. */
  readonly authored?: readonly AuthoredFile[];
  /** Commit message, built from constants and ids only. */
  readonly message: string;
  /**
   * All that this change may touch: paths, and folders that end in a slash. What is pushed is compared with it; a
   * processor always says it.
   */
  readonly within?: readonly string[];
  /** Paths that must not exist in the tip that the commit is built on. */
  readonly absent?: readonly string[];
  /** The tip that this change was made for: on any other it is not pushed, and its maker looks again. */
  readonly onto?: CommitId;
  /** Refs to delete in the same atomic push, each with the value that it must have. */
  readonly deleteRefs?: readonly RefValue[];
}

export interface LandOptions {
  /** Pushes to try before giving up with `conflict`; 5 by default. */
  readonly attempts?: number;
  readonly signal?: AbortSignal;
}

export type LandOutcome =
  | { readonly kind: 'landed'; readonly commit: CommitId }
  /** The branch is not at `onto` any more; nothing was changed. */
  | { readonly kind: 'moved' }
  /** A path that must be absent exists. */
  | { readonly kind: 'exists'; readonly path: string }
  /** One of the refs no longer has the expected value; nothing was changed. */
  | { readonly kind: 'fenced'; readonly ref: string };

export interface Submission {
  /** New files, byte for byte as their author wrote and signed them; none of their paths may exist. */
  readonly files: readonly AuthoredFile[];
  readonly message: string;
  /** Ref for the case that the branch is contended or protected. */
  readonly inboxRef: string;
}

export type SubmitOutcome =
  | { readonly kind: 'landed'; readonly commit: CommitId }
  | {
      readonly kind: 'inbox';
      readonly ref: string;
      readonly commit: CommitId;
      readonly why: 'contended' | 'protected';
    };

export interface SetRef {
  readonly ref: string;
  readonly expected: CommitId | undefined;
  readonly file: { readonly path: string; readonly content: RedactedText };
}

export type SetRefOutcome = { readonly kind: 'set'; readonly commit: CommitId } | { readonly kind: 'lost' };
