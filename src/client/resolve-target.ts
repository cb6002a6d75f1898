import { WarroomError } from '../domain/errors.ts';
import type { Target } from '../domain/request.ts';
import { nearestName } from '../lib/nearest-name.ts';
import type { ClusterView } from './clusters.ts';

const TYPES: readonly Target['type'][] = ['hub', 'hosted', 'host'];

/**
 * The cluster that a person means: a name, or a type when there is only one cluster of it. A name that nobody knows is
 * accepted with an explicit type, because its processor may register later.
 */
export function resolveTarget(
  clusters: readonly ClusterView[],
  wanted: { readonly name: string; readonly type?: Target['type'] | undefined },
): Target {
  const named = clusters.find(({ name }) => name === wanted.name);
  if (named !== undefined) {
    if (wanted.type === undefined || wanted.type === named.type) return { type: named.type, name: named.name };
    throw new WarroomError('usage', `${named.name} is a ${named.type}, not a ${wanted.type}`, {
      hint: 'leave --type out',
    });
  }
  const type = TYPES.find((candidate) => candidate === wanted.name);
  if (type !== undefined) return onlyOfType(clusters, type);
  if (wanted.type !== undefined) return { type: wanted.type, name: wanted.name };

  const names = clusters.map(({ name }) => name);
  const nearest = nearestName(wanted.name, names);
  throw new WarroomError('usage', `there is no cluster "${wanted.name}"`, {
    why:
      names.length === 0 ? 'no cluster is registered and no processor announces itself' : `known: ${names.join(', ')}`,
    hint:
      nearest === undefined
        ? 'name its --type to ask it anyway, or register it: claude-warroom cluster add'
        : `did you mean  --cluster ${nearest} ?`,
  });
}

function onlyOfType(clusters: readonly ClusterView[], type: Target['type']): Target {
  const [first, second, ...more] = clusters.filter((cluster) => cluster.type === type);
  if (first !== undefined && second === undefined) return { type, name: first.name };
  if (first === undefined || second === undefined) {
    throw new WarroomError('usage', `there is no cluster of type ${type}`, {
      hint: 'see which there are: claude-warroom cluster list',
    });
  }
  throw new WarroomError('usage', `there is more than one cluster of type ${type}`, {
    why: [first, second, ...more].map(({ name }) => name).join(', '),
    hint: 'name one with --cluster',
  });
}
