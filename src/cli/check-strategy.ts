import type { ClusterView } from '../client/clusters.ts';
import { WarroomError } from '../domain/errors.ts';
import type { Target } from '../domain/request.ts';
import { nearestName } from '../lib/nearest-name.ts';
import { builtinPlaybookDir, loadPlaybooks } from '../playbook/load-playbooks.ts';
import type { Playbook } from '../schema/generated.ts';
import type { CliContext } from './context.ts';

/**
 * Refuses a strategy that its processor will not know. A living one says what it knows. Of a silent one there is what it
 * last announced, or what its registration lists, and what every processor has; where nobody ever said anything, the site
 * may have strategies of its own, so that an unknown name is only warned of.
 */
export async function checkStrategy(
  { io }: Pick<CliContext, 'io'>,
  strategy: string | undefined,
  { targets, clusters }: { readonly targets: readonly Target[]; readonly clusters: readonly ClusterView[] },
): Promise<void> {
  if (strategy === undefined || strategy === 'auto') return;
  let builtin: readonly Playbook[] | undefined;
  for (const target of targets) {
    const cluster = clusters.find((candidate) => candidate.name === target.name);
    const announced = (cluster?.strategies ?? []).map(({ id }) => id);
    if (announced.includes(strategy)) continue;
    if (cluster?.isLive === true) throw unknownStrategy(strategy, target, announced);
    builtin ??= (await loadPlaybooks({ builtinDir: builtinPlaybookDir() })).map(({ playbook }) => playbook);
    const fitting = strategiesOf(builtin.filter(({ spec }) => spec.targets.includes(target.type)));
    if (fitting.includes(strategy)) continue;
    const known = [...new Set([...announced, ...fitting])].sort();
    if (strategiesOf(builtin).includes(strategy)) throw wrongType(strategy, target, known);
    if (announced.length > 0) throw unknownStrategy(strategy, target, known);
    const nearest = nearestName(strategy, ['auto', ...known]);
    const meant = nearest === undefined ? '' : `; did you mean  --strategy ${nearest} ?`;
    io.err(
      `${io.errorStyle.warn('warning:')} nobody has said that ${target.name} has a strategy "${strategy}"${meant}`,
    );
  }
}

function strategiesOf(playbooks: readonly Playbook[]): readonly string[] {
  return playbooks.flatMap(({ spec }) => spec.strategies);
}

function unknownStrategy(strategy: string, { name }: Target, known: readonly string[]): WarroomError {
  const all = ['auto', ...known];
  const nearest = nearestName(strategy, all);
  return new WarroomError('usage', `${name} has no strategy "${strategy}"`, {
    why: `it has ${all.join(', ')}`,
    ...(nearest === undefined ? {} : { hint: `did you mean  --strategy ${nearest} ?` }),
  });
}

function wrongType(strategy: string, { name, type }: Target, known: readonly string[]): WarroomError {
  return new WarroomError('usage', `the strategy "${strategy}" does not look at a ${type}, which ${name} is`, {
    why: `for a ${type} there are auto, ${known.join(', ')}`,
    hint: 'choose one of these, or leave --strategy out',
  });
}
