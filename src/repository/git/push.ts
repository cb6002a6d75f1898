import { isWarroomError, WarroomError } from '../../domain/errors.ts';
import { explainFailure } from './explain-failure.ts';
import { fullRemote, sayable } from './git-failure.ts';
import type { Git } from './run-git.ts';

/** What the remote did with one ref of a push. */
export type PushedRef =
  | { readonly kind: 'updated' }
  /** The remote had exactly this value already; somebody else, or an earlier try of ours, put it there. */
  | { readonly kind: 'unchanged' }
  /** Somebody else was faster, or another ref of the same atomic push was refused. */
  | { readonly kind: 'raced'; readonly reason: string }
  /** The remote will never take this, whatever is tried again. */
  | { readonly kind: 'refused'; readonly reason: string };

export type PushOutcome =
  | { readonly kind: 'answered'; readonly refs: ReadonlyMap<string, PushedRef> }
  /** The connection broke or git was killed: the push may have been applied. */
  | { readonly kind: 'unknown'; readonly error: WarroomError };

export interface PushRef {
  /** Object id to set, or undefined to delete. */
  readonly from: string | undefined;
  readonly to: string;
  /** Value that the remote ref must have: an object id, or `absent`. No condition when undefined. */
  readonly lease?: string;
}

/** git's exit code is not enough: a push of what is there already exits 0. The porcelain flag of each ref decides. */
const RACES =
  /fetch first|non-fast-forward|stale info|cannot lock ref|failed to update ref|incorrect old value|atomic (?:push|transaction) failed|already exists|failed to lock|reference already exists|unable to migrate objects/u;

/** Failures that happen before the remote has seen a single object. */
const NEVER_SENT = ['authentication', 'repository-missing', 'git-missing', 'protected'] as const;

export async function push(
  git: Git,
  refs: readonly PushRef[],
  options: { readonly signal?: AbortSignal | undefined; readonly timeoutMs?: number } = {},
): Promise<PushOutcome> {
  const args = [
    'push',
    '--porcelain',
    '--no-verify',
    ...(refs.length > 1 ? ['--atomic'] : []),
    ...refs.flatMap(({ to, lease }) =>
      lease === undefined ? [] : [`--force-with-lease=${to}:${lease === 'absent' ? '' : lease}`],
    ),
    'origin',
    ...refs.map(({ from, to }) => `${from ?? ''}:${to}`),
  ];
  let result;
  try {
    result = await git.run(args, { signal: options.signal, timeoutMs: options.timeoutMs ?? 60_000 });
  } catch (error) {
    if (isWarroomError(error, 'timeout', 'interrupted')) return { kind: 'unknown', error };
    throw error;
  }
  const answered = parsePorcelain(result.stdout, result.stderr);
  if (refs.every(({ to }) => answered.has(to))) return { kind: 'answered', refs: answered };
  const error = await explainFailure('push to', { gitDir: git.gitDir, address: git.address, stderr: result.stderr });
  if (isWarroomError(error, ...NEVER_SENT)) throw error;
  return { kind: 'unknown', error };
}

/** Lines `<flag>\t<from>:<to>\t<summary> (<reason>)`. */
export function parsePorcelain(stdout: string, stderr: string): Map<string, PushedRef> {
  const refs = new Map<string, PushedRef>();
  for (const line of stdout.split('\n')) {
    const match = /^([ +\-*!=])\t([^\t]*):([^\t:]+)\t(.*)$/u.exec(line);
    if (match?.[3] === undefined) continue;
    refs.set(match[3], pushedRef(match[1] ?? '!', match[4] ?? '', stderr));
  }
  return refs;
}

function pushedRef(flag: string, summary: string, stderr: string): PushedRef {
  if (flag === '=') return { kind: 'unchanged' };
  if (flag !== '!') return { kind: 'updated' };
  const said = sayable(stderr);
  const reason = said === '' ? summary : `${summary}; ${said}`;
  return RACES.test(summary) ? { kind: 'raced', reason } : { kind: 'refused', reason };
}

/** The error for a ref that the remote will never take; a server without room may take it later. */
export function refusedPush(ref: string, reason: string, address: string): WarroomError {
  const full = fullRemote(reason, address);
  if (full !== undefined) return full;
  return new WarroomError('protected', `the war room at ${address} does not accept a push to ${ref}`, {
    why: reason,
    hint: ref.startsWith('refs/heads/')
      ? 'allow pushes to this branch for your key, or set repository.branch'
      : 'allow refs outside refs/heads, or set repository.refNamespace to refs/heads/warroom',
  });
}
