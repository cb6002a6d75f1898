import { expect, it } from 'vitest';
import { nodeUsage } from '../../../src/playbook/detectors/node-usage.ts';

const dataOf = (root: unknown) => ({ root, lines: [], spanOf: () => undefined, isPartial: false });
const around = { now: new Date(0), inputs: {}, settings: {} };
const node = { metadata: { name: 'n1' }, status: { allocatable: { cpu: '3500m', memory: '10Gi' } } };
const metric = { metadata: { name: 'n1' }, usage: { cpu: '1750m', memory: '5Gi' } };

it('gives the share of what pods may take', () => {
  const found = nodeUsage(dataOf({ items: [metric] }), () => dataOf({ items: [node] }), around);
  expect(found?.map(({ item }) => item)).toEqual([{ name: 'n1', cpuPercent: 50, memoryPercent: 50 }]);
});

it('says nothing about a node that is not in the list, and nothing at all without the list', () => {
  expect(nodeUsage(dataOf({ items: [metric] }), () => dataOf({ items: [] }), around)).toEqual([]);
  expect(nodeUsage(dataOf({ items: [metric] }), () => undefined, around)).toBeUndefined();
});
