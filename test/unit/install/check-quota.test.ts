import { expect, it } from 'vitest';
import { roomFaults, type Demand } from '../../../src/install/check-quota.ts';
import { demandsOf } from '../../../src/install/demands.ts';
import { formatAmount } from '../../../src/install/pod-needs.ts';
import type { YamlObject } from '../../../src/schema/yaml-objects.ts';

const PROCESSOR: YamlObject = {
  kind: 'StatefulSet',
  metadata: { name: 'claude-processor' },
  spec: {
    replicas: 1,
    template: {
      spec: {
        containers: [{ resources: { requests: { cpu: '250m', memory: '1Gi' }, limits: { cpu: '2', memory: '3Gi' } } }],
      },
    },
  },
};
const BINDER: YamlObject = {
  kind: 'CronJob',
  metadata: { name: 'claude-log-binder' },
  spec: { jobTemplate: { spec: { template: { spec: { containers: [{}] } } } } },
};
const EXECUTOR = { kind: 'kubernetes-job', maxJobs: 3, resources: { memory: '2Gi' } } as const;
const SESSIONS = { kubeconfigFile: 'x', image: 'x', maxSessions: 4, model: { kind: 'broker' } } as const;

function quota(hard: Readonly<Record<string, string>>, spec: object = {}): YamlObject {
  return { kind: 'ResourceQuota', metadata: { name: 'small' }, spec: { hard, ...spec } };
}

function faults(
  quotas: readonly YamlObject[],
  {
    ranges = [],
    namespace = 'claude-warroom',
  }: { readonly ranges?: readonly YamlObject[]; readonly namespace?: string } = {},
): readonly string[] {
  const demands = demandsOf({ executor: EXECUTOR, sessions: SESSIONS }, [PROCESSOR, BINDER]);
  return roomFaults({ quotas, ranges }, demands.get(namespace) ?? []);
}

it.each<[string, Readonly<Record<string, string>>, object, string | undefined]>([
  ['room for all', { pods: '5', 'limits.memory': '9Gi', 'requests.cpu': '550m' }, {}, undefined],
  ['too few pods', { pods: '4' }, {}, 'pods 4 where 5 may be needed'],
  ['pods by their other name', { 'count/pods': '4' }, {}, 'count/pods 4 where 5 may be needed'],
  ['too little memory', { 'limits.memory': '8Gi' }, {}, 'limits.memory 8Gi where 9Gi may be needed'],
  ['too few processors', { 'limits.cpu': '4500m' }, {}, 'limits.cpu 4500m where 5 may be needed'],
  ['requests by their short name', { cpu: '500m' }, {}, 'cpu 500m where 550m may be needed'],
  ['too few Jobs', { 'count/jobs.batch': '2' }, {}, 'count/jobs.batch 2 where 3 may be needed'],
  ['too few Secrets', { secrets: '2' }, {}, 'secrets 2 where 3 may be needed'],
  ['what nobody of us needs', { persistentvolumeclaims: '0' }, {}, undefined],
  ['pods without a deadline alone', { pods: '4' }, { scopes: ['NotTerminating'] }, 'pods 4 where 5 may be needed'],
  ['pods with a deadline alone', { pods: '0' }, { scopes: ['Terminating'] }, undefined],
  ['pods of the least class alone', { pods: '0' }, { scopes: ['BestEffort'] }, undefined],
  ['pods of some priority alone', { pods: '0' }, { scopeSelector: { matchExpressions: [{}] } }, undefined],
])('tells of a quota with %s', (_what, hard, spec, expected) => {
  const who = 'claude-processor, claude-log-binder and 3 agents';
  expect(faults([quota(hard, spec)])).toEqual(
    expected === undefined ? [] : [`quota small has no room for ${who}: ${expected}`],
  );
});

it('counts sessions in their own namespace, as pods with a deadline', () => {
  const namespace = 'claude-warroom-sessions';
  expect(faults([quota({ pods: '3' }, { scopes: ['Terminating'] })], { namespace })).toEqual([
    'quota small has no room for 4 sessions: pods 3 where 4 may be needed',
  ]);
  expect(faults([quota({ 'limits.memory': '4Gi', secrets: '4' })], { namespace })).toEqual([]);
});

it('names a limit range that refuses an agent', () => {
  const range = (type: string, max: object): YamlObject => ({
    ...{ kind: 'LimitRange', metadata: { name: 'tight' }, spec: { limits: [{ type, max }] } },
  });
  expect(faults([], { ranges: [range('Container', { memory: '2560Mi' })] })).toEqual([
    'limit range tight refuses claude-processor: at most memory 2560Mi where 3Gi is asked for',
  ]);
  expect(faults([], { ranges: [range('Container', { memory: '3Gi' })] })).toEqual([]);
  expect(faults([], { ranges: [range('PersistentVolumeClaim', { storage: '1Gi' })] })).toEqual([]);
});

it('counts nothing for what the configuration leaves out', () => {
  const demands: readonly Demand[] =
    demandsOf({ executor: { kind: 'local-process' } }, [PROCESSOR]).get('claude-warroom') ?? [];
  expect(demands.map(({ what, count }) => [what, count])).toEqual([['claude-processor', 1]]);
});

it.each([
  ['limits.memory', 2 ** 31, '2Gi'],
  ['limits.memory', 1536 * 2 ** 20, '1536Mi'],
  ['requests.storage', 2 ** 41, '2Ti'],
  ['requests.memory', 1000, '1000'],
  ['requests.memory', 0, '0'],
  ['limits.cpu', 2, '2'],
  ['limits.cpu', 0.3 + 0.6, '900m'],
  ['pods', 7, '7'],
])('writes %s %d as the API server does: %s', (resource, amount, text) => {
  expect(formatAmount(resource, amount)).toBe(text);
});
