import { isNeverRead } from '../domain/never-read.ts';
import { parseApiPath, type ApiPath } from './api-path.ts';
import { ADDABLE_SUBRESOURCES, type ResourcePolicy } from './allowed-resources.ts';
import { refused, type Admission, type AskedCall, type BodyRule } from './call.ts';
import {
  formatQuery,
  isTrue,
  matching,
  oneOf,
  readQuery,
  wholeNumber,
  type ParameterChecks,
  type Parameters,
} from './query.ts';
import { createStrip } from './strip-object.ts';

/** A watch, or a log that is followed, lasts at most so long. */
export const MAX_WATCH_SECONDS = 60;
export const MAX_LOG_BYTES = 4 * 1024 * 1024;
const MAX_LOG_LINES = 50_000;
const MAX_LOG_SECONDS = 7 * 24 * 3600;
const MAX_SCHEMA_BYTES = 64 * 1024 * 1024;
const MAX_HEALTH_BYTES = 1024 * 1024;

const JSON_TYPE = /^application\/json(?:\s*;.*)?$/iu;
const TEXT_TYPE = /^(?:text\/plain|application\/json)(?:\s*;.*)?$/iu;
const PLAIN = 'text/plain; charset=utf-8';
/** How `/readyz` and its like name a check that fails; they answer with status 500 then. */
const FAILED_CHECK = /^\[-\][\w./-]{1,120} failed/u;
const ANY_TYPE = /^[a-z]+\/[\w.+-]+(?:\s*;.*)?$/iu;

const selector = matching(/^.{0,4000}$/u, 'a selector of at most 4000 characters');
const boolean = oneOf('true', 'false', '1', '0', '');
/** How Go writes a duration: `30s`, `1m0s`. Never forwarded: the broker has time limits of its own. */
const duration = matching(/^(?:\d{1,6}(?:\.\d{1,3})?(?:ms|s|m|h)){1,3}$/u, 'a duration such as 30s');
const container = matching(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/u, 'the name of a container');
const version = matching(/^\d{0,20}$/u, 'a number');

const OBJECT: ParameterChecks = {
  resourceVersion: version,
  timeout: duration,
  pretty: boolean,
  includeObject: oneOf('None', 'Metadata', 'Object'),
};
const LIST: ParameterChecks = {
  ...OBJECT,
  labelSelector: selector,
  fieldSelector: selector,
  limit: wholeNumber(1, 10_000),
  continue: matching(/^[\w=+/.-]{1,8192}$/u, 'what an earlier list gave'),
  resourceVersionMatch: oneOf('Exact', 'NotOlderThan'),
  watch: boolean,
  allowWatchBookmarks: boolean,
  timeoutSeconds: wholeNumber(1, MAX_WATCH_SECONDS),
};
const LOG: ParameterChecks = {
  container,
  previous: boolean,
  follow: boolean,
  timestamps: boolean,
  tailLines: wholeNumber(0, MAX_LOG_LINES),
  limitBytes: wholeNumber(1, MAX_LOG_BYTES),
  sinceSeconds: wholeNumber(1, MAX_LOG_SECONDS),
  sinceTime: matching(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/u,
    'a time such as 2026-11-20T14:30:00Z',
  ),
  timeout: duration,
  pretty: boolean,
};
const HEALTH: ParameterChecks = {
  verbose: boolean,
  exclude: matching(/^[a-z0-9./-]{1,100}$/u, 'the name of a check'),
  timeout: duration,
};
const SCHEMA: ParameterChecks = { hash: matching(/^[0-9A-Fa-f]{1,128}$/u, 'a hash'), timeout: duration };
const NOTHING: ParameterChecks = { timeout: duration, pretty: boolean };

/** What kubectl adds of its own; the broker decides about time limits and line breaks itself. */
const NOT_FORWARDED = ['timeout', 'pretty'];

/** Whether a GET may go to a Kubernetes API server, and what goes there in its place. */
export function admitKubernetesCall(asked: AskedCall, policy: ResourcePolicy): Admission {
  const path = parseApiPath(asked.path);
  switch (path.kind) {
    case 'invalid':
      return refused('BadRequest', `the cluster broker cannot forward this path: ${path.why}`);
    case 'discovery':
      return simple(asked, { checks: NOTHING, accept: discoveryAccept(asked.accept), body: WHOLE });
    case 'version':
      return simple(asked, { checks: NOTHING, accept: 'application/json', body: WHOLE });
    case 'schema':
      return simple(asked, {
        checks: SCHEMA,
        accept: 'application/json',
        body: { kind: 'raw', maxBytes: MAX_SCHEMA_BYTES, accepted: JSON_TYPE, contentType: 'application/json' },
      });
    case 'health':
      return simple(asked, {
        checks: HEALTH,
        accept: 'text/plain',
        body: {
          kind: 'raw',
          maxBytes: MAX_HEALTH_BYTES,
          accepted: TEXT_TYPE,
          contentType: PLAIN,
          errorLines: FAILED_CHECK,
        },
      });
    case 'resource':
      return admitResource(asked, path, policy);
  }
}

/** Lists of groups and versions hold no objects; they pass the filter all the same. */
const WHOLE: BodyRule = { kind: 'json', shape: 'object', strip: createStrip({}) };

function simple(
  asked: AskedCall,
  rule: { readonly checks: ParameterChecks; readonly accept: string; readonly body: BodyRule },
): Admission {
  const query = readQuery(asked.query, rule.checks);
  if (query.kind === 'invalid') return refused('BadRequest', query.why);
  const target = asked.path + formatQuery(without(query.parameters, NOT_FORWARDED));
  return { kind: 'admitted', call: { target, accept: rule.accept, body: rule.body } };
}

