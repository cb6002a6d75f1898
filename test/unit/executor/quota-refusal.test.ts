import { expect, it } from 'vitest';
import { isBeyondQuota } from '../../../src/executor/kubernetes-job/quota-refusal.ts';

const refused = (requested: string, used: string, limited: string): string =>
  `exceeded quota: small, requested: ${requested}, used: ${used}, limited: ${limited}`;

it.each([
  ['a pod where none may be', refused('pods=1', 'pods=0', 'pods=0'), true],
  [
    'more memory than there is for everybody',
    refused('limits.memory=2Gi', 'limits.memory=0', 'limits.memory=1536Mi'),
    true,
  ],
  ['one of several resources', refused('limits.cpu=1,pods=1', 'limits.cpu=0,pods=4', 'limits.cpu=500m,pods=4'), true],
  ['what others use now', refused('pods=1', 'pods=4', 'pods=4'), false],
  ['as much as there is for everybody', refused('limits.cpu=1', 'limits.cpu=1', 'limits.cpu=1000m'), false],
  ['something that is not limited', refused('pods=1', 'limits.cpu=1', 'limits.cpu=1'), false],
  ['a quota that says no amounts', 'exceeded quota: small', false],
  ['amounts that are none', refused('pods=many', 'pods=1', 'pods=few'), false],
])('tells whether it can ever have %s', (_what, message, isBeyond) => {
  expect(isBeyondQuota(message)).toBe(isBeyond);
});
