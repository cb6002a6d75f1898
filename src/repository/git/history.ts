import { FETCH } from './fetch-arguments.ts';
import { readLocalRef } from './local-refs.ts';
import type { ObjectReader } from './object-reader.ts';
import type { Git } from './run-git.ts';

/** How much further back each try looks; the last one means everything. */
const DEPTHS = [0, 100, 1_000, 10_000, 100_000, 2_147_483_647];

/**
 * Whether `tip` contains `ancestor`. The mirror begins at some commit; before the answer is no, older commits (no trees,
 * no files) are fetched until there are none left.
 */
export async function containsCommit(
  git: Git,
  reader: ObjectReader,
  question: {
    readonly tip: string;
    readonly ancestor: string;
    readonly branchSpec: readonly string[];
    readonly signal: AbortSignal | undefined;
  },
): Promise<boolean> {
  const { tip, ancestor, branchSpec, signal } = question;
  for (const deepen of DEPTHS) {
    if (deepen > 0) {
      if ((await readLocalRef(git.gitDir, 'shallow')) === undefined) return false;
      const args = [...FETCH, '--filter=tree:0', `--deepen=${deepen}`, 'origin', ...branchSpec];
      await git.must('fetch the history of', args, { signal, timeoutMs: 600_000 });
    }
    const [known] = await reader.read([ancestor], 1024 * 1024);
    if (known?.kind === 'object' && (await isAncestor(git, ancestor, tip, signal))) return true;
  }
  return false;
}

/** Whether the commits that are here lead from `tip` back to `ancestor`. */
export async function isAncestor(git: Git, ancestor: string, tip: string, signal?: AbortSignal): Promise<boolean> {
  return (await git.run(['merge-base', '--is-ancestor', ancestor, tip], { signal })).exit === 0;
}
