import { createHash } from 'node:crypto';
import { WarroomError, type WarroomErrorCode } from '../../src/domain/errors.ts';
import type {
  Change,
  FileContent,
  LandOutcome,
  RefFile,
  SetRef,
  SetRefOutcome,
  Snapshot,
  Submission,
  SubmitOutcome,
  TreeFile,
  WarRoom,
} from '../../src/repository/port.ts';

/** A war room in memory, for tests of what stands on the port. Git has its own tests. */
export class MemoryWarRoom implements WarRoom {
  readonly address: string;
  readonly branch = 'main';
  readonly refNamespace = 'refs/warroom';
  readonly isLocal: boolean;
  /** Files on the branch, by path. */
  readonly files = new Map<string, { mode: string; bytes: Buffer }>();
  /** The files in the commit of each ref. */
  readonly refs = new Map<string, Map<string, Buffer>>();
  /** When the commit of a ref was made, where that matters. */
  readonly refTimes = new Map<string, Date>();
  /** Calls that would go over the network. */
  fetches = 0;
  isClosed = false;
  /** Where `submit` puts things. */
  submitsTo: 'branch' | 'inbox' = 'branch';
  /** Failures of the next fetches, first to last. */
  readonly failures: WarroomErrorCode[] = [];
  /** Called before each fetch, to let the world move on. */
  onRefresh: (() => void) | undefined;

  constructor(options: { address?: string; isLocal?: boolean } = {}) {
    this.address = options.address ?? 'https://github.com/acme/warroom.git';
    this.isLocal = options.isLocal ?? false;
  }

  put(path: string, content: string | Uint8Array, mode = '100644'): void {
    this.files.set(path, { mode, bytes: Buffer.from(content) });
  }

  putRef(ref: string, path: string, content: string): void {
    this.refs.set(ref, new Map([[path, Buffer.from(content)]]));
  }

  text(path: string): string | undefined {
    return this.files.get(path)?.bytes.toString('utf8');
  }

  refresh(options: { readonly refPrefixes: readonly string[]; readonly signal?: AbortSignal }): Promise<Snapshot> {
    options.signal?.throwIfAborted();
    this.fetches++;
    const failure = this.failures.shift();
    if (failure !== undefined) return Promise.reject(new WarroomError(failure, `the war room says ${failure}`));
    this.onRefresh?.();
    return Promise.resolve(this.#snapshot(options.refPrefixes));
  }

  land(change: Change): Promise<LandOutcome> {
    if (change.onto !== undefined && change.onto !== this.#tip()) return Promise.resolve({ kind: 'moved' });
    const existing = change.absent?.find((path) => this.files.has(path));
    if (existing !== undefined) return Promise.resolve({ kind: 'exists', path: existing });
    for (const { path, content } of change.authored ?? []) this.put(path, content);
    for (const { path, content } of change.files) {
      if (content === undefined) this.files.delete(path);
      else this.put(path, content);
    }
    return Promise.resolve({ kind: 'landed', commit: commitOf(change.message) });
  }

  submit(submission: Submission): Promise<SubmitOutcome> {
    const commit = commitOf(submission.message);
    if (this.submitsTo === 'branch') {
      for (const { path, content } of submission.files) this.put(path, content);
      return Promise.resolve({ kind: 'landed', commit });
    }
    const files = submission.files.map(({ path, content }) => [path, Buffer.from(content)] as const);
    this.refs.set(submission.inboxRef, new Map(files));
    return Promise.resolve({ kind: 'inbox', ref: submission.inboxRef, commit, why: 'protected' });
  }

  setRef(change: SetRef): Promise<SetRefOutcome> {
    const current = this.refs.has(change.ref) ? commitOf(change.ref) : undefined;
    if (current !== change.expected) return Promise.resolve({ kind: 'lost' });
    this.putRef(change.ref, change.file.path, change.file.content);
    return Promise.resolve({ kind: 'set', commit: commitOf(change.ref) });
  }

  deleteRefs(refs: readonly { readonly ref: string }[]): Promise<void> {
    for (const { ref } of refs) this.refs.delete(ref);
    return Promise.resolve();
  }

  contains(): Promise<boolean> {
    return Promise.resolve(true);
  }

  maintain(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }

  #tip(): string {
    return commitOf([...this.files].map(([path, { bytes }]) => `${path} ${oidOf(bytes)}`).join());
  }

  #snapshot(refPrefixes: readonly string[]): Snapshot {
    const files = new Map(this.files);
    const refs = new Map([...this.refs].filter(([ref]) => refPrefixes.some((prefix) => ref.startsWith(prefix))));
    const byOid = new Map([...files.values()].map(({ bytes }) => [oidOf(bytes), bytes]));
    return {
      tip: this.#tip(),
      refs: new Map([...refs.keys()].map((ref) => [ref, commitOf(ref)])),
      list: (folders) => {
        const found: TreeFile[] = [];
        for (const [path, { mode, bytes }] of files) {
          if (folders.some((folder) => path.startsWith(`${folder}/`))) found.push({ path, mode, oid: oidOf(bytes) });
        }
        return Promise.resolve(found);
      },
      read: (wanted, { maxBytes }) => {
        if (wanted.length > 0) this.fetches++;
        const contents = new Map<string, FileContent>();
        for (const { oid } of wanted) {
          const bytes = byOid.get(oid);
          if (bytes !== undefined) contents.set(oid, contentOf(bytes, maxBytes));
        }
        return Promise.resolve(contents);
      },
      readPaths: (paths, { maxBytes }) => {
        const contents = new Map<string, FileContent>();
        for (const path of paths) {
          const file = files.get(path);
          if (file !== undefined) contents.set(path, contentOf(file.bytes, maxBytes));
        }
        return Promise.resolve(contents);
      },
      readRefs: (wanted, { maxBytes }) => {
        const contents = new Map<string, RefFile>();
        for (const ref of wanted) {
          const held = refs.get(ref);
          if (held === undefined) continue;
          const inside = new Map([...held].map(([path, bytes]) => [path, contentOf(bytes, maxBytes)]));
          const committedAt = this.refTimes.get(ref);
          const when = committedAt === undefined ? {} : { committedAt };
          contents.set(ref, { commit: commitOf(ref), ...when, files: inside });
        }
        return Promise.resolve(contents);
      },
    };
  }
}

function contentOf(bytes: Buffer, maxBytes: number): FileContent {
  return bytes.length > maxBytes ? { kind: 'too-large', size: bytes.length } : { kind: 'bytes', bytes };
}

function oidOf(bytes: Buffer): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

function commitOf(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
