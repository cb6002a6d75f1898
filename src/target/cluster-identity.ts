import type { Target } from './port.ts';

/** Of OpenShift; it names the resources of the cluster at its cloud too. */
const INFRASTRUCTURE_ID = [
  'infrastructures.config.openshift.io',
  'cluster',
  '-o',
  'jsonpath={.status.infrastructureName}',
];
const KUBE_SYSTEM_UID = ['namespaces', 'kube-system', '-o', 'jsonpath={.metadata.uid}'];

interface Answered {
  readonly hasAnswered: boolean;
  readonly id?: string;
}

export interface ClusterQuestion {
  readonly run: Target['run'];
  /** For each of at most two questions. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Infrastructure id of a cluster, or the uid of its kube-system; undefined when it says neither, or does not answer. */
export async function clusterIdOf(question: ClusterQuestion): Promise<string | undefined> {
  const first = await ask(INFRASTRUCTURE_ID, question);
  if (first.id !== undefined || !first.hasAnswered) return first.id;
  return (await ask(KUBE_SYSTEM_UID, question)).id;
}

/** Without an id when the cluster does not have it, or does not answer at all. */
async function ask(args: readonly string[], { run, timeoutMs, signal }: ClusterQuestion): Promise<Answered> {
  const argv = ['kubectl', 'get', ...args];
  const { end, stdout } = await run({ argv, timeoutMs, maxBytes: 4096 }, signal);
  const text = stdout.trim();
  const isId = end.kind === 'exited' && end.exit === 0 && /^[\w.-]{1,100}$/u.test(text);
  return { hasAnswered: end.kind === 'exited', ...(isId ? { id: text } : {}) };
}
