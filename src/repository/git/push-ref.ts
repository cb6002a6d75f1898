import { push, refusedPush, type PushedRef, type PushRef } from './push.ts';
import type { Git } from './run-git.ts';

/**
 * Pushes one ref. `lost` means that somebody else was faster. When the connection broke, the remote is asked what became
 * of it, so that the answer is never a guess.
 */
export async function pushRef(
  git: Git,
  ref: PushRef,
  signal: AbortSignal | undefined,
): Promise<'updated' | 'unchanged' | 'lost'> {
  const outcome = await push(git, [ref], { signal });
  if (outcome.kind === 'answered') return settled(outcome.refs.get(ref.to), ref.to, git.address);
  if (signal?.aborted === true) throw outcome.error;
  const listing = await git.must('read back', ['ls-remote', 'origin', ref.to], { signal });
  const value = listing
    .split('\n')
    .find((line) => line.endsWith(`\t${ref.to}`))
    ?.split('\t')[0];
  if (value === ref.from) return 'updated';
  const isUntouched = ref.lease === 'absent' ? value === undefined : value === ref.lease;
  if (isUntouched) throw outcome.error;
  return 'lost';
}

function settled(answer: PushedRef | undefined, ref: string, address: string): 'updated' | 'unchanged' | 'lost' {
  if (answer?.kind === 'updated' || answer?.kind === 'unchanged') return answer.kind;
  if (answer?.kind === 'refused') throw refusedPush(ref, answer.reason, address);
  return 'lost';
}
