import { expect, it } from 'vitest';
import { policyPath } from '../../../src/processor/policy-gate.ts';

it.each([
  [{ trust: 'open' as const }, undefined],
  [{ trust: 'open' as const, trustDir: '/etc/trust' }, '/etc/trust/policy.yaml'],
  [{ trust: 'required' as const, trustDir: '/etc/trust' }, '/etc/trust/policy.yaml'],
])('finds the policy of %j', (settings, path) => {
  expect(policyPath(settings)).toBe(path);
});

it('does not let a processor that requires signatures do without a policy', () => {
  expect(() => policyPath({ trust: 'required' })).toThrow(
    expect.objectContaining({
      code: 'not-allowed',
      message: 'the processor has no policy',
      why: 'the configuration says trust: required and names no trustDir',
    }) as Error,
  );
});
