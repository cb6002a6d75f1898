import { join } from 'node:path';
import { git, pushFiles } from '../support/git-rig.ts';
import type { Room } from './fixture.ts';

/** What a careful script would do with nothing but git: the baseline of every ratio. */

export interface RawClone {
  readonly path: string;
}

/** A bare clone with the whole history, as a long-lived script keeps one. Copied on the server's disk, to be quick. */
export async function fullClone(room: Room, folder: string): Promise<RawClone> {
  const path = join(folder, `full-${room.name}`);
  await git(['clone', '--quiet', '--bare', '--no-tags', room.remote.path, path], { cwd: folder, timeoutMs: 120_000 });
  await git(['remote', 'set-url', 'origin', room.url], { cwd: path });
  return { path };
}

/** A bare clone without history and contents, over HTTP. */
export async function shallowClone(room: Room, path: string): Promise<RawClone> {
  const flags = ['--bare', '--depth=1', '--filter=blob:none', '--no-tags', '--single-branch'];
  await git(['clone', '--quiet', ...flags, room.url, path], { cwd: room.remote.path });
  return { path };
}

export async function fetchTip(clone: RawClone): Promise<void> {
  await git(['fetch', '--quiet', '--no-tags', 'origin', '+refs/heads/main:refs/heads/main'], { cwd: clone.path });
}

/** Commits a file onto the tip that the clone knows. */
export async function commitOnTip(clone: RawClone, path: string, content: string): Promise<void> {
  await commit(clone, { ref: 'refs/heads/out', from: 'refs/heads/main^0', path, content });
}

/** Commits a file without a parent. */
export async function commitOrphan(clone: RawClone, ref: string, path: string, content: string): Promise<void> {
  await commit(clone, { ref, path, content });
}

export async function push(clone: RawClone, from: string, to: string): Promise<void> {
  await git(['push', '--quiet', 'origin', `${from}:${to}`], { cwd: clone.path });
}

/** One commit of somebody else. */
export async function otherWriter(room: Room, path: string, content: string): Promise<void> {
  await pushFiles(room.remote, { [path]: content }, 'another writer');
}

/** Removes refs that an operation has made, so that the next one finds the war room as it was. */
export async function dropRefs(room: Room, prefix: string): Promise<void> {
  const refs = await git(['for-each-ref', '--format=delete %(refname)', prefix], { cwd: room.remote.path });
  if (refs !== '') await git(['update-ref', '--stdin'], { cwd: room.remote.path, stdin: `${refs}\n` });
}

async function commit(
  clone: RawClone,
  options: { readonly ref: string; readonly from?: string; readonly path: string; readonly content: string },
): Promise<void> {
  const { ref, from, path, content } = options;
  const stream = [
    `commit ${ref}`,
    `committer Test Engineer <engineer@example.com> ${Math.floor(Date.now() / 1000)} +0000`,
    'data 3\nraw',
    ...(from === undefined ? [] : [`from ${from}`]),
    `M 100644 inline ${path}`,
    `data ${Buffer.byteLength(content)}`,
    content,
    'done\n',
  ].join('\n');
  // Flushing would make the baseline slower than it has to be: the server has the durable copy.
  const args = ['-c', 'core.fsync=none', 'fast-import', '--quiet', '--force', '--done', '--date-format=raw'];
  await git(args, { cwd: clone.path, stdin: stream });
}
