import { describe, expect, it } from 'vitest';
import { refuseOtherTarget } from '../../../src/processor/refuse-other-target.ts';
import { exampleRequest } from '../../support/example-request.ts';

const cluster = { type: 'host', name: 'this-host' } as const;

function asked(identity?: string): typeof exampleRequest {
  const targetCluster = { ...cluster, ...(identity === undefined ? {} : { identity }) };
  return { ...exampleRequest, spec: { ...exampleRequest.spec, targetCluster } };
}

const target = (identity: string): Parameters<typeof refuseOtherTarget>[0] => ({
  identify: () => Promise.resolve({ kind: 'local', identity, name: 'web-1', platform: 'linux' }),
});

describe('the target that a request demands', () => {
  it.each([
    ['demands none', undefined, 'machine-2'],
    ['demands this one', 'machine-1', 'machine-1'],
  ])('is looked at when the request %s', async (_what, demanded, identity) => {
    await expect(refuseOtherTarget(target(identity), { request: asked(demanded), cluster })).resolves.toBeUndefined();
  });

  it.each([
    ['is another one', 'machine-2', 'it is machine-2, and the request says machine-1'],
    ['cannot say who it is', 'unknown', 'it cannot be asked who it is'],
  ])('is refused when it %s', async (_what, identity, why) => {
    await expect(refuseOtherTarget(target(identity), { request: asked('machine-1'), cluster })).rejects.toMatchObject({
      code: 'not-allowed',
      message: 'this-host is not the target that the request demands',
      why,
    });
  });
});