type ResourcePath = Extract<ApiPath, { kind: 'resource' }>;

function admitResource(asked: AskedCall, path: ResourcePath, policy: ResourcePolicy): Admission {
  const why = whyDenied(path, policy);
  if (why !== undefined) return refused('Forbidden', why);
  if (path.subresource === 'log') return admitLog(asked);
  const isList = path.name === undefined;
  const query = readQuery(asked.query, isList ? LIST : OBJECT);
  if (query.kind === 'invalid') return refused('BadRequest', query.why);
  const { parameters } = query;
  const isTable = /as=Table/u.test(asked.accept);
  if (!acceptsJson(asked.accept)) return refused('NotAcceptable', 'the cluster broker answers in JSON only');
  const strip = createStrip({
    isConfigMap: path.group === '' && path.resource === 'configmaps',
    isReadableConfigMap: policy.isReadableConfigMap,
    keepsData: path.group === 'apps' && path.resource === 'controllerrevisions',
  });
  const accept = isTable ? 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' : 'application/json';
  const forwarded = without(parameters, NOT_FORWARDED);
  if (!isTrue(parameters.get('watch'))) {
    const body: BodyRule = { kind: 'json', shape: isList || isTable ? 'list' : 'object', strip };
    return { kind: 'admitted', call: { target: asked.path + formatQuery(forwarded), accept, body } };
  }
  const seconds = lasts(parameters);
  if (seconds === undefined) return refused('BadRequest', `a watch must end by itself; ${ASK_FOR_END}`);
  const target = asked.path + formatQuery(new Map([...forwarded, ['timeoutSeconds', String(seconds)]]));
  const body: BodyRule = { kind: 'json', shape: 'lines', strip };
  return { kind: 'admitted', call: { target, accept, body, endsAfterMs: seconds * 1000 } };
}

function admitLog(asked: AskedCall): Admission {
  const query = readQuery(asked.query, LOG);
  if (query.kind === 'invalid') return refused('BadRequest', query.why);
  const { parameters } = query;
  const follows = isTrue(parameters.get('follow'));
  const seconds = follows ? lasts(parameters) : undefined;
  if (follows && seconds === undefined) return refused('BadRequest', `a log that is followed must end; ${ASK_FOR_END}`);
  const maxBytes = Number(parameters.get('limitBytes') ?? MAX_LOG_BYTES);
  const forwarded = new Map([...without(parameters, NOT_FORWARDED), ['limitBytes', String(maxBytes)]]);
  return {
    kind: 'admitted',
    call: {
      target: asked.path + formatQuery(forwarded),
      accept: '*/*',
      body: { kind: 'raw', maxBytes, accepted: ANY_TYPE, contentType: PLAIN },
      ...(seconds === undefined ? {} : { endsAfterMs: seconds * 1000 }),
    },
  };
}

const ASK_FOR_END = `add --request-timeout=30s (at most ${MAX_WATCH_SECONDS}s)`;

/** Why this cannot be read, in words that help who asked; undefined when it can. */
function whyDenied({ group, resource, name, subresource }: ResourcePath, policy: ResourcePolicy): string | undefined {
  const title = `${resource}${subresource === undefined ? '' : `/${subresource}`}${group === '' ? '' : ` of ${group}`}`;
  if (isNeverRead(resource)) {
    return `the cluster broker never forwards ${title}: they can hold credentials; look at events, conditions and logs of what uses them`;
  }
  if (group === '' && resource === 'configmaps' && name !== undefined && subresource === undefined) {
    if (policy.isReadableConfigMap(name) || policy.isAllowed(group, resource)) return undefined;
    return `the cluster broker does not forward the ConfigMap ${name}; look at events, conditions and logs of what uses it`;
  }
  if (policy.isAllowed(group, resource, subresource)) return undefined;
  if (subresource === undefined) {
    return `the cluster broker does not forward ${title}; an administrator can add it to broker.allow`;
  }
  const isAddable = ADDABLE_SUBRESOURCES.includes(subresource);
  return `the cluster broker does not forward ${title}; of subresources it knows pods/log${isAddable ? ', and what an administrator adds to broker.allow' : ' only'}`;
}

/** Seconds after which a watch ends: what the caller says itself, or how long it is ready to wait. */
function lasts(parameters: Parameters): number | undefined {
  const own = parameters.get('timeoutSeconds');
  const seconds = own === undefined ? secondsOf(parameters.get('timeout') ?? '') : Number(own);
  return seconds >= 1 && seconds <= MAX_WATCH_SECONDS ? Math.ceil(seconds) : undefined;
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

function secondsOf(text: string): number {
  let sum = 0;
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/gu)) {
    sum += Number(count) * (UNIT_SECONDS[unit ?? ''] ?? 0);
  }
  return sum;
}

/** One request instead of one per group, where the server knows it. */
function discoveryAccept(accept: string): string {
  if (!accept.includes('as=APIGroupDiscoveryList')) return 'application/json';
  return [
    'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
    'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList',
    'application/json',
  ].join(',');
}

function acceptsJson(accept: string): boolean {
  return accept === '' || /application\/json|application\/\*|\*\/\*/iu.test(accept);
}

function without(parameters: Parameters, names: readonly string[]): Parameters {
  return new Map([...parameters].filter(([name]) => !names.includes(name)));
}
