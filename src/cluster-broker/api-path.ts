/** What the path of a request to a Kubernetes API names. */
export type ApiPath =
  | {
      readonly kind: 'resource';
      readonly group: string;
      readonly version: string;
      readonly namespace?: string;
      readonly resource: string;
      readonly name?: string;
      readonly subresource?: string;
    }
  /** Lists of groups, versions and resources. */
  | { readonly kind: 'discovery' }
  | { readonly kind: 'schema' }
  | { readonly kind: 'version' }
  /** Health and flow control, as text. */
  | { readonly kind: 'health' }
  | { readonly kind: 'invalid'; readonly why: string };

/** Longer than any path of objects with names of full length. */
const MAX_PATH = 1024;

const GROUP = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/u;
const VERSION = /^v[1-9]\d{0,2}(?:(?:alpha|beta)[1-9]\d{0,2})?$/u;
const RESOURCE = /^[a-z][a-z0-9-]{0,62}$/u;
const NAMESPACE = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/u;
/** Names of objects; some kinds use more than DNS names, none that is readable here needs an escape. */
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._:-]{0,251}[A-Za-z0-9])?$/u;
const HEALTH = /^\/(?:healthz|livez|readyz)(?:\/[a-z0-9][a-z0-9.-]{0,80}){0,3}$/u;
const FLOW_CONTROL = /^\/debug\/api_priority_and_fairness\/(?:dump_priority_levels|dump_queues|dump_requests)$/u;
const SCHEMA =
  /^\/openapi\/(?:v2|v3(?:\/(?:api\/v1|apis\/[a-z0-9.-]{1,253}(?:\/v[0-9a-z]{1,20})?|version|api|apis))?)$/u;

/**
 * Reads a path byte by byte as it stands. There is one way to write every path that may be read, so whatever a server
 * could read in two ways is invalid: escapes, doubled and trailing slashes, dot segments, parameters of segments.
 */
export function parseApiPath(path: string): ApiPath {
  if (path.length > MAX_PATH) return invalid('the path is too long');
  if (!path.startsWith('/')) return invalid('the path must begin with a slash');
  if (path.includes('%')) return invalid('the path must be written without escapes');
  if (!/^[A-Za-z0-9/._:-]+$/u.test(path)) return invalid('the path has characters that no readable path needs');
  const segments = path.slice(1).split('/');
  if (segments.some((segment) => segment === '')) return invalid('the path has an empty segment');
  if (segments.some((segment) => segment.includes('..') || segment === '.'))
    return invalid('the path has a dot segment');

  if (path === '/version') return { kind: 'version' };
  if (HEALTH.test(path) || FLOW_CONTROL.test(path)) return { kind: 'health' };
  if (SCHEMA.test(path)) return { kind: 'schema' };
  const [root, ...rest] = segments;
  if (root === 'api') return parseCore(rest);
  return root === 'apis' ? parseGroup(rest) : invalid('the path is none that can be read here');
}

function parseCore([version, ...rest]: readonly string[]): ApiPath {
  if (version === undefined) return { kind: 'discovery' };
  if (version !== 'v1') return invalid('the core group has the version v1 only');
  return rest.length === 0 ? { kind: 'discovery' } : parseResource({ group: '', version }, rest);
}

function parseGroup([group, version, ...rest]: readonly string[]): ApiPath {
  if (group === undefined) return { kind: 'discovery' };
  if (!GROUP.test(group)) return invalid('this is no API group');
  if (version === undefined) return { kind: 'discovery' };
  if (!VERSION.test(version)) return invalid('this is no API version');
  return rest.length === 0 ? { kind: 'discovery' } : parseResource({ group, version }, rest);
}

function parseResource(
  api: { readonly group: string; readonly version: string },
  segments: readonly string[],
): ApiPath {
  // A namespace is an object too: only with a third segment it is the place of others.
  const isInside = segments[0] === 'namespaces' && segments.length > 2;
  const [namespace, rest] = isInside ? [segments[1], segments.slice(2)] : [undefined, segments];
  const [resource = '', name, subresource, ...more] = rest;
  if (namespace !== undefined && !NAMESPACE.test(namespace)) return invalid('this is no name of a namespace');
  if (!RESOURCE.test(resource)) return invalid('this is no name of a resource');
  if (name !== undefined && !NAME.test(name)) return invalid('this is no name of an object');
  if (subresource !== undefined && !RESOURCE.test(subresource)) return invalid('this is no name of a subresource');
  if (more.length > 0) return invalid('the path goes on below a subresource');
  return {
    kind: 'resource',
    ...api,
    resource,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
  };
}

function invalid(why: string): ApiPath {
  return { kind: 'invalid', why };
}
