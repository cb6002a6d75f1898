import { OWN_CLUSTER } from '../../domain/config-checks.ts';

/** A step as the kubernetes target reads it. */
export type StepCommand =
  | {
      readonly kind: 'ready';
      /** `self`, or the name of a hosted cluster. */
      readonly cluster: string;
      readonly tool: 'kubectl' | 'oc';
      /** Arguments without the choice of the cluster. */
      readonly args: readonly string[];
    }
  | { readonly kind: 'refused'; readonly why: string };

/** Flags that lead to another server, another credential or another person. */
const REFUSED =
  /^(?:--(?:server|token|as|as-.*|user|username|password|cluster|context|client-.*|certificate-authority|insecure-skip-tls-verify|tls-server-name|cache-dir|kuberc|proxy-url)(?:=.*)?|-s.*)$/su;

/**
 * Reads the argument list of a step. `--kubeconfig NAME` chooses a cluster by its name; the target puts a file of its own
 * in its place, so that no playbook can name one.
 */
export function readStepCommand(argv: readonly string[]): StepCommand {
  const [tool, ...rest] = argv;
  if (tool !== 'kubectl' && tool !== 'oc') {
    return { kind: 'refused', why: `the kubernetes target runs kubectl and oc only, not ${tool ?? 'nothing'}` };
  }
  let cluster = OWN_CLUSTER;
  const args: string[] = [];
  for (let index = 0; index < rest.length; index++) {
    const arg = rest[index] ?? '';
    if (arg === '--') return { kind: 'refused', why: 'the kubernetes target takes no arguments after --' };
    const inline = /^--kubeconfig=(.*)$/su.exec(arg)?.[1];
    if (arg === '--kubeconfig' || inline !== undefined) {
      cluster = inline ?? rest[++index] ?? '';
      continue;
    }
    if (REFUSED.test(arg)) {
      return { kind: 'refused', why: `the kubernetes target sets ${arg.split('=')[0] ?? arg} itself` };
    }
    args.push(arg);
  }
  return { kind: 'ready', cluster, tool, args };
}

/** Longest wait for one answer of the API; a step with less time has less. */
const REQUEST_TIMEOUT_SECONDS = 15;

/** The whole argument list: file, time limit and cache of the target first, so that nothing in a step comes before them. */
export function kubectlArgv(
  { tool, args }: Extract<StepCommand, { kind: 'ready' }>,
  options: { readonly kubeconfig: string; readonly cacheDir: string; readonly timeoutMs: number },
): readonly string[] {
  const seconds = Math.max(1, Math.min(REQUEST_TIMEOUT_SECONDS, Math.floor(options.timeoutMs / 1000)));
  const hasTimeout = args.some((arg) => arg.startsWith('--request-timeout'));
  return [
    tool,
    `--kubeconfig=${options.kubeconfig}`,
    `--cache-dir=${options.cacheDir}`,
    ...(hasTimeout ? [] : [`--request-timeout=${seconds}s`]),
    ...args,
  ];
}
