import { API_KINDS, type ApiKind } from '../support/api-kinds.ts';
import { waitUntil } from '../support/wait-until.ts';
import type { ApiObject, ClusterApi } from './cluster-api.ts';

/**
 * Definitions of the kinds of HyperShift, Cluster API, OpenShift, cert-manager, Argo CD and Prometheus in their smallest
 * form: names and scope are theirs, every field is accepted.
 */
export async function applyDefinitions(
  api: ClusterApi,
  kinds: readonly ApiKind[] = API_KINDS.filter(({ isCustom }) => isCustom),
): Promise<void> {
  await Promise.all(kinds.map((kind) => api.apply(definition(kind))));
  for (const kind of kinds) {
    const root = `/apis/${kind.group}/${kind.version}`;
    await waitUntil(async () => (await api.send('GET', `${root}/${kind.resource}`)).status === 200, {
      what: `the API of ${kind.resource}.${kind.group}`,
    });
  }
}

function definition({ group, version, kind, resource, isNamespaced }: ApiKind): ApiObject {
  const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${resource}.${group}`,
      // Groups of Kubernetes itself want to know who approved a definition.
      annotations: { 'api-approved.kubernetes.io': 'unapproved, for tests' },
    },
    spec: {
      group,
      names: { plural: resource, singular: kind.toLowerCase(), kind, listKind: `${kind}List` },
      scope: isNamespaced ? 'Namespaced' : 'Cluster',
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: anything },
          subresources: { status: {} },
        },
      ],
    },
  };
}
