import { describe, expect, it } from 'vitest';
import { isIdentityOnly } from '../../../src/playbook/identity.ts';

describe('a quote that only names its object', () => {
  it.each([
    '"type": "Available"',
    '"kind": "StatefulSet",',
    '"creationTimestamp": "2026-11-20T11:10:00Z"',
    '"handle": 6',
    '"metadata": { "name": "shop", "namespace": "clusters", "uid": "u-1" }',
    '"name": "a \\"quoted\\" name"',
  ])('is %s', (quote) => {
    expect(isIdentityOnly(quote)).toBe(true);
  });

  it.each([
    '{ "type": "Ready", "status": "False" }',
    '"readyReplicas": 1',
    '"status": {}',
    '"to": { "kind": "Service", "name": "oauth" }',
    'a line of a log with "name": "x"',
    '[-]etcd failed: reason withheld',
    '',
  ])('is not %s', (quote) => {
    expect(isIdentityOnly(quote)).toBe(false);
  });
});
