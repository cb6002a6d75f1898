import { describe, expect, it } from 'vitest';
import {
  classifyJob,
  describeFault,
  describeWait,
  type JobFault,
  type JobSight,
} from '../../../src/executor/kubernetes-job/classify-job.ts';
import type { ApiObject } from '../../../src/kubernetes/resource.ts';

function object(status: Readonly<Record<string, unknown>>, metadata = {}): ApiObject {
  return { metadata: { name: 'agent-x', ...metadata }, status };
}

const job = object({});
const failed = (reason: string): ApiObject =>
  object({ conditions: [{ type: 'Failed', status: 'True', reason, message: 'it failed' }] });
const disrupted = (reason: string): ApiObject =>
  object({
    phase: 'Failed',
    conditions: [{ type: 'DisruptionTarget', status: 'True', reason, message: 'taken away' }],
  });
const container = (state: unknown, phase: string): ApiObject => object({ phase, containerStatuses: [{ state }] });

function look(sight: Partial<JobSight>): ReturnType<typeof classifyJob> {
  return classifyJob({ job, events: [], hadPod: sight.pod !== undefined, ...sight });
}

describe('a Job that failed', () => {
  const cases: readonly (readonly [JobFault, string, Partial<JobSight>])[] = [
    ['DeadlineExceeded', 'its deadline', { job: failed('DeadlineExceeded'), pod: disrupted('DeletionByTaintManager') }],
    ['DeadlineExceeded', 'that of its pod', { pod: object({ phase: 'Failed', reason: 'DeadlineExceeded' }) }],
    ['Evicted', 'by the kubelet', { pod: object({ phase: 'Failed', reason: 'Evicted', message: 'low on memory' }) }],
    ['Evicted', 'by the eviction API', { pod: disrupted('EvictionByEvictionAPI') }],
    ['Evicted', 'by a pod of higher priority', { pod: disrupted('PreemptionByScheduler') }],
    ['NodeLost', 'by the taint manager', { pod: disrupted('DeletionByTaintManager') }],
    ['NodeLost', 'by the collector of pods', { pod: disrupted('DeletionByPodGC') }],
    ['NodeLost', 'unknown phase', { pod: object({ phase: 'Unknown' }) }],
    ['NodeLost', 'its old name', { pod: object({ phase: 'Running', reason: 'NodeLost' }) }],
    ['OOMKilled', 'memory', { pod: container({ terminated: { exitCode: 137, reason: 'OOMKilled' } }, 'Failed') }],
    ['AgentFailed', 'an exit code', { pod: container({ terminated: { exitCode: 1, reason: 'Error' } }, 'Failed') }],
    ['AgentFailed', 'no pod was ever seen', { job: failed('BackoffLimitExceeded') }],
    ['PodDeleted', 'the Job counts a pod that is gone', { job: failed('BackoffLimitExceeded'), hadPod: true }],
    ['PodDeleted', 'a pod that is gone', { hadPod: true }],
    ['JobDeleted', 'no Job', { job: undefined }],
  ];
  it.each(cases)('says %s: %s', (fault, _why, sight) => {
    expect(look(sight)).toMatchObject({ kind: 'failed', fault: { fault } });
  });
});

describe('the end of a Job', () => {
  it.each([
    [
      'that its Job tells of before its pod',
      { job: failed('BackoffLimitExceeded'), pod: object({ phase: 'Running' }), hadPod: true },
      true,
    ],
    ['whose pod is gone', { hadPod: true }, true],
    ['that is gone itself', { job: undefined }, true],
    ['that its pod tells of', { pod: disrupted('EvictionByEvictionAPI') }, false],
    ['that is its deadline', { job: failed('DeadlineExceeded') }, false],
  ])('%s may be told better: %j', (_, sight, isGuess) => {
    expect(look(sight)).toMatchObject({ kind: 'failed', isGuess });
  });
});

describe('a Job that waits', () => {
  const quota = 'Error creating: pods "agent-x" is forbidden: exceeded quota: small, requested: pods=1';
  const waiting = (reason: string): ApiObject =>
    container({ waiting: { reason, message: 'no such image' } }, 'Pending');
  const cases: readonly (readonly [JobFault | undefined, string, Partial<JobSight>])[] = [
    [undefined, 'nothing is said', {}],
    ['QuotaExceeded', 'a quota', { events: [{ reason: 'FailedCreate', message: quota }] }],
    ['FailedCreate', 'an admission rule', { events: [{ reason: 'FailedCreate', message: 'denied by a webhook' }] }],
    [undefined, 'another event', { events: [{ reason: 'SuccessfulCreate', message: 'x' }] }],
    ['ErrImagePull', 'a pull', { pod: waiting('ErrImagePull') }],
    ['ErrImagePull', 'a pull that is tried again', { pod: waiting('ImagePullBackOff') }],
    ['CreateContainerError', 'a container', { pod: waiting('CreateContainerConfigError') }],
    [undefined, 'a container that is made', { pod: waiting('ContainerCreating') }],
    [
      'Unschedulable',
      'no node',
      {
        pod: object({
          phase: 'Pending',
          conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes' }],
        }),
      },
    ],
  ];
  it.each(cases)('names %s: %s', (fault, _why, sight) => {
    const state = look(sight);
    expect(state.kind).toBe('waiting');
    expect(state.kind === 'waiting' ? state.fault?.fault : 'none').toBe(fault);
  });
});

it('gives a pod up at once that is larger than the quota alone, and says what the quota says', () => {
  const said = 'exceeded quota: small, requested: limits.memory=2Gi, used: limits.memory=0, limited: limits.memory=1Gi';
  const message = `Error creating: pods "agent-x" is forbidden: ${said}`;
  expect(look({ events: [{ reason: 'FailedCreate', message }] })).toEqual({
    ...{ kind: 'failed', fault: { fault: 'QuotaExceeded', said }, isGuess: false },
  });
});

it('says why an agent is not there yet without a word of the cluster', () => {
  expect(describeWait({ fault: 'QuotaExceeded', said: 'hunter2' })).toBe(
    'the quota of the namespace leaves no room for the pod of the agent (QuotaExceeded)',
  );
});

it('tells a Job that runs and one that is done', () => {
  expect(look({ pod: object({ phase: 'Running' }) })).toEqual({ kind: 'running' });
  const done = object({ conditions: [{ type: 'Complete', status: 'True' }] });
  expect(look({ job: done, pod: object({ phase: 'Succeeded' }) })).toEqual({ kind: 'finished' });
});

it('names the fault in the report, with what the cluster said on one clean line, and what helps', () => {
  const state = look({ pod: object({ phase: 'Failed', reason: 'Evicted', message: 'low on\nmemory\u001b[31m' }) });
  if (state.kind !== 'failed') throw new Error(state.kind);
  const { code, message } = describeFault(state.fault);
  expect(code).toBe('crashed');
  expect(message).toMatch(/^the pod of the agent was evicted from its node \(Evicted: low on.memory\); ask again/u);
});
