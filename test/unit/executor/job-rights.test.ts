import { expect, it } from 'vitest';
import { excessiveRights, missingRights } from '../../../src/executor/kubernetes-job/job-rights.ts';
import type { Right } from '../../../src/kubernetes/client.ts';

function account(may: (right: Right) => boolean): Parameters<typeof missingRights>[0] {
  return { isAllowed: (right) => Promise.resolve(may(right)) };
}

it('names each right that is missing', async () => {
  expect(await missingRights(account(() => true))).toEqual([]);
  const mayNot = account(({ resource, subresource }) => resource !== 'secrets' && subresource !== 'log');
  expect(await missingRights(mayNot)).toEqual(['get pods/log', 'create secrets']);
});

it('names rights that make more of the account than it should be', async () => {
  expect(await excessiveRights(account(() => false))).toEqual([]);
  const mayToo = account(({ verb, subresource }) => verb === 'get' || subresource === 'exec');
  expect(await excessiveRights(mayToo)).toEqual(['get secrets', 'get pods/exec', 'create pods/exec']);
});
