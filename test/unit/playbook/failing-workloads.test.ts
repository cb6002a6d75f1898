import { describe, expect, it } from 'vitest';
import { failingWorkloads } from '../../../src/playbook/detectors/failing-workloads.ts';
import { troubleOfPod } from '../../../src/playbook/detectors/pod-trouble.ts';
import type { StepData } from '../../../src/playbook/parse-output.ts';

const NOW = new Date('2026-11-20T12:00:00Z');

function ago(minutes: number): string {
  return new Date(NOW.getTime() - minutes * 60_000).toISOString();
}

function dataOf(root: unknown): StepData {
  return { root, lines: [], spanOf: () => undefined, isPartial: false };
}

function running(status: object, metadata: object = {}) {
  return { metadata: { name: 'p', namespace: 'shop', ...metadata }, status: { phase: 'Running', ...status } };
}

function pending(status: object, minutes = 30) {
  return { metadata: { name: 'p', creationTimestamp: ago(minutes) }, status: { phase: 'Pending', ...status } };
}

function waiting(reason: string): object {
  return { containerStatuses: [{ name: 'c', ready: false, state: { waiting: { reason } } }] };
}

function notReady(minutes: number, reason = 'ContainersNotReady'): object {
  return { conditions: [{ type: 'Ready', status: 'False', reason, lastTransitionTime: ago(minutes) }] };
}

function unscheduled(minutes: number, reason = 'Unschedulable'): object {
  return { conditions: [{ type: 'PodScheduled', status: 'False', reason, lastTransitionTime: ago(minutes) }] };
}

function killed(minutes: number, ready: boolean): object {
  const terminated = { reason: 'OOMKilled', exitCode: 137, finishedAt: ago(minutes) };
  return { containerStatuses: [{ name: 'c', ready, restartCount: 3, lastState: { terminated } }] };
}

/** It began to run a day before, and was evicted so many minutes ago. */
function evictedAfterLong(minutes: number): Readonly<Record<string, unknown>> {
  const conditions = [{ type: 'DisruptionTarget', status: 'True', lastTransitionTime: ago(minutes) }];
  return { status: { phase: 'Failed', reason: 'Evicted', startTime: ago(1440), conditions } };
}

