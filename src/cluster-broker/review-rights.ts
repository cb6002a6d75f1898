import type { NeededRight } from '../playbook/needed-rights.ts';
import { each, isAllowed, listNamespaces } from './self-test.ts';
import type { Upstream } from './upstream.ts';

/** What a credential may read, of what playbooks need. */
export interface RightsReview {
  readonly granted: number;
  readonly denied: readonly NeededRight[];
}

/** Namespaces of hosted control planes: those that playbooks look into. */
const CONTROL_PLANE = /^clusters-/u;
/** A right that is granted in none of so many namespaces, control planes first, is granted nowhere. */
const PROBED = 20;

/**
 * Asks the API server for each right by a SelfSubjectAccessReview, which changes nothing. Throws when the question itself is
 * not answered. A right in every namespace may be granted namespace by namespace, as that to logs is: then it is denied
 * only in the namespaces of control planes that were left out.
 */
export async function reviewRights(
  api: Upstream,
  rights: readonly NeededRight[],
  signal: AbortSignal,
): Promise<RightsReview> {
  const refused = await deniedOf(api, rights, signal);
  const spread = refused.filter(({ what, namespace }) => what.kind === 'resource' && namespace === undefined);
  if (spread.length === 0) return { granted: rights.length - refused.length, denied: refused };
  const { namespaces } = await listNamespaces(api, signal);
  const denied: NeededRight[] = [];
  let granted = rights.length - refused.length;
  for (const right of refused) {
    const missing = spread.includes(right) ? await leftOut(api, right, { namespaces, signal }) : [right];
    denied.push(...missing);
    if (missing.length === 0) granted += 1;
  }
  return { granted, denied };
}

async function leftOut(
  api: Upstream,
  right: NeededRight,
  { namespaces, signal }: { readonly namespaces: readonly string[]; readonly signal: AbortSignal },
): Promise<readonly NeededRight[]> {
  const deniedIn = async (places: readonly string[]): Promise<readonly NeededRight[]> =>
    await deniedOf(
      api,
      places.map((namespace) => ({ ...right, namespace })),
      signal,
    );
  const [first, rest] = [namespaces.slice(0, PROBED), namespaces.slice(PROBED)];
  const denied = await deniedIn(first);
  if (denied.length === first.length) return [right];
  return [...denied, ...(await deniedIn(rest))].filter(({ namespace = '' }) => CONTROL_PLANE.test(namespace));
}

async function deniedOf(
  api: Upstream,
  rights: readonly NeededRight[],
  signal: AbortSignal,
): Promise<readonly NeededRight[]> {
  const answers = await each(rights, async (right) => ({
    right,
    isGranted: await isAllowed(api, specOf(right), signal),
  }));
  return answers.flatMap(({ right, isGranted }) => (isGranted ? [] : [right]));
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
