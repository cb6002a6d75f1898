import { describe, expect, it } from 'vitest';
import { CRITICAL_PERMISSIONS, findExcess, formatPermission } from '../../../src/cluster-broker/access-rules.ts';
import { ALLOWED_RESOURCES } from '../../../src/cluster-broker/allowed-resources.ts';

const rule = (verbs: string[], apiGroups: string[], resources: string[]) => ({ verbs, apiGroups, resources });

describe('what a credential may do too much', () => {
  it('finds nothing in rules that only read what the broker forwards', () => {
    const rules = ALLOWED_RESOURCES.map(({ group, resources }) =>
      rule(['get', 'list', 'watch'], [group], [...resources]),
    );
    const own = rule(['create'], ['authorization.k8s.io'], ['selfsubjectaccessreviews', 'selfsubjectrulesreviews']);
    expect(findExcess([...rules, own, rule(['get'], [''], ['pods/log'])])).toEqual([]);
  });

  it.each([
    [rule(['get'], [''], ['secrets']), ['get secrets']],
    [rule(['list'], ['', 'apps'], ['secrets', 'pods']), ['list secrets']],
    [rule(['get'], [''], ['pods/exec']), ['get pods/exec']],
    [rule(['create'], [''], ['pods/attach', 'pods/portforward']), ['create pods/attach', 'create pods/portforward']],
    [rule(['get'], ['*'], ['nodes/proxy']), ['get nodes/proxy']],
    [rule(['create'], [''], ['serviceaccounts/token']), ['create serviceaccounts/token']],
    [rule(['impersonate'], [''], ['users']), ['impersonate users']],
    [rule(['create'], [''], ['pods']), ['create pods']],
    [rule(['patch'], ['apps'], ['deployments']), ['patch deployments.apps']],
    [rule(['delete'], ['hypershift.openshift.io'], ['nodepools']), ['delete nodepools.hypershift.openshift.io']],
    [rule(['bind'], ['rbac.authorization.k8s.io'], ['clusterroles']), ['bind clusterroles.rbac.authorization.k8s.io']],
    [rule(['get'], [''], ['*/proxy']), ['get pods/proxy', 'get services/proxy', 'get nodes/proxy']],
    [rule(['patch'], ['other.example.com'], ['things']), []],
  ])('finds in %j what is too much', (given, expected) => {
    expect(findExcess([given])).toEqual(expected);
  });

  it('finds everything in a star', () => {
    const excess = findExcess([rule(['*'], ['*'], ['*'])]);
    expect(excess).toEqual(expect.arrayContaining(CRITICAL_PERMISSIONS.map(formatPermission)));
    expect(findExcess([rule(['get', 'list'], ['*'], ['*'])])).toContain('get pods/exec');
  });
});
