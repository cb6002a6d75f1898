import type { Playbook, PlaybookRbac, PlaybookStep } from '../../src/schema/generated.ts';
import { kubectlRequests, type KubectlRequest } from './kubectl-requests.ts';

/** A step that runs kubectl, and everything that kubectl asks for it. */
export interface KubernetesStep {
  readonly step: PlaybookStep;
  /** Namespace that a scope of its rights means. */
  readonly scopeOf: (scope: string) => string;
  readonly requests: readonly KubectlRequest[];
}

/** An input named `namespace` becomes `the-namespace`, unless `values` say what it is. */
export function kubernetesSteps(
  { spec }: Playbook,
  values: Readonly<Record<string, string>> = {},
): readonly KubernetesStep[] {
  const scopeOf = (text: string): string =>
    text.replaceAll(/\$\{(?<name>\w+)\}/gu, (_, name: string) => values[name] ?? `the-${name.toLowerCase()}`);
  return spec.steps.flatMap((step) => {
    const commands = [step.argv, ...(step.fallback ?? []).map(({ argv }) => argv)];
    const requests = commands
      .filter((argv) => argv?.[0] === 'kubectl')
      .flatMap((argv) => kubectlRequests((argv ?? []).map(scopeOf)));
    return requests.length === 0 ? [] : [{ step, scopeOf, requests }];
  });
}

/** Whether the rights that a step names grant a request, as RBAC matches them. */
export function isGranted(
  rights: readonly PlaybookRbac[],
  request: KubectlRequest,
  scopeOf: (scope: string) => string,
): boolean {
  return rights.some(({ group = '', resource = '', url, names, verbs, scope = 'cluster' }) => {
    if (request.kind === 'url') return url === request.path.split('?')[0];
    const isThere = scope === 'cluster' || scopeOf(scope) === request.namespace;
    const isNamed = names === undefined || (request.name !== undefined && names.includes(request.name));
    const resources = resource.split(',').map((each) => each.trim());
    return (
      isThere &&
      isNamed &&
      group === request.group &&
      resources.includes(request.resource) &&
      verbs.includes(request.verb)
    );
  });
}
