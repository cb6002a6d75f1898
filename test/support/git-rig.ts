import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runChild } from '../../src/lib/child-process.ts';
import { closedEnvironment } from './closed-environment.ts';

export interface GitOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
  readonly timeoutMs?: number;
}

export interface GitResult {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs git in a closed environment with an identity of its own; resolves with whatever exit code it has. */
export async function runGit(args: readonly string[], options: GitOptions): Promise<GitResult> {
  const result = await runChild({
    argv: ['git', ...args],
    cwd: options.cwd,
    env: closedEnvironment({
      GIT_AUTHOR_NAME: 'Test Engineer',
      GIT_AUTHOR_EMAIL: 'engineer@example.com',
      GIT_COMMITTER_NAME: 'Test Engineer',
      GIT_COMMITTER_EMAIL: 'engineer@example.com',
      ...options.env,
    }),
    ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
    timeoutMs: options.timeoutMs ?? 30_000,
    maxBytes: 64 * 1024 * 1024,
  });
  const stderr = result.stderr.toString();
  if (result.end.kind !== 'exited') throw new Error(`git ${args.join(' ')}: ${JSON.stringify(result.end)} ${stderr}`);
  return { exit: result.end.exit, stdout: result.stdout.toString(), stderr };
}

/** Like `runGit`, for commands that must work: returns stdout without the last line break. */
export async function git(args: readonly string[], options: GitOptions): Promise<string> {
  const result = await runGit(args, options);
  if (result.exit !== 0) throw new Error(`git ${args.join(' ')} ended with ${result.exit}: ${result.stderr}`);
  return result.stdout.replace(/\n$/u, '');
}

export interface BareRemote {
  readonly path: string;
  /** `file://` URL; git treats it like a remote machine, other than a plain path. */
  readonly url: string;
  close(): Promise<void>;
}

/** A file to write; a mode other than `100644` makes it executable, a symlink or whatever a test wants to smuggle in. */
export type RigFile = string | Uint8Array | { readonly mode: string; readonly content: string };

/** An empty bare repository with `main` as HEAD, at `<folder>/<name>`. It collects no garbage behind the test's back. */
export async function createBareRemote(options: {
  readonly folder: string;
  readonly name?: string;
  readonly allowFilter?: boolean;
}): Promise<BareRemote> {
  const path = join(options.folder, options.name ?? 'warroom.git');
  await mkdir(path, { recursive: true });
  await git(['init', '--quiet', '--bare', '--initial-branch=main', '--template=', '.'], { cwd: path });
  const allowFilter = options.allowFilter ?? true;
  const settings = [
    ['uploadpack.allowFilter', String(allowFilter)],
    ['uploadpack.allowAnySHA1InWant', String(allowFilter)],
    ['receive.autogc', 'false'],
    ['gc.auto', '0'],
  ] as const;
  for (const [key, value] of settings) await git(['config', key, value], { cwd: path });
  return {
    path,
    url: pathToFileURL(path).href,
    close: () => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }),
  };
}

/**
 * Commits files onto a branch as another writer would, and returns the commit. `undefined` deletes a path. It writes
 * into the bare repository itself, so hooks do not run and a protected branch can be filled. When somebody else commits
 * at the same moment, it begins again from their commit.
 */
export async function pushFiles(
  remote: Pick<BareRemote, 'path'>,
  files: Readonly<Record<string, RigFile | undefined>>,
  message: string,
  options: { readonly ref?: string } = {},
): Promise<string> {
  const ref = options.ref ?? 'refs/heads/main';
  for (;;) {
    const before = await readTip(remote, ref);
    const imported = await runGit(['fast-import', '--quiet', '--done', '--date-format=raw'], {
      cwd: remote.path,
      stdin: importStream(ref, before, files, message),
    });
    const commit = await readTip(remote, ref);
    if (imported.exit === 0 && commit !== undefined) return commit;
    if (commit === before) throw new Error(`git fast-import ended with ${imported.exit}: ${imported.stderr}`);
  }
}

function importStream(
  ref: string,
  tip: string | undefined,
  files: Readonly<Record<string, RigFile | undefined>>,
  message: string,
): Buffer {
  const parts: (string | Uint8Array)[] = [
    `commit ${ref}\n`,
    `committer Test Engineer <engineer@example.com> ${String(Math.floor(Date.now() / 1000))} +0000\n`,
    ...dataOf(message),
    tip === undefined ? '' : `from ${tip}\n`,
  ];
  for (const [path, file] of Object.entries(files)) {
    const quoted = JSON.stringify(path);
    if (file === undefined) {
      parts.push(`D ${quoted}\n`);
      continue;
    }
    const hasMode = typeof file === 'object' && 'mode' in file;
    parts.push(`M ${hasMode ? file.mode : '100644'} inline ${quoted}\n`, ...dataOf(hasMode ? file.content : file));
  }
  parts.push('done\n');
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

function dataOf(content: string | Uint8Array): (string | Uint8Array)[] {
  return [`data ${String(Buffer.byteLength(content))}\n`, content, '\n'];
}

/** Commit of a ref, or undefined when it does not exist. */
export async function readTip(remote: Pick<BareRemote, 'path'>, ref = 'refs/heads/main'): Promise<string | undefined> {
  const result = await runGit(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`], { cwd: remote.path });
  return result.exit === 0 ? result.stdout.trim() : undefined;
}

/** Text of a file in a ref, or undefined when there is none. */
export async function readFileAt(
  remote: Pick<BareRemote, 'path'>,
  path: string,
  ref = 'refs/heads/main',
): Promise<string | undefined> {
  const result = await runGit(['cat-file', 'blob', `${ref}:${path}`], { cwd: remote.path });
  return result.exit === 0 ? result.stdout : undefined;
}

/** All refs below `prefix` with their values. */
export async function listRefs(
  remote: Pick<BareRemote, 'path'>,
  prefix = 'refs/',
): Promise<ReadonlyMap<string, string>> {
  const text = await git(['for-each-ref', '--format=%(refname) %(objectname)', prefix], { cwd: remote.path });
  const refs = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [ref, value] = line.split(' ');
    if (ref !== undefined && value !== undefined) refs.set(ref, value);
  }
  return refs;
}

/** Installs a server-side hook, for example `update` or `pre-receive`. */
export async function installHook(remote: Pick<BareRemote, 'path'>, name: string, script: string): Promise<void> {
  const path = join(remote.path, 'hooks', name);
  await mkdir(join(remote.path, 'hooks'), { recursive: true });
  await writeFile(path, script);
  await chmod(path, 0o755);
}

/** Refuses every push to `main`, in the words of a forge with a protected branch. */
export async function protectMain(remote: Pick<BareRemote, 'path'>): Promise<void> {
  await installHook(
    remote,
    'update',
    [
      '#!/bin/sh',
      'test "$1" = refs/heads/main || exit 0',
      'echo "error: GH006: Protected branch update failed for refs/heads/main." >&2',
      'echo "error: Changes must be made through a pull request." >&2',
      'exit 1',
      '',
    ].join('\n'),
  );
}
