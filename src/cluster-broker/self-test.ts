import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { isWarroomError, WarroomError } from '../domain/errors.ts';
import { isRecord } from '../schema/record.ts';
import {
  CRITICAL_PERMISSIONS,
  findExcess,
  formatPermission,
  type Permission,
  type ResourceRule,
} from './access-rules.ts';
import type { Upstream } from './upstream.ts';

export interface SelfTest {
  /** What the credential may do and must not: `get secrets`. */
  readonly excess: readonly string[];
  /** Namespaces whose rules were looked at, and how many more there are. */
  readonly namespaces: number;
  readonly unseen: number;
}

const MAX_NAMESPACES = 100;
const MAX_BYTES = 8 * 1024 * 1024;
const TIMEOUT_MS = 15_000;
const AT_ONCE = 8;
const AUTHORIZATION = '/apis/authorization.k8s.io/v1';
/** Where secrets and powerful pods are, whether or not namespaces can be listed. */
const ALWAYS = ['default', 'kube-system'];

/**
 * Asks the API server what the processor's own credential may do. These are the only requests that are no GET; they go
 * straight to the server, and change nothing. Throws when the question itself is not answered.
 */
export async function testOwnAccess(api: Upstream, signal: AbortSignal): Promise<SelfTest> {
  const granted = await each(CRITICAL_PERMISSIONS, async (permission) => {
    return (await isGranted(api, permission, signal)) ? [formatPermission(permission)] : [];
  });
  const { namespaces, unseen } = await listNamespaces(api, signal);
  const rules = await each(namespaces, async (namespace) => await rulesIn(api, namespace, signal));
  const excess = new Set([...granted.flat(), ...findExcess(rules.flat())]);
  return { excess: [...excess], namespaces: namespaces.length, unseen };
}

const SHOWN = 6;

/** Refuses a credential that may do more than read. */
export function refuseExcess({ excess }: SelfTest, cluster: string): void {
  if (excess.length === 0) return;
  const more = excess.length > SHOWN ? ` and ${excess.length - SHOWN} more` : '';
  throw new WarroomError('not-allowed', `the credential of the cluster ${cluster} may do more than read`, {
    why: `RBAC grants ${excess.slice(0, SHOWN).join(', ')}${more}`,
    hint: 'bind a role that grants get, list and watch of what docs/cluster-broker.md lists, and nothing else',
  });
}

async function isGranted(api: Upstream, { verb, group, resource }: Permission, signal: AbortSignal): Promise<boolean> {
  const [name, subresource] = resource.split('/');
  const resourceAttributes = { verb, group, resource: name, ...(subresource === undefined ? {} : { subresource }) };
  return await isAllowed(api, { resourceAttributes }, signal);
}

/** Asks for one right; `spec` is that of a SelfSubjectAccessReview. */
export async function isAllowed(
  api: Upstream,
  spec: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<boolean> {
  const answer = await review(api, { kind: 'SelfSubjectAccessReview', spec }, signal);
  const { allowed } = statusOf(answer);
  if (typeof allowed !== 'boolean') throw unanswered('the API server does not say what it allows');
  return allowed;
}

async function rulesIn(api: Upstream, namespace: string, signal: AbortSignal): Promise<readonly ResourceRule[]> {
  const answer = await review(api, { kind: 'SelfSubjectRulesReview', spec: { namespace } }, signal);
  const { resourceRules } = statusOf(answer);
  if (!Array.isArray(resourceRules)) throw unanswered(`the API server does not list the rules of ${namespace}`);
  return resourceRules.filter(isRecord).map((rule) => ({
    verbs: textsOf(rule['verbs']),
    apiGroups: textsOf(rule['apiGroups']),
    resources: textsOf(rule['resources']),
  }));
}

function statusOf(answer: unknown): Readonly<Record<string, unknown>> {
  const status = isRecord(answer) ? answer['status'] : undefined;
  return isRecord(status) ? status : {};
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** Those of the cluster, as far as they can be listed: a credential for a few namespaces cannot list them. */
export async function listNamespaces(
  api: Upstream,
  signal: AbortSignal,
): Promise<{ readonly namespaces: readonly string[]; readonly unseen: number }> {
  const target = `/api/v1/namespaces?limit=5000`;
  const { status, value } = await ask(api, { method: 'GET', target }, signal);
  const items: unknown = status === 200 && isRecord(value) ? value['items'] : [];
  const names = (Array.isArray(items) ? items : []).flatMap((item: unknown) => {
    const metadata = isRecord(item) ? item['metadata'] : undefined;
    const name = isRecord(metadata) ? metadata['name'] : undefined;
    return typeof name === 'string' ? [name] : [];
  });
  // Control planes first: their namespaces hold the most powerful secrets.
  const ordered = [...new Set([...ALWAYS, ...names.filter((name) => name.startsWith('clusters')), ...names])];
  const namespaces = ordered.slice(0, MAX_NAMESPACES);
  return { namespaces, unseen: ordered.length - namespaces.length };
}

async function review(
  api: Upstream,
  { kind, spec }: { readonly kind: string; readonly spec: unknown },
  signal: AbortSignal,
): Promise<unknown> {
  const target = `${AUTHORIZATION}/${kind.toLowerCase()}s`;
  const body = JSON.stringify({ kind, apiVersion: 'authorization.k8s.io/v1', spec });
  const { status, value } = await ask(api, { method: 'POST', target, body }, signal);
  if (status === 200 || status === 201) return value;
  if (status === 401) {
    throw new WarroomError('authentication', 'the API server refuses the credential of the processor', {
      why: 'it answered with status 401',
      hint: 'renew the token or the certificate of the kubeconfig',
    });
  }
  throw unanswered(`the API server answered a ${kind} with status ${status}`);
}

function unanswered(why: string): WarroomError {
  return new WarroomError('offline', 'cannot find out what the credential of the cluster may do', {
    why,
    hint: 'nothing is read before that is known; see whether the API server is healthy and allows SelfSubjectAccessReviews',
  });
}

async function ask(
  api: Upstream,
  { method, target, body }: { readonly method: 'GET' | 'POST'; readonly target: string; readonly body?: string },
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly value: unknown }> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const contentType = body === undefined ? {} : { contentType: 'application/json' };
    const request = await api.open({ method, target, accept: 'application/json', ...contentType, signal: limit });
    // Stays: a connection can break after the answer has begun too.
    request.on('error', () => undefined);
    const answered = once(request, 'response');
    request.end(body);
    const [answer] = (await answered) as [IncomingMessage];
    const text = await readText(answer);
    return { status: answer.statusCode ?? 0, value: parse(text) };
  } catch (error) {
    if (isWarroomError(error)) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
    throw unanswered(`the API server cannot be reached (${code})`);
  }
}

async function readText(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > MAX_BYTES) throw unanswered('its answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A few at a time, results in order. */
export async function each<Item, Result>(
  items: readonly Item[],
  action: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let from = 0; from < items.length; from += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(from, from + AT_ONCE).map(action))));
  }
  return results;
}
