import { WarroomError } from '../../domain/errors.ts';
import { isSteeringPath } from '../../domain/repository-layout.ts';
import type { CommitId } from '../port.ts';
import type { Git } from './run-git.ts';

/**
 * Compares a commit that was built, and not yet pushed, with its parent: every path that differs must lie within what
 * the caller named, as a plain file, and none may steer other programs. Whatever a caller was talked into, this is
 * what reaches the war room (facts of the threat model: the check before a publish). Throws `not-allowed`.
 */
export async function checkCommit(
  git: Git,
  commit: { readonly parent: CommitId; readonly built: CommitId; readonly within: readonly string[] },
  signal?: AbortSignal,
): Promise<void> {
  const { parent, built, within } = commit;
  const args = ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', parent, built];
  const stdout = await git.must('check a commit for', args, { signal, isLocal: true });
  for (const { path, mode } of parseRawDiff(stdout)) {
    const why = whyNot(path, mode, within);
    if (why === undefined) continue;
    throw new WarroomError('not-allowed', `a commit was not pushed because of ${JSON.stringify(path.slice(0, 200))}`, {
      why,
      hint: 'this is a bug of claude-warroom: please report it with the log of the processor',
    });
  }
}

export interface ChangedPath {
  readonly path: string;
  /** Mode after the change; `000000` when the path is gone. */
  readonly mode: string;
}

/** `:100644 100644 <oid> <oid> M\0path\0` for each path. */
export function parseRawDiff(stdout: string): readonly ChangedPath[] {
  const words = stdout.split('\0');
  const changed: ChangedPath[] = [];
  for (let at = 0; at + 1 < words.length; at += 2) {
    const mode = /^:\d{6} (\d{6}) /u.exec(words[at] ?? '')?.[1];
    if (mode === undefined) throw new Error(`git diff-tree answered ${JSON.stringify(stdout.slice(0, 200))}`);
    changed.push({ path: words[at + 1] ?? '', mode });
  }
  return changed;
}

/** A place that ends in a slash is a folder. */
function whyNot(path: string, mode: string, within: readonly string[]): string | undefined {
  // git 2.39 takes these from fast-import and pushes them; whoever checks them out is in trouble.
  if (path.split('/').some((name) => name === '' || name === '.' || name === '..')) {
    return 'a path with dots leads somewhere else';
  }
  if (!within.some((place) => (place.endsWith('/') ? path.startsWith(place) : path === place))) {
    return `it lies outside of ${within.join(', ')}`;
  }
  if (mode !== '100644' && mode !== '000000') return `mode ${mode} is not that of a plain file`;
  return isSteeringPath(path) ? 'a file of that name steers other programs' : undefined;
}
