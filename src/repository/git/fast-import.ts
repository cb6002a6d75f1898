import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { randomHex, systemRandom } from '../../lib/random-text.ts';
import type { Git } from './run-git.ts';

export interface Committer {
  readonly name: string;
  readonly email: string;
}

export interface CommitPlan {
  /** Commit to build on; undefined makes an orphan. */
  readonly parent: string | undefined;
  readonly files: readonly { readonly path: string; readonly content: string | undefined }[];
  readonly message: string;
  readonly committer: Committer;
  readonly at: Date;
  /** Paths to look up in the parent, in the same process. */
  readonly lookUp?: readonly string[];
}

export interface BuiltCommit {
  readonly commit: string;
  /** Those of `lookUp` that exist in the parent. */
  readonly existing: readonly string[];
}

/**
 * Builds one commit without an index, a work tree or any blob of the parent: 7–9 ms whatever the size of the
 * repository. The commit is not referenced afterwards; whoever built it pushes it at once.
 */
export async function buildCommit(git: Git, plan: CommitPlan, signal?: AbortSignal): Promise<BuiltCommit> {
  const ref = `refs/built/${randomHex(8, systemRandom)}`;
  const lookUp = plan.parent === undefined ? [] : (plan.lookUp ?? []);
  // The remote is the durable copy, so nothing is flushed here.
  const stdout = await git.must(
    'build a commit for',
    ['-c', 'core.fsync=none', 'fast-import', '--quiet', '--done', '--date-format=raw'],
    { stdin: importStream(ref, plan, lookUp), signal, timeoutMs: 30_000, isLocal: true },
  );
  await unlink(join(git.gitDir, ref)).catch(() => undefined);
  const lines = stdout.split('\n');
  const existing = lookUp.filter((_, index) => !(lines[index] ?? '').startsWith('missing '));
  const commit = lines[lookUp.length]?.trim() ?? '';
  if (!/^[0-9a-f]{40,64}$/u.test(commit)) throw new Error(`fast-import answered ${JSON.stringify(stdout)}`);
  return { commit, existing };
}

function importStream(ref: string, plan: CommitPlan, lookUp: readonly string[]): Buffer {
  const parts: Buffer[] = [];
  const line = (text: string): void => {
    parts.push(Buffer.from(`${text}\n`));
  };
  const data = (text: string): void => {
    const bytes = Buffer.from(text);
    line(`data ${bytes.length}`);
    parts.push(bytes, Buffer.from('\n'));
  };
  for (const path of lookUp) line(`ls ${plan.parent ?? ''} ${quoted(path)}`);
  line(`commit ${ref}`);
  line('mark :1');
  const { name, email } = plan.committer;
  line(`committer ${identity(name)} <${identity(email)}> ${Math.floor(plan.at.getTime() / 1000)} +0000`);
  data(fixedMessage(plan.message));
  if (plan.parent !== undefined) line(`from ${plan.parent}`);
  for (const { path, content } of plan.files) {
    if (content === undefined) {
      line(`D ${quoted(path)}`);
      continue;
    }
    line(`M 100644 inline ${quoted(path)}`);
    data(content);
  }
  line('');
  line('get-mark :1');
  line('done');
  return Buffer.concat(parts);
}

/**
 * A host reads commit messages: it calls the people that they name and closes the issues that they mention. Ours are made
 * of fixed words, ids and names of clusters, and anything else is a mistake of ours.
 */
function fixedMessage(message: string): string {
  if (!/^[A-Za-z][A-Za-z0-9 ._:/\n-]{0,500}$/u.test(message)) throw new Error('a commit message is not of fixed words');
  return message;
}

/** C-style quoting, so that no path can end the line or start with a quote. */
function quoted(path: string): string {
  return `"${path.replace(/[\\"]/gu, '\\$&').replaceAll('\n', '\\n')}"`;
}

function identity(text: string): string {
  return text
    .replace(/[<>\p{Cc}]/gu, ' ')
    .trim()
    .slice(0, 200);
}
