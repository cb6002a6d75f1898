import type { NeededRight } from '../playbook/needed-rights.ts';
import { each, isAllowed } from './self-test.ts';
import type { Upstream } from './upstream.ts';

/** What a credential may read, of what playbooks need. */
export interface RightsReview {
  readonly granted: number;
  readonly denied: readonly NeededRight[];
}

/**
 * Asks the API server for each right by a SelfSubjectAccessReview, which changes nothing. A right in every namespace
 * counts as denied when it is granted in some of them only. Throws when the question itself is not answered.
 */
export async function reviewRights(
  api: Upstream,
  rights: readonly NeededRight[],
  signal: AbortSignal,
): Promise<RightsReview> {
  const answers = await each(rights, async (right) => ({
    right,
    isGranted: await isAllowed(api, specOf(right), signal),
  }));
  const denied = answers.flatMap(({ right, isGranted }) => (isGranted ? [] : [right]));
  return { granted: rights.length - denied.length, denied };
}

function specOf({ verb, what, namespace }: NeededRight): Readonly<Record<string, unknown>> {
  if (what.kind === 'url') return { nonResourceAttributes: { verb, path: what.url } };
  const [resource, subresource] = what.resource.split('/');
  return {
    resourceAttributes: {
      ...{ verb, group: what.group, resource },
      ...(subresource === undefined ? {} : { subresource }),
      ...(what.name === undefined ? {} : { name: what.name }),
      ...(namespace === undefined ? {} : { namespace }),
    },
  };
}
