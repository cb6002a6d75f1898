import { refused, type Admission, type AskedCall, type BodyRule } from './call.ts';
import { formatQuery, matching, oneOf, readQuery, wholeNumber, type ParameterChecks } from './query.ts';
import { createStrip } from './strip-object.ts';

const MAX_LOG_BYTES = 4 * 1024 * 1024;
const MAX_LOG_LINES = 50_000;

const flag = oneOf('0', '1', 'true', 'false');
const off = oneOf('0', 'false');
const filters = matching(/^\{.{0,4000}\}$/u, 'filters as JSON');
const moment = matching(/^(?:\d{1,12}(?:\.\d{1,9})?)?$/u, 'seconds since 1970');

const LOG: ParameterChecks = {
  stdout: flag,
  stderr: flag,
  timestamps: flag,
  details: flag,
  follow: off,
  since: moment,
  until: moment,
  tail: wholeNumber(0, MAX_LOG_LINES),
};

interface Route {
  readonly path: RegExp;
  readonly checks: ParameterChecks;
  readonly body: 'json' | 'log' | 'ping';
  /** What is added when the caller does not say it. */
  readonly defaults?: Readonly<Record<string, string>>;
}

const NAME = '[A-Za-z0-9][A-Za-z0-9_.-]{0,127}';

/** Everything that can be read of a container engine; all of it changes nothing. */
const ROUTES: readonly Route[] = [
  { path: /^\/_ping$/u, checks: {}, body: 'ping' },
  { path: /^\/(?:version|info)$/u, checks: {}, body: 'json' },
  {
    path: /^\/containers\/json$/u,
    checks: { all: flag, size: flag, limit: wholeNumber(0, 10_000), filters },
    body: 'json',
  },
  { path: new RegExp(`^/containers/${NAME}/json$`, 'u'), checks: { size: flag }, body: 'json' },
  { path: new RegExp(`^/containers/${NAME}/top$`, 'u'), checks: {}, body: 'json' },
  {
    path: new RegExp(`^/containers/${NAME}/logs$`, 'u'),
    checks: LOG,
    body: 'log',
    defaults: { tail: '1000', follow: '0' },
  },
  {
    path: new RegExp(`^/containers/${NAME}/stats$`, 'u'),
    checks: { stream: off, 'one-shot': flag },
    body: 'json',
    defaults: { stream: 'false' },
  },
  {
    path: /^\/images\/json$/u,
    checks: { all: flag, digests: flag, filters, 'shared-size': flag, manifests: flag },
    body: 'json',
  },
  { path: /^\/images\/[A-Za-z0-9][A-Za-z0-9_.:@/-]{0,255}\/json$/u, checks: { manifests: flag }, body: 'json' },
];

const BODIES: Readonly<Record<Route['body'], BodyRule>> = {
  json: { kind: 'json', shape: 'object', strip: createEngineStrip() },
  log: { kind: 'raw', maxBytes: MAX_LOG_BYTES, accepted: /./u, contentType: 'application/octet-stream' },
  ping: { kind: 'raw', maxBytes: 1024, accepted: /^text\/plain/u, contentType: 'text/plain; charset=utf-8' },
};

/** Whether a GET may go to a container engine. `/v1.43` before the path chooses a version of its API. */
export function admitEngineCall(asked: AskedCall): Admission {
  const [, version = '', path = ''] = /^(\/v1\.\d{1,3})?(\/.*)$/su.exec(asked.path) ?? [];
  const isPlain = /^[A-Za-z0-9/_.:@-]{1,400}$/u.test(path) && !/\/\/|\.\./u.test(path);
  const route = isPlain ? ROUTES.find((each) => each.path.test(path)) : undefined;
  if (route === undefined) {
    return refused(
      'Forbidden',
      'the cluster broker does not forward this to the container engine; it reads containers, their logs, processes and figures, images, version and info',
    );
  }
  const query = readQuery(asked.query, route.checks);
  if (query.kind === 'invalid') return refused('BadRequest', query.why);
  const parameters = new Map([...Object.entries(route.defaults ?? {}), ...query.parameters]);
  const target = version + path + formatQuery(parameters);
  return { kind: 'admitted', call: { target, accept: '*/*', body: BODIES[route.body] } };
}

/** Addresses of proxies hold passwords, and so do the options of log drivers. */
const DROPPED = new Set(['HttpProxy', 'HttpsProxy', 'LogConfig', 'RegistryConfig']);

function createEngineStrip(): (value: unknown) => unknown {
  const strip = createStrip({});
  return (value) => {
    dropFields(value);
    return strip(value);
  };
}

function dropFields(value: unknown, depth = 0): void {
  if (depth > 10 || typeof value !== 'object' || value === null) return;
  for (const [name, child] of Object.entries(value)) {
    if (DROPPED.has(name)) Reflect.deleteProperty(value, name);
    else dropFields(child, depth + 1);
  }
}
