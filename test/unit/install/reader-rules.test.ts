import { beforeAll, describe, expect, it } from 'vitest';
import { findExcess } from '../../../src/cluster-broker/access-rules.ts';
import { buildKustomization, manifestsDir } from '../../../src/install/kustomization.ts';
import { kindOf, nameOf, namespaceOf } from '../../../src/install/kubernetes-object.ts';
import { builtinPlaybookDir, loadPlaybooks } from '../../../src/playbook/load-playbooks.ts';
import { neededRoles, type NeededRole, type NeededRule } from '../../../src/playbook/needed-access.ts';
import type { YamlObject } from '../../../src/schema/yaml-objects.ts';
import { readerRulesFile } from '../../support/reader-rules.ts';

const FILE = `${manifestsDir()}/access/reader-rules.yaml`;

/** Rules of a role, with empty lists for what is absent. */
interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

function rulesOf(object: YamlObject | undefined): readonly Rule[] {
  const rules = (object?.['rules'] ?? []) as readonly Partial<Rule>[];
  return rules.map((rule) => ({ apiGroups: [], resources: [], verbs: [], ...rule }));
}

describe('the roles of the manifests', () => {
  let roles: readonly NeededRole[];
  let hub: readonly YamlObject[];
  let hosted: readonly YamlObject[];

  beforeAll(async () => {
    const playbooks = (await loadPlaybooks({ builtinDir: builtinPlaybookDir() })).map(({ playbook }) => playbook);
    roles = neededRoles(playbooks);
    hub = await buildKustomization(`${manifestsDir()}/hub`);
    hosted = await buildKustomization(`${manifestsDir()}/hosted`);
  }, 60_000);

  function role(objects: readonly YamlObject[], name: string): YamlObject | undefined {
    return objects.find((object) => kindOf(object) === 'ClusterRole' && nameOf(object) === name);
  }

  it('let a processor read what its broker forwards, and nothing else', async () => {
    await expect(readerRulesFile()).toMatchFileSnapshot(FILE);
  });

  it.each(['hub', 'hosted'] as const)('grant every right that playbooks need on a %s', (side) => {
    const objects = side === 'hub' ? hub : hosted;
    const everywhere = rulesOf(role(objects, 'claude-warroom-reader'));
    const logs = new Set(
      objects
        .filter((object) => kindOf(object) === 'RoleBinding' && nameOf(object) === 'claude-warroom-logs')
        .map(namespaceOf),
    );
    const missing = roles
      .filter((each) => each.side === side)
      .flatMap(({ scope, rules }) => rules.map((rule) => ({ scope, rule })))
      .filter(({ scope, rule }) => {
        if (!rule.resources?.includes('pods/log')) return !grants(everywhere, rule);
        // Where an input names the namespace, the log binder or the administrator binds the role.
        return !scope.startsWith('<') && !logs.has(scope);
      });
    expect(missing.map(({ scope, rule }) => `${scope} ${rule.resources?.join() ?? ''} ${rule.verbs.join()}`)).toEqual(
      [],
    );
  });

  it('hold nothing that makes a processor refuse to start', () => {
    const rules = ['claude-warroom-reader', 'claude-warroom-logs'].flatMap((name) => rulesOf(role(hub, name)));
    expect(findExcess(rules)).toEqual([]);
    expect(JSON.stringify(rules)).not.toContain('"*"');
  });

  it('let the log binder bind one role and do nothing else', () => {
    expect(rulesOf(role(hub, 'claude-log-binder'))).toEqual([
      { apiGroups: [''], resources: ['namespaces'], verbs: ['list'] },
      { apiGroups: ['rbac.authorization.k8s.io'], resources: ['rolebindings'], verbs: ['create'] },
      {
        apiGroups: ['rbac.authorization.k8s.io'],
        resources: ['rolebindings'],
        resourceNames: ['claude-warroom-logs'],
        verbs: ['get'],
      },
      {
        apiGroups: ['rbac.authorization.k8s.io'],
        resources: ['clusterroles'],
        resourceNames: ['claude-warroom-logs'],
        verbs: ['bind'],
      },
    ]);
  });
});

/** Whether every part of a needed rule is granted by some rule without names. */
function grants(rules: readonly Rule[], { apiGroups, resources, nonResourceURLs, verbs }: NeededRule): boolean {
  const urls = nonResourceURLs ?? [];
  return verbs.every(
    (verb) =>
      urls.every((url) =>
        rules.some(
          (rule) =>
            rule.verbs.includes(verb) &&
            (rule.nonResourceURLs ?? []).some((each) =>
              each.endsWith('*') ? url.startsWith(each.slice(0, -1)) : each === url,
            ),
        ),
      ) &&
      (resources ?? []).every((resource) =>
        rules.some(
          (rule) =>
            rule.resourceNames === undefined &&
            rule.verbs.includes(verb) &&
            rule.apiGroups.includes(apiGroups?.[0] ?? '') &&
            rule.resources.includes(resource),
        ),
      ),
  );
}
