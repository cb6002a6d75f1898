import { conditionsOf, listAt, textAt } from '../../playbook/detectors/kube-objects.ts';
import { parseMoment } from '../../playbook/duration.ts';
import type { RunOutput } from '../run-outputs.ts';
import { applicationChanges } from './gitops-changes.ts';
import { objectText, placedObjects, type Placed } from './placed-object.ts';
import { rolloutChanges } from './rollout-changes.ts';
import { field, isInside, type SeenChange, type Window } from './seen-change.ts';

/** Changes that Kubernetes objects tell of themselves. */
export function kubernetesChanges(outputs: readonly RunOutput[], window: Window): readonly SeenChange[] {
  const placed = placedObjects(outputs);
  return [
    ...rolloutChanges(placed, window),
    ...placed.flatMap((each) => [
      ...createdChange(each, window),
      ...deletedChange(each, window),
      ...(READERS[each.kind]?.(each, window) ?? []),
    ]),
  ];
}

/** Kinds that people make and that change how others behave; what a controller makes follows from them. */
const TELLING = new Set([
  ...[
    'deployment',
    'statefulset',
    'daemonset',
    'service',
    'ingress',
    'route',
    'networkpolicy',
    'horizontalpodautoscaler',
  ],
  ...['poddisruptionbudget', 'resourcequota', 'limitrange', 'persistentvolumeclaim', 'storageclass', 'apiservice'],
  ...[
    'validatingwebhookconfiguration',
    'mutatingwebhookconfiguration',
    'ingresscontroller',
    'nodepool',
    'hostedcluster',
  ],
]);

function createdChange({ object, kind, name, output }: Placed, window: Window): readonly SeenChange[] {
  const text = textAt(object, 'metadata', 'creationTimestamp');
  const at = parseMoment(text);
  const isMade = listAt(object, 'metadata', 'ownerReferences').length > 0;
  if (!isInside(at, window) || isMade || !(TELLING.has(kind) || kind === 'node')) return [];
  return [
    {
      at,
      kind: kind === 'node' ? 'node' : 'created',
      object: objectText(name),
      text: kind === 'node' ? `node ${name.name} joined the cluster` : `${kind} ${name.name} was created`,
      ...{ touches: [name], output, item: object, fields: [field('creationTimestamp', text)] },
    },
  ];
}

function deletedChange({ object, kind, name, output }: Placed, window: Window): readonly SeenChange[] {
  const text = textAt(object, 'metadata', 'deletionTimestamp');
  const at = parseMoment(text);
  // A pod goes whenever its owner wants another one.
  if (!isInside(at, window) || kind === 'pod') return [];
  return [
    {
      ...{ at, kind: 'deleted', object: objectText(name), text: `${kind} ${name.name} is being deleted` },
      ...{ touches: [name], output, item: object, fields: [field('deletionTimestamp', text)] },
    },
  ];
}

const READERS: Readonly<Record<string, (placed: Placed, window: Window) => readonly SeenChange[]>> = {
  event: eventChange,
  node: cordonChange,
  hostedcluster: ({ object, ...placed }, window) =>
    versionChanges({ object, ...placed }, listAt(object, 'status', 'version', 'history'), window),
  clusterversion: ({ object, ...placed }, window) =>
    versionChanges({ object, ...placed }, listAt(object, 'status', 'history'), window),
  nodepool: (placed, window) => startedConditions(placed, /^Updating/u, window),
  machineconfigpool: (placed, window) => startedConditions(placed, /^Updating$/u, window),
  clusteroperator: (placed, window) => startedConditions(placed, /^Progressing$/u, window),
  application: applicationChanges,
};

/** Reasons of events by which something changed, as opposed to something that fails. */
const EVENT_KINDS: Readonly<Record<string, SeenChange['kind']>> = {
  Rebooted: 'reboot',
  NodeNotSchedulable: 'node',
  NodeSchedulable: 'node',
  RegisteredNode: 'node',
  RemovingNode: 'node',
  DeletingNode: 'node',
  ScalingReplicaSet: 'rollout',
  SuccessfulRescale: 'rollout',
  OSUpdateStarted: 'version',
  PendingConfig: 'configuration',
};

function eventChange({ object, output }: Placed, window: Window): readonly SeenChange[] {
  const reason = textAt(object, 'reason');
  const kind = Object.hasOwn(EVENT_KINDS, reason) ? EVENT_KINDS[reason] : undefined;
  const time = [['lastTimestamp'], ['eventTime'], ['firstTimestamp'], ['metadata', 'creationTimestamp']]
    .map((keys) => textAt(object, ...keys))
    .find((text) => text !== '');
  const at = parseMoment(time ?? '');
  const about = textAt(object, 'involvedObject', 'kind').toLowerCase();
  const name = textAt(object, 'involvedObject', 'name');
  if (kind === undefined || !isInside(at, window) || about === '' || name === '') return [];
  const namespace = about === 'node' ? '' : textAt(object, 'involvedObject', 'namespace');
  const touched = { kind: about, name, side: output.side, ...(namespace === '' ? {} : { namespace }) };
  const message = textAt(object, 'message');
  return [
    {
      ...{ at, kind, object: objectText(touched), text: `${about} ${name}: ${message === '' ? reason : message}` },
      ...{ touches: [touched], output, item: object },
      fields: [field('message', message), field('reason', reason)],
    },
  ];
}

function cordonChange({ object, name, output }: Placed, window: Window): readonly SeenChange[] {
  return listAt(object, 'spec', 'taints').flatMap((taint): readonly SeenChange[] => {
    const text = textAt(taint, 'timeAdded');
    const at = parseMoment(text);
    if (textAt(taint, 'key') !== 'node.kubernetes.io/unschedulable' || !isInside(at, window)) return [];
    return [
      {
        ...{ at, kind: 'node', object: objectText(name), text: `node ${name.name} was cordoned` },
        ...{
          touches: [name],
          output,
          item: taint,
          fields: [field('timeAdded', text), field('key', textAt(taint, 'key'))],
        },
      },
    ];
  });
}

function versionChanges(
  { kind, name, output }: Placed,
  history: readonly unknown[],
  window: Window,
): readonly SeenChange[] {
  // The first installation is no change of anything.
  return history.slice(0, -1).flatMap((entry): readonly SeenChange[] => {
    const text = textAt(entry, 'startedTime');
    const at = parseMoment(text);
    if (!isInside(at, window)) return [];
    const isDone = textAt(entry, 'state') === 'Completed';
    const version = textAt(entry, 'version') || textAt(entry, 'image') || 'another version';
    return [
      {
        ...{ at, kind: 'version', object: objectText(name) },
        text: `${kind} ${name.name} ${isDone ? 'was changed' : 'is being changed'} to ${version}`,
        ...{ touches: [name], output, item: entry, fields: [field('startedTime', text), field('version', version)] },
      },
    ];
  });
}

function startedConditions(
  { object, kind, name, output }: Placed,
  types: RegExp,
  window: Window,
): readonly SeenChange[] {
  return conditionsOf(object).flatMap(({ type, status, message, reason, lastTransitionTime = '', source }) => {
    const at = parseMoment(lastTransitionTime);
    if (status !== 'True' || !types.test(type) || !isInside(at, window)) return [];
    const said = message === '' ? reason : message;
    return [
      {
        ...{ at, kind: 'version' as const, object: objectText(name) },
        text: `${kind} ${name.name} is ${type} ${said === '' ? '' : `(${said})`}`.trim(),
        ...{ touches: [name], output, item: source, fields: [field('lastTransitionTime', lastTransitionTime)] },
      },
    ];
  });
}
