import type { NeededRole, NeededRule } from '../playbook/needed-access.ts';

/** One thing that somebody may or may not do, as RBAC is asked about it. */
export interface AccessQuestion {
  readonly verb: string;
  readonly group: string;
  /** `pods/log` names a subresource; empty for an address. */
  readonly resource: string;
  readonly name?: string;
  /** Absent: in the whole cluster. */
  readonly namespace?: string;
  /** An address that is no resource, such as `/readyz`. */
  readonly url?: string;
}

/**
 * What the answer must be yes to: everything that playbooks say they need, on one side. Where an input names the namespace,
 * it is asked for in each of `controlPlanes`. What needs `create`, which is exec-read, is left to administrators who add it.
 */
export function neededQuestions(
  roles: readonly NeededRole[],
  facts: { readonly side: NeededRole['side']; readonly controlPlanes: readonly string[] },
): readonly AccessQuestion[] {
  const questions = roles
    .filter(({ side }) => side === facts.side)
    .flatMap(({ scope, rules }) =>
      placesOf(scope, facts.controlPlanes).flatMap((place) => rules.flatMap((rule) => questionsOf(rule, place))),
    );
  return unique(questions.filter(({ verb }) => verb !== 'create'));
}

/** `<hcpNamespace>` is each namespace of a control plane; other inputs may name any, which nobody can ask about. */
function placesOf(scope: string, controlPlanes: readonly string[]): readonly { readonly namespace?: string }[] {
  if (scope === 'cluster') return [{}];
  if (scope === '<hcpNamespace>') return controlPlanes.map((namespace) => ({ namespace }));
  return scope.startsWith('<') ? [] : [{ namespace: scope }];
}

function questionsOf(
  { apiGroups = [''], resources = [], resourceNames, nonResourceURLs = [], verbs }: NeededRule,
  place: { readonly namespace?: string },
): readonly AccessQuestion[] {
  return verbs.flatMap((verb) => [
    ...nonResourceURLs.map((url) => ({ verb, group: '', resource: '', url })),
    ...resources.flatMap((resource) =>
      (resourceNames ?? [undefined]).map((name) => ({
        verb,
        group: apiGroups[0] ?? '',
        resource,
        ...(name === undefined ? {} : { name }),
        ...place,
      })),
    ),
  ]);
}

function unique(questions: readonly AccessQuestion[]): readonly AccessQuestion[] {
  return [...new Map(questions.map((each) => [JSON.stringify(each), each])).values()];
}

/** `list pods in clusters-prod-1`, as a person would say it. */
export function formatQuestion({ verb, group, resource, name, namespace, url }: AccessQuestion): string {
  const what = url ?? `${resource}${group === '' ? '' : `.${group}`}${name === undefined ? '' : `/${name}`}`;
  return `${verb} ${what}${namespace === undefined ? '' : ` in ${namespace}`}`;
}