describe('the trouble of a pod', () => {
  it.each<[string, Readonly<Record<string, unknown>>, string | undefined]>([
    ['one that is ready', running({ conditions: [{ type: 'Ready', status: 'True' }] }), undefined],
    ['an image that cannot be pulled', running(waiting('ErrImagePull')), 'image'],
    ['a secret that is not there', pending(waiting('CreateContainerConfigError')), 'configuration'],
    ['a crash loop', running(waiting('CrashLoopBackOff')), 'crash-loop'],
    ['no node that fits', pending(unscheduled(2)), 'unschedulable'],
    ['no node yet', pending(unscheduled(0.5), 0.5), undefined],
    ['a gate that somebody has put', pending(unscheduled(30, 'SchedulingGated')), undefined],
    ['a start that takes too long', pending(waiting('ContainerCreating')), 'not-starting'],
    ['a start', pending(waiting('ContainerCreating'), 5), undefined],
    ['a pod that no kubelet has touched', pending({}), 'not-starting'],
    ['a kill for memory of this hour', running(killed(30, true)), 'out-of-memory'],
    ['a kill for memory of yesterday', running(killed(1500, true)), undefined],
    ['a kill for memory that it has not got over', running({ ...killed(1500, false) }), 'out-of-memory'],
    ['one that is not ready', running(notReady(6)), 'not-ready'],
    ['one that is not ready yet', running(notReady(3)), undefined],
    ['one that is done', running(notReady(60, 'PodCompleted')), undefined],
    ['one that succeeded', { status: { phase: 'Succeeded', ...waiting('CrashLoopBackOff') } }, undefined],
    ['a try of a job that failed', { status: { phase: 'Failed', startTime: ago(10) } }, undefined],
    ['an eviction', { status: { phase: 'Failed', reason: 'Evicted', startTime: ago(40) } }, 'evicted'],
    ['an eviction of a pod that ran for long', evictedAfterLong(30), 'evicted'],
    ['an old eviction of a pod that ran for long', evictedAfterLong(90), undefined],
    ['an old eviction', { status: { phase: 'Failed', reason: 'Evicted', startTime: ago(1000) } }, undefined],
    ['one that does not go', running(notReady(60), { deletionTimestamp: ago(20) }), 'terminating'],
    ['one that goes', running(notReady(60), { deletionTimestamp: ago(5) }), undefined],
    ['a pod without anything', {}, undefined],
  ])('of %s', (_what, pod, expected) => {
    expect(troubleOfPod(pod, NOW)?.symptom).toBe(expected);
  });

  it('names the container, what it says, and since when', () => {
    const status = {
      ...notReady(20),
      containerStatuses: [
        { name: 'web', state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s' } } },
      ],
    };
    expect(troubleOfPod(running(status), NOW)).toMatchObject({
      symptom: 'crash-loop',
      container: 'web',
      message: 'CrashLoopBackOff: back-off 5m0s',
      since: ago(20),
    });
  });
});

describe('failing-workloads', () => {
  const pod = (name: string, owner: object | undefined, status: object, namespace = 'shop') => ({
    metadata: {
      ...{ name, namespace, labels: { 'pod-template-hash': '5d8f7c' } },
      ...(owner === undefined ? {} : { ownerReferences: [owner] }),
    },
    spec: { nodeName: 'n1' },
    status: { phase: 'Running', ...status },
  });
  const web = { kind: 'ReplicaSet', name: 'web-5d8f7c' };
  const list = dataOf({
    items: [
      pod('other', undefined, waiting('CrashLoopBackOff')),
      pod('web-1', web, notReady(10)),
      pod('web-2', web, waiting('ImagePullBackOff')),
      pod('web-3', web, { conditions: [{ type: 'Ready', status: 'True' }] }),
      pod('etcd-0', { kind: 'StatefulSet', name: 'etcd' }, waiting('CrashLoopBackOff'), 'clusters-blue'),
      pod('kube-proxy', { kind: 'Node', name: 'n1' }, notReady(10), 'kube-system'),
      pod('late', { kind: 'ReplicaSet', name: 'bare' }, { phase: 'Pending', ...waiting('ErrImagePull') }),
    ],
  });
  const hosted = dataOf({ items: [{ metadata: { namespace: 'clusters', name: 'blue' } }] });

  function find(settings: Readonly<Record<string, string>>, other?: StepData): readonly unknown[] {
    const context = { now: NOW, inputs: {}, settings };
    return failingWorkloads(list, () => other, context)?.map(({ item }) => item) ?? [];
  }

  it('tells each owner once, with the most telling of its pods, those with the most pods first', () => {
    expect(find({})).toMatchObject([
      { kind: 'deployment', namespace: 'shop', name: 'web', pods: 2, symptom: 'image', pod: 'web-2', node: 'n1' },
      { kind: 'pod', name: 'other', pods: 1, symptom: 'crash-loop', hostedCluster: '' },
      { kind: 'statefulset', namespace: 'clusters-blue', name: 'etcd', hostedCluster: '' },
      { kind: 'pod', name: 'kube-proxy', symptom: 'not-ready' },
      { kind: 'replicaset', name: 'bare' },
    ]);
  });

  it('knows which belong to the control plane of a hosted cluster', () => {
    const [, , etcd] = find({ hostedClusters: 'hosted-clusters' }, hosted);
    expect(etcd).toMatchObject({ name: 'etcd', hostedCluster: 'blue' });
  });

  it('looks at one phase when it is asked to', () => {
    expect(find({ phase: 'Pending' })).toMatchObject([{ name: 'bare', pods: 1 }]);
  });

  it('does not read what is no list of objects', () => {
    expect(
      failingWorkloads(dataOf('no json'), () => undefined, { now: NOW, inputs: {}, settings: {} }),
    ).toBeUndefined();
  });
});
