import type { ClusterView } from '../client/clusters.ts';
import { answeringHub } from '../client/pair-with-hub.ts';
import { resolveTarget } from '../client/resolve-target.ts';
import type { Target } from '../domain/request.ts';
import type { CliContext } from './context.ts';
import { createPrompts, type Prompts } from './prompts.ts';
import { formatAgo } from './render/time.ts';

export interface GivenValues {
  readonly cluster: readonly string[] | undefined;
  readonly type: Target['type'] | undefined;
  readonly issue: string | undefined;
  readonly strategy: string | undefined;
  readonly namespace: string | undefined;
  readonly prompt: string | undefined;
}

export interface Answers {
  readonly clusters: readonly string[];
  readonly issue: string;
  readonly strategy: string | undefined;
  readonly namespace: string | undefined;
  readonly prompt: string | undefined;
}

/**
 * Asks for what is missing, choosing from what the war room knows. When cluster and issue are given nothing is asked:
 * the rest has defaults, and at three in the morning one line must be enough.
 */
export async function askForMissing(
  context: CliContext,
  { clusters, given }: { readonly clusters: readonly ClusterView[]; readonly given: GivenValues },
): Promise<Answers> {
  const { cluster, issue, strategy, namespace, prompt } = given;
  if (cluster !== undefined && issue !== undefined) return { clusters: cluster, issue, strategy, namespace, prompt };

  const prompts = await createPrompts(context.io, context.signal);
  const names = cluster ?? [await askCluster(prompts, clusters, context.clock.now())];
  const targets = names.map((name) => resolveTarget(clusters, { name, type: given.type }).name);
  const asked = clusters.filter(({ name }) => targets.includes(name));
  return {
    clusters: names,
    issue: issue ?? (await prompts.text({ message: 'What do you see?', isRequired: true })),
    strategy: strategy ?? (await askStrategy(prompts, asked)),
    namespace: namespace ?? (await askNamespace(prompts, asked)),
    prompt:
      prompt ??
      nonEmpty(await prompts.text({ message: 'Anything else for the investigator? (optional)', isRequired: false })),
  };
}

async function askCluster(prompts: Prompts, clusters: readonly ClusterView[], now: Date): Promise<string> {
  if (clusters.length === 0) return await prompts.text({ message: 'Cluster', isRequired: true });
  const living = [...clusters].sort((a, b) => Number(b.isLive) - Number(a.isLive));
  return await prompts.choose({
    message: 'Cluster',
    choices: living.map((cluster) => {
      const { name, type, isLive, lastSeenAt, description } = cluster;
      const hub = answeringHub(cluster);
      const silence = hub === undefined ? 'no processor' : `answered by ${hub}`;
      const seen = lastSeenAt === undefined ? silence : `seen ${formatAgo(lastSeenAt, now)}`;
      return {
        name: `${name} (${type})${isLive ? '' : ` · ${seen}`}`,
        value: name,
        ...(description === undefined ? {} : { hint: description }),
      };
    }),
  });
}

async function askStrategy(prompts: Prompts, clusters: readonly ClusterView[]): Promise<string | undefined> {
  const byId = new Map(clusters.flatMap(({ strategies }) => strategies).map((strategy) => [strategy.id, strategy]));
  if (byId.size === 0) return undefined;
  const width = Math.max(...[...byId.keys()].map((id) => id.length), 'auto'.length) + 2;
  return await prompts.choose({
    message: 'Strategy',
    choices: [
      { name: `${'auto'.padEnd(width)}chosen by the words of the issue`, short: 'auto', value: 'auto' },
      ...[...byId.values()].map(({ id, title, steps, seconds }) => ({
        name: `${id.padEnd(width)}${title} · ${steps} checks · about ${seconds} s`,
        short: id,
        value: id,
      })),
    ],
  });
}

/** Hosts have no namespaces. */
async function askNamespace(prompts: Prompts, clusters: readonly ClusterView[]): Promise<string | undefined> {
  if (clusters.length > 0 && clusters.every(({ type }) => type === 'host')) return undefined;
  const known = [...new Set(clusters.flatMap(({ namespaces }) => namespaces))].sort();
  if (known.length === 0) return nonEmpty(await prompts.text({ message: 'Namespace (optional)', isRequired: false }));
  return await prompts.choose({
    message: 'Namespace',
    choices: [{ name: 'any', value: undefined }, ...known.map((name) => ({ name, value: name }))],
  });
}

function nonEmpty(text: string): string | undefined {
  return text === '' ? undefined : text;
}
