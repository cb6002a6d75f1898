import type { CommitId, FileContent, RefFile, Snapshot, TreeFile } from '../port.ts';
import type { ObjectReader, ReadObject } from './object-reader.ts';
import type { Git } from './run-git.ts';
import { parseTreeListing, parseTreeObject } from './tree-listing.ts';

/** What a snapshot reads with. */
export interface SnapshotSource {
  /**
   * Runs a read on the mirror. When the mirror turns out to be damaged it is made anew, with the commits that the
   * snapshot needs, and the read is tried once more.
   */
  reading<Value>(
    needed: readonly CommitId[],
    read: (git: Git, reader: ObjectReader) => Promise<Value>,
    signal: AbortSignal | undefined,
  ): Promise<Value>;
}

/** Limits for what anybody may have pushed as a small ref. */
const MAX_REF_FILES = 8;
const MAX_REF_DEPTH = 6;
const MAX_TREE_BYTES = 64 * 1024;

export function createSnapshot(source: SnapshotSource, tip: CommitId, refs: ReadonlyMap<string, CommitId>): Snapshot {
  const readBlobs = async (
    git: Git,
    reader: ObjectReader,
    oids: readonly string[],
    options: { readonly maxBytes: number; readonly signal?: AbortSignal },
  ): Promise<Map<string, FileContent>> => {
    const unique = [...new Set(oids)];
    const contents = new Map<string, FileContent>();
    const take = (names: readonly string[], objects: readonly ReadObject[]): string[] =>
      names.filter((name, index) => {
        const object = objects[index];
        if (object === undefined || object.kind === 'missing') return true;
        contents.set(name, object.kind === 'too-large' ? object : { kind: 'bytes', bytes: object.bytes });
        return false;
      });
    const missing = take(unique, await reader.read(unique, options.maxBytes));
    if (missing.length > 0) {
      await prefetch(git, missing, options.signal);
      take(missing, await reader.read(missing, options.maxBytes));
    }
    return contents;
  };

  const list = async (
    git: Git,
    folders: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<readonly TreeFile[]> => {
    if (folders.length === 0) return [];
    const paths = folders.map((folder) => folder.replace(/\/+$/u, ''));
    const listing = await git.must(
      'list',
      ['--literal-pathspecs', 'ls-tree', '-r', '-z', '--full-tree', tip, '--', ...paths],
      { signal, isLocal: true },
    );
    return parseTreeListing(listing);
  };

  return {
    tip,
    refs,
    list: async (folders, options = {}) =>
      await source.reading([tip], async (git) => await list(git, folders, options.signal), options.signal),
    read: async (files, options) =>
      await source.reading(
        [tip],
        async (git, reader) =>
          await readBlobs(
            git,
            reader,
            files.map((file) => file.oid),
            options,
          ),
        options.signal,
      ),
    readPaths: async (paths, options) =>
      await source.reading(
        [tip],
        async (git, reader) => {
          const wanted = new Set(paths);
          const files = (await list(git, paths, options.signal)).filter(
            (file) => wanted.has(file.path) && file.mode === '100644',
          );
          const contents = await readBlobs(
            git,
            reader,
            files.map((file) => file.oid),
            options,
          );
          return new Map(files.flatMap(({ path, oid }) => entry(path, contents.get(oid))));
        },
        options.signal,
      ),
    readRefs: async (names, options) => {
      const commits = [...names].flatMap((name) => entry(name, refs.get(name)));
      return await source.reading(
        commits.map(([, commit]) => commit),
        async (git, reader) => {
          const headers = await commitHeaders(reader, commits);
          const trees = new Map([...headers].map(([name, { tree }]) => [name, tree]));
          const files = await treeFiles(reader, trees);
          const contents = await readBlobs(
            git,
            reader,
            [...files.values()].flat().map((file) => file.oid),
            options,
          );
          const result = new Map<string, RefFile>();
          for (const [name, commit] of commits) {
            const own = files.get(name);
            if (own === undefined) continue;
            const committedAt = headers.get(name)?.committedAt;
            result.set(name, {
              commit,
              ...(committedAt === undefined ? {} : { committedAt }),
              files: new Map(own.flatMap(({ path, oid }) => entry(path, contents.get(oid)))),
            });
          }
          return result;
        },
        options.signal,
      );
    },
  };
}

function entry<Value>(key: string, value: Value | undefined): [string, Value][] {
  return value === undefined ? [] : [[key, value]];
}

/** Brings blobs that a partial clone left out, all in one fetch, the way git itself fetches lazily. */
async function prefetch(git: Git, oids: readonly string[], signal: AbortSignal | undefined): Promise<void> {
  await git.must(
    'fetch files from',
    [
      '-c',
      'fetch.negotiationAlgorithm=noop',
      'fetch',
      '--quiet',
      '--no-tags',
      '--no-write-fetch-head',
      '--no-auto-maintenance',
      '--refmap=',
      '--filter=blob:none',
      'origin',
      '--stdin',
    ],
    { stdin: `${oids.join('\n')}\n`, signal },
  );
}

interface CommitHeader {
  readonly tree: string;
  readonly committedAt: Date | undefined;
}

async function commitHeaders(
  reader: ObjectReader,
  commits: readonly (readonly [string, string])[],
): Promise<ReadonlyMap<string, CommitHeader>> {
  const objects = await reader.read(
    commits.map(([, oid]) => oid),
    MAX_TREE_BYTES,
  );
  const headers = new Map<string, CommitHeader>();
  commits.forEach(([name], index) => {
    const object = objects[index];
    if (object?.kind !== 'object' || object.type !== 'commit') return;
    const [header = ''] = Buffer.from(object.bytes).toString('latin1').split('\n\n', 1);
    const tree = /^tree ([0-9a-f]{40,64})\n/u.exec(header)?.[1];
    // Twelve digits are the year 33658: a Date holds what anybody may have written there.
    const seconds = /^committer .* (\d{1,12}) [+-]\d{4}$/mu.exec(header)?.[1];
    const committedAt = seconds === undefined ? undefined : new Date(Number(seconds) * 1000);
    if (tree !== undefined) headers.set(name, { tree, committedAt });
  });
  return headers;
}

/** Plain files of small trees, all trees of one depth in one read. A tree over the limits is left out. */
async function treeFiles(reader: ObjectReader, roots: ReadonlyMap<string, string>): Promise<Map<string, TreeFile[]>> {
  const files = new Map<string, TreeFile[]>([...roots.keys()].map((name) => [name, []]));
  let level = [...roots].map(([name, oid]) => ({ name, oid, prefix: '' }));
  for (let depth = 0; depth < MAX_REF_DEPTH && level.length > 0; depth++) {
    const objects = await reader.read(
      level.map(({ oid }) => oid),
      MAX_TREE_BYTES,
    );
    const next: typeof level = [];
    level.forEach(({ name, prefix }, index) => {
      const object = objects[index];
      const own = files.get(name);
      if (own === undefined) return;
      const entries = object?.kind === 'object' && object.type === 'tree' ? parseTreeObject(object.bytes) : undefined;
      if (entries === undefined || entries.length + own.length > MAX_REF_FILES) {
        files.delete(name);
        return;
      }
      for (const { mode, path, oid } of entries) {
        if (mode === '40000') next.push({ name, oid, prefix: `${prefix}${path}/` });
        else if (mode === '100644') own.push({ mode, oid, path: `${prefix}${path}` });
      }
    });
    level = next;
  }
  return files;
}
