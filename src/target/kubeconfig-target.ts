import { clusterIdOf } from './cluster-identity.ts';
import { hasReachedLogLimit } from './log-limit.ts';
import type { Target } from './port.ts';
import { readComplaint } from './read-complaint.ts';

/** Somebody waits for the report: a cluster that does not say who it is within this time stays unknown. */
const IDENTIFY_MS = 5_000;

/**
 * A target whose `kubectl` commands look at the cluster of a kubeconfig. The file stands in front of everything that a
 * playbook wrote, and answers are waited for no longer than the step allows. It is the cluster that it says it is, never
 * the machine that kubectl runs on. What kubectl learns about the cluster is kept in `cacheDir`, from one command to the next.
 */
export function createKubeconfigTarget(
  target: Target,
  { file, name, cacheDir }: { readonly file: string; readonly name: string; readonly cacheDir: string },
): Target {
  const run: Target['run'] = async (command, signal) => {
    const [program, ...rest] = command.argv;
    if (program !== 'kubectl' || rest.some((element) => element.startsWith('--kubeconfig'))) {
      return await target.run(command, signal);
    }
    const seconds = Math.max(1, Math.floor(command.timeoutMs / 1000));
    const where = [`--kubeconfig=${file}`, `--cache-dir=${cacheDir}`, `--request-timeout=${seconds}s`];
    const argv = ['kubectl', ...where, ...rest];
    const result = await target.run({ ...command, argv }, signal);
    const { stderr, isUnreachable } = readComplaint(result.stderr);
    const { end } = result;
    return {
      ...result,
      stderr,
      // A server that nobody reached is no answer of the command.
      end: isUnreachable && end.kind === 'exited' && end.exit !== 0 ? { kind: 'unreachable' } : end,
      truncated: result.truncated || hasReachedLogLimit(rest, result.stdout),
    };
  };
  return {
    ...target,
    kind: 'kubernetes',
    identify: async (signal) => {
      const id = await clusterIdOf({ run, timeoutMs: IDENTIFY_MS, signal });
      return { kind: 'kubernetes', identity: id ?? 'unknown', name, platform: process.platform };
    },
    run,
  };
}
