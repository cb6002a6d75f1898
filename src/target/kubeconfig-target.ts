import { hasReachedLogLimit } from './log-limit.ts';
import type { Target } from './port.ts';

/**
 * A target whose `kubectl` commands look at the cluster of a kubeconfig. The file stands in front of everything that a
 * playbook wrote, and answers are waited for no longer than the step allows. What kubectl learns about the cluster is kept
 * in `cacheDir`, from one command to the next.
 */
export function createKubeconfigTarget(
  target: Target,
  { kubeconfig, cacheDir }: { readonly kubeconfig: string; readonly cacheDir: string },
): Target {
  return {
    ...target,
    kind: 'kubernetes',
    run: async (command, signal) => {
      const [program, ...rest] = command.argv;
      if (program !== 'kubectl' || rest.some((element) => element.startsWith('--kubeconfig'))) {
        return await target.run(command, signal);
      }
      const seconds = Math.max(1, Math.floor(command.timeoutMs / 1000));
      const where = [`--kubeconfig=${kubeconfig}`, `--cache-dir=${cacheDir}`, `--request-timeout=${seconds}s`];
      const argv = ['kubectl', ...where, ...rest];
      const result = await target.run({ ...command, argv }, signal);
      return { ...result, truncated: result.truncated || hasReachedLogLimit(rest, result.stdout) };
    },
  };
}
