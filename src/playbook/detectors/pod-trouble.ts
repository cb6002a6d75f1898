import type { DecidingField } from '../deciding-place.ts';
import { isRecord } from '../path.ts';
import { conditionsOf, listAt, textAt, valueAt, type Condition, type KubeObject } from './kube-objects.ts';

/** What is wrong with a pod now, the most telling first. */
export const TROUBLES = [
  'image',
  'configuration',
  'unschedulable',
  'out-of-memory',
  'crash-loop',
  'evicted',
  'terminating',
  'not-starting',
  'not-ready',
] as const;

export interface Trouble {
  readonly symptom: (typeof TROUBLES)[number];
  /** Empty where the whole pod is meant. */
  readonly container: string;
  readonly message: string;
  readonly since: string | undefined;
  /** The field of the pod that shows it. */
  readonly shown: DecidingField;
}

const IMAGE = new Set(['ImagePullBackOff', 'ErrImagePull', 'InvalidImageName', 'ErrImageNeverPull']);
const CONFIGURATION = new Set([
  ...['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError', 'StartError'],
  ...['PreCreateHookError', 'PreStartHookError'],
]);

/** As long as a healthy pod may take, or lie about. */
const MINUTE_MS = 60_000;
const SCHEDULED_AFTER_MS = MINUTE_MS;
const READY_AFTER_MS = 5 * MINUTE_MS;
const STARTED_AFTER_MS = 10 * MINUTE_MS;
const GONE_AFTER_MS = 15 * MINUTE_MS;
const RECENT_KILL_MS = 60 * MINUTE_MS;
const RECENT_EVICTION_MS = 60 * MINUTE_MS;

/**
 * The most telling trouble of a pod that lasts now; undefined when there is none. Restarts, bad ends of the past and pods
 * of jobs that failed are no trouble: a healthy cluster is full of them (facts of the playbooks, A.7).
 */
export function troubleOfPod(pod: KubeObject, now: Date): Trouble | undefined {
  const age = (moment: string): number => (moment === '' ? Number.NaN : now.getTime() - Date.parse(moment));
  const phase = textAt(pod, 'status', 'phase');
  if (phase === 'Succeeded') return undefined;
  if (phase === 'Failed') return evictionOf(pod, age);
  const deleted = textAt(pod, 'metadata', 'deletionTimestamp');
  if (deleted !== '') {
    if (!(age(deleted) > GONE_AFTER_MS)) return undefined;
    const message = 'It was to be gone when its grace period ended.';
    const parent = valueAt(pod, 'metadata');
    return wholePod('terminating', { message, since: deleted, parent, key: 'deletionTimestamp' });
  }
  return (
    waitingContainer(pod, IMAGE, 'image') ??
    waitingContainer(pod, CONFIGURATION, 'configuration') ??
    unscheduled(pod, age) ??
    killedForMemory(pod, age) ??
    waitingContainer(pod, new Set(['CrashLoopBackOff']), 'crash-loop') ??
    (phase === 'Pending' ? notStarting(pod, age) : notReady(pod, age))
  );
}

type Age = (moment: string) => number;

interface Seen {
  readonly message: string;
  readonly since: string;
  /** Object of the pod that shows it, and its field. */
  readonly parent: unknown;
  readonly key: string;
}

function wholePod(symptom: Trouble['symptom'], { message, since, parent, key }: Seen): Trouble {
  return {
    ...{ symptom, container: '', message, since: since === '' ? undefined : since },
    shown: { parent, key, value: valueAt(parent, key) },
  };
}

function evictionOf(pod: KubeObject, age: Age): Trouble | undefined {
  if (textAt(pod, 'status', 'reason') !== 'Evicted') return undefined;
  // It may have run for days; what is left of it does not always say when that ended.
  const moments = [
    textAt(pod, 'status', 'startTime'),
    ...conditionsOf(pod).map((each) => each.lastTransitionTime ?? ''),
  ];
  const since = moments.sort().at(-1) ?? '';
  if (!(age(since) < RECENT_EVICTION_MS)) return undefined;
  const message = textAt(pod, 'status', 'message');
  return wholePod('evicted', { message, since, parent: valueAt(pod, 'status'), key: 'reason' });
}

