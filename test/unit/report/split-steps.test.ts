import { expect, it } from 'vitest';
import { splitSteps } from '../../../src/report/split-steps.ts';

it('shows three steps at once, and every warning with them', () => {
  const steps = ['a', 'b', 'c', 'd', 'Do not restart etcd.', 'e', 'Never delete the volume.'];
  const { now, later } = splitSteps(steps.map((action) => ({ action, risk: 'none' })));
  expect(now.map(({ action }) => action)).toEqual(['a', 'b', 'c', 'Do not restart etcd.', 'Never delete the volume.']);
  expect(later.map(({ action }) => action)).toEqual(['d', 'e']);
});
