import { conditionsOf, listAt, textAt, valueAt } from '../../playbook/detectors/kube-objects.ts';
import { parseMoment } from '../../playbook/duration.ts';
import type { ObjectName } from '../dependencies/graph.ts';
import { imagesOf, objectText, type Placed } from './placed-object.ts';
import { field, isInside, type SeenChange, type Window } from './seen-change.ts';

/** Objects that a workload makes for every version of its template. */
const REVISIONS = new Set(['replicaset', 'controllerrevision']);

/**
 * Rollouts: of a workload whose revisions were recorded the newest one, with the images that it brought; of a Deployment
 * alone the moment that its condition names. The first revision of a workload is its creation and no rollout.
 */
export function rolloutChanges(placed: readonly Placed[], window: Window): readonly SeenChange[] {
  const groups = new Map<string, Placed[]>();
  for (const each of placed.filter(({ kind }) => REVISIONS.has(kind))) {
    const owner = ownerOf(each);
    if (owner === undefined) continue;
    const key = `${owner.side} ${objectText(owner)}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  const fromRevisions = [...groups.values()].flatMap((group) => newestRevision(group, placed, window));
  const known = new Set(groups.keys());
  const alone = placed.filter(
    ({ kind, name }) => kind === 'deployment' && !known.has(`${name.side} ${objectText(name)}`),
  );
  return [...fromRevisions, ...alone.flatMap((each) => progressOf(each, window))];
}

function ownerOf({ object, name }: Placed): ObjectName | undefined {
  const [owner] = listAt(object, 'metadata', 'ownerReferences');
  const [kind, ownerName] = [textAt(owner, 'kind').toLowerCase(), textAt(owner, 'name')];
  return kind === '' || ownerName === '' ? undefined : { ...name, kind, name: ownerName };
}

function newestRevision(group: readonly Placed[], placed: readonly Placed[], window: Window): readonly SeenChange[] {
  const created = ({ object }: Placed): string => textAt(object, 'metadata', 'creationTimestamp');
  const sorted = [...group].sort((a, b) => Date.parse(created(b)) - Date.parse(created(a)));
  const [newest, before] = sorted;
  const owner = newest === undefined ? undefined : ownerOf(newest);
  if (newest === undefined || before === undefined || owner === undefined) return [];
  const inUse = sorted.find(({ object }) => Number(valueAt(object, 'spec', 'replicas') ?? 0) > 0) ?? newest;
  if (inUse !== newest && inUse.kind === 'replicaset') return rolledBack({ inUse, newest, owner }, placed, window);
  const at = parseMoment(created(newest));
  if (!isInside(at, window)) return [];
  return [
    {
      ...{ at, kind: 'rollout', object: objectText(owner) },
      text: `${owner.kind} ${owner.name} was rolled out${imageText(newest, before)}`,
      touches: [owner, newest.name],
      ...{ output: newest.output, item: newest.object, fields: [field('creationTimestamp', created(newest))] },
    },
  ];
}

/** An old ReplicaSet serves again: it is as old as ever, so only the Deployment knows when. */
function rolledBack(
  { inUse, newest, owner }: { readonly inUse: Placed; readonly newest: Placed; readonly owner: ObjectName },
  placed: readonly Placed[],
  window: Window,
): readonly SeenChange[] {
  const deployment = placed.find(({ name }) => name.side === owner.side && objectText(name) === objectText(owner));
  const moved = deployment === undefined ? undefined : progress(deployment);
  if (deployment === undefined || moved === undefined || !isInside(moved.at, window)) return [];
  return [
    {
      ...{ at: moved.at, kind: 'rollout', object: objectText(owner) },
      text: `${owner.kind} ${owner.name} went back to an earlier version${imageText(inUse, newest)}`,
      touches: [owner, inUse.name],
      ...{ output: deployment.output, item: moved.source, fields: [field('lastUpdateTime', moved.text)] },
    },
  ];
}

function imageText(now: Placed, before: Placed): string {
  const [images, old] = [imagesOf(now.object), imagesOf(before.object)];
  const different = images.filter((image) => image !== '' && !old.includes(image));
  const gone = old.filter((image) => image !== '' && !images.includes(image));
  if (different.length === 0) return now.kind === 'replicaset' ? ' with the same images' : '';
  return ` with image ${different.join(', ')}${gone.length === 0 ? '' : ` instead of ${gone.join(', ')}`}`;
}

interface Progress {
  readonly at: Date | undefined;
  readonly text: string;
  readonly source: unknown;
}

function progress({ object }: Placed): Progress | undefined {
  const condition = conditionsOf(object).find(({ type }) => type === 'Progressing');
  const text = textAt(condition?.source, 'lastUpdateTime');
  return condition === undefined || text === '' ? undefined : { at: parseMoment(text), text, source: condition.source };
}

function progressOf(placed: Placed, window: Window): readonly SeenChange[] {
  const { object, name, output } = placed;
  const moved = progress(placed);
  const generation = Number(valueAt(object, 'metadata', 'generation') ?? 0);
  if (moved === undefined || !isInside(moved.at, window) || generation < 2) return [];
  return [
    {
      ...{ at: moved.at, kind: 'rollout', object: objectText(name), touches: [name], output },
      text: `deployment ${name.name} was rolled out (generation ${generation})`,
      ...{ item: moved.source, fields: [field('lastUpdateTime', moved.text)] },
    },
  ];
}