function containersOf(pod: KubeObject): readonly KubeObject[] {
  const kinds = ['initContainerStatuses', 'containerStatuses'];
  return kinds.flatMap((kind) => listAt(pod, 'status', kind)).filter(isRecord);
}

function condition(pod: KubeObject, type: string): Condition | undefined {
  return conditionsOf(pod).find((each) => each.type === type);
}

/** When it was last well, as far as the pod says so. */
function unwellSince(pod: KubeObject): string {
  return condition(pod, 'Ready')?.lastTransitionTime ?? textAt(pod, 'metadata', 'creationTimestamp');
}

function waitingContainer(
  pod: KubeObject,
  reasons: ReadonlySet<string>,
  symptom: Trouble['symptom'],
): Trouble | undefined {
  const found = containersOf(pod).find((status) => reasons.has(textAt(status, 'state', 'waiting', 'reason')));
  if (found === undefined) return undefined;
  const { reason, message } = {
    reason: textAt(found, 'state', 'waiting', 'reason'),
    message: textAt(found, 'state', 'waiting', 'message'),
  };
  return {
    ...wholePod(symptom, {
      ...{ message: message === '' ? reason : `${reason}: ${message}`, since: unwellSince(pod) },
      ...{ parent: valueAt(found, 'state', 'waiting'), key: 'reason' },
    }),
    container: textAt(found, 'name'),
  };
}

function unscheduled(pod: KubeObject, age: Age): Trouble | undefined {
  const scheduled = condition(pod, 'PodScheduled');
  const since = scheduled?.lastTransitionTime ?? '';
  if (scheduled?.status !== 'False' || scheduled.reason !== 'Unschedulable') return undefined;
  if (!(age(since) > SCHEDULED_AFTER_MS)) return undefined;
  return wholePod('unschedulable', { message: scheduled.message, since, parent: scheduled.source, key: 'reason' });
}

function killedForMemory(pod: KubeObject, age: Age): Trouble | undefined {
  for (const status of containersOf(pod)) {
    for (const ended of ['state', 'lastState'].map((name) => valueAt(status, name, 'terminated'))) {
      const finished = textAt(ended, 'finishedAt');
      if (textAt(ended, 'reason') !== 'OOMKilled') continue;
      if (status['ready'] !== false && !(age(finished) < RECENT_KILL_MS)) continue;
      const message = `Killed at its limit of memory, ${textAt(status, 'restartCount')} restarts.`;
      const trouble = wholePod('out-of-memory', { message, since: finished, parent: ended, key: 'reason' });
      return { ...trouble, container: textAt(status, 'name') };
    }
  }
  return undefined;
}

function notStarting(pod: KubeObject, age: Age): Trouble | undefined {
  const created = textAt(pod, 'metadata', 'creationTimestamp');
  const waiting = containersOf(pod).find((status) => valueAt(status, 'state', 'waiting') !== undefined);
  if (!(age(created) > STARTED_AFTER_MS) || isGated(pod)) return undefined;
  const why = textAt(waiting, 'state', 'waiting', 'reason') || 'no container has been created';
  const place =
    waiting === undefined
      ? { parent: valueAt(pod, 'status'), key: 'phase' }
      : { parent: valueAt(waiting, 'state', 'waiting'), key: 'reason' };
  const trouble = wholePod('not-starting', { message: why, since: created, ...place });
  return { ...trouble, container: textAt(waiting, 'name') };
}

/** Somebody asked that it be not scheduled yet. */
function isGated(pod: KubeObject): boolean {
  return condition(pod, 'PodScheduled')?.reason === 'SchedulingGated';
}

function notReady(pod: KubeObject, age: Age): Trouble | undefined {
  const ready = condition(pod, 'Ready');
  const since = ready?.lastTransitionTime ?? '';
  if (ready?.status !== 'False' || ready.reason === 'PodCompleted') return undefined;
  if (!(age(since) > READY_AFTER_MS)) return undefined;
  return wholePod('not-ready', { message: ready.message, since, parent: ready.source, key: 'status' });
}
