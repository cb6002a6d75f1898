import { expect, it } from 'vitest';
import { nodeRequests } from '../../../src/playbook/detectors/node-requests.ts';
import type { Candidate } from '../../../src/playbook/detectors/detector.ts';

const dataOf = (root: unknown) => ({ root, lines: [], spanOf: () => undefined, isPartial: false });
const around = { now: new Date(0), inputs: {}, settings: {} };
const node = { metadata: { name: 'n1' }, status: { allocatable: { cpu: '4', memory: '10Gi', pods: '10' } } };

function asks(cpu: string, more: object = {}) {
  return { resources: { requests: { cpu } }, ...more };
}

function on(nodeName: string | undefined, spec: object) {
  return { metadata: { name: 'p' }, spec: { nodeName, ...spec } };
}

function find(pods: readonly unknown[], nodes: unknown = { items: [node] }): readonly Candidate[] | undefined {
  return nodeRequests(dataOf({ items: pods }), () => (nodes === undefined ? undefined : dataOf(nodes)), around);
}

it.each<[string, object, number]>([
  ['its containers together', { containers: [asks('1'), asks('500m'), {}] }, 37],
  [
    'the largest of the containers that end first',
    { containers: [asks('1')], initContainers: [asks('3'), asks('2')] },
    75,
  ],
  [
    'the containers that stay beside the others',
    { containers: [asks('1')], initContainers: [asks('1', { restartPolicy: 'Always' })] },
    50,
  ],
  ['what its runtime adds', { containers: [asks('1')], overhead: { cpu: '1' } }, 50],
])('counts for a pod %s', (_what, spec, cpuPercent) => {
  expect(find([on('n1', spec)])?.map(({ item }) => item)).toEqual([
    { name: 'n1', pods: 1, cpuPercent, memoryPercent: 0, podsPercent: 10 },
  ]);
});

it('leaves out pods without a node, and nodes without pods', () => {
  expect(find([on(undefined, { containers: [asks('9')] })])).toEqual([]);
});

it('says nothing without the nodes', () => {
  const pods = dataOf({ items: [on('n1', { containers: [] })] });
  expect(nodeRequests(pods, () => undefined, around)).toBeUndefined();
});
