import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isWarroomError } from '../../../src/domain/errors.ts';
import { apiStatusOf, isQuotaExceeded } from '../../../src/kubernetes/api-failure.ts';
import { openKubernetesClient, type KubernetesClient } from '../../../src/kubernetes/client.ts';
import { JOBS, LEASES, PODS, targetOf, type ResourceType } from '../../../src/kubernetes/resource.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import {
  startScriptedApiServer,
  statusBody,
  writes,
  type ApiAnswer,
  type ApiRequest,
  type ScriptedApiServer,
} from '../../support/scripted-api-server.ts';

const PODS_PATH = '/api/v1/namespaces/warroom/pods';
const JOBS_PATH = '/apis/batch/v1/namespaces/warroom/jobs';
const CONFIG_MAPS: ResourceType = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };

let server: ScriptedApiServer;
let client: KubernetesClient;
let folder: string;
const clock = new FakeClock(new Date('2026-11-20T14:30:00Z'));

beforeEach(async () => {
  server = await startScriptedApiServer('first-token');
  folder = await mkdtemp(join(tmpdir(), 'warroom-client-'));
  await writeFile(join(folder, 'token'), 'first-token\n');
  clock.sleeps.length = 0;
  client = await openKubernetesClient({
    load: () => Promise.resolve({ server: server.url, ca: server.ca, tokenFile: join(folder, 'token') }),
    namespace: 'warroom',
    clock,
    random: () => 0,
    timeoutMs: 5000,
  });
});

afterEach(async () => {
  client.close();
  await server.close();
  await rm(folder, { recursive: true });
});

/** Answers in turn; the last one stays. */
function inTurn(...answers: readonly ApiAnswer[]): () => ApiAnswer {
  let next = 0;
  return () => answers[Math.min(next++, answers.length - 1)] ?? { body: {} };
}

function pod(name: string, version: string): unknown {
  return { kind: 'Pod', apiVersion: 'v1', metadata: { name, resourceVersion: version } };
}

async function failureOf(action: Promise<unknown>): Promise<unknown> {
  return await action.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('addresses', () => {
  it.each([
    [
      targetOf(PODS, { namespace: 'a', name: 'b', subresource: 'log', query: { x: '1 2' } }),
      '/api/v1/namespaces/a/pods/b/log?x=1+2',
    ],
    [targetOf(JOBS, { namespace: 'a' }), '/apis/batch/v1/namespaces/a/jobs'],
    [
      targetOf({ ...PODS, namespaced: false, plural: 'nodes' }, { namespace: 'a', query: { y: undefined } }),
      '/api/v1/nodes',
    ],
  ])('is %s', (target, expected) => {
    expect(target).toBe(expected);
  });

  it.each(['../secrets', 'a/b', 'A', 'x?y', '', '-a'])('refuses the name %j', (name) => {
    expect(() => targetOf(PODS, { namespace: 'a', name })).toThrow(/not a name/u);
  });
});

describe('calls', () => {
  it('creates, replaces, patches, applies and removes with the method and body that each needs', async () => {
    server.on(/./u, { body: { kind: 'Job', metadata: { name: 'j', uid: 'u' } } });
    await client.create(JOBS, { metadata: { name: 'j' }, spec: { x: 1 } });
    await client.replace(LEASES, { metadata: { name: 'l', resourceVersion: '7' } });
    await client.patch(JOBS, 'j', { metadata: { annotations: { a: '1' } } });
    await client.apply(CONFIG_MAPS, { metadata: { name: 'c' }, data: { k: 'v' } }, { fieldManager: 'claude-warroom' });
    expect(await client.remove(JOBS, 'j', { uid: 'u', propagation: 'Foreground', graceSeconds: 5 })).toBe(true);
    const seen = server.requests.map(({ method, url, headers, body }) => [
      method,
      url,
      headers['content-type'],
      JSON.parse(body) as unknown,
    ]);
    expect(seen).toEqual([
      [
        'POST',
        JOBS_PATH,
        'application/json',
        { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' }, spec: { x: 1 } },
      ],
      [
        'PUT',
        '/apis/coordination.k8s.io/v1/namespaces/warroom/leases/l',
        'application/json',
        { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'l', resourceVersion: '7' } },
      ],
      ['PATCH', `${JOBS_PATH}/j`, 'application/merge-patch+json', { metadata: { annotations: { a: '1' } } }],
      [
        'PATCH',
        '/api/v1/namespaces/warroom/configmaps/c?fieldManager=claude-warroom&force=true',
        'application/apply-patch+yaml',
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { k: 'v' } },
      ],
      [
        'DELETE',
        `${JOBS_PATH}/j`,
        'application/json',
        {
          kind: 'DeleteOptions',
          apiVersion: 'v1',
          propagationPolicy: 'Foreground',
          preconditions: { uid: 'u' },
          gracePeriodSeconds: 5,
        },
      ],
    ]);
  });

  it('gives undefined or false for what is not there, and reads logs and rights', async () => {
    expect(await client.find(PODS, 'gone')).toBeUndefined();
    expect(await client.remove(PODS, 'gone')).toBe(false);
    server.on(
      `${PODS_PATH}/p/log`,
      writes((response) => void response.end('one\ntwo\n')),
    );
    expect(await client.readLog('p', { container: 'agent', tailLines: 5, limitBytes: 100 })).toBe('one\ntwo\n');
    server.on(/selfsubjectaccessreviews$/u, { status: 201, body: { status: { allowed: true } } });
    expect(await client.isAllowed({ verb: 'create', group: 'batch', resource: 'jobs' })).toBe(true);
  });

  it('lists page by page', async () => {
    server.on(PODS_PATH, ({ url }: ApiRequest) => ({
      body: url.includes('continue=next')
        ? { metadata: { resourceVersion: '9' }, items: [pod('b', '2')] }
        : { metadata: { resourceVersion: '9', continue: 'next' }, items: [pod('a', '1')] },
    }));
    const { items, resourceVersion } = await client.list(PODS, { labelSelector: 'x=y' });
    expect([items.map(({ metadata }) => metadata.name), resourceVersion]).toEqual([['a', 'b'], '9']);
    expect(server.requests.every(({ url }) => url.includes('labelSelector=x%3Dy'))).toBe(true);
  });

  it('reads a token that was replaced, also at once after a refusal', async () => {
    server.on(`${PODS_PATH}/p`, { body: pod('p', '1') });
    server.token = 'second-token';
    await writeFile(join(folder, 'token'), 'second-token');
    await client.get(PODS, 'p');
    server.token = 'third-token';
    server.on(
      `${PODS_PATH}/p`,
      writes((response) => void response.end(JSON.stringify(pod('p', '1')))),
    );
    const asked = client.get(PODS, 'p');
    expect(await failureOf(asked)).toMatchObject({ code: 'authentication' });
  });
});

describe('refusals', () => {
  it.each([
    [400, 'BadRequest', 'invalid-file'],
    [403, 'Forbidden', 'not-allowed'],
    [404, 'NotFound', 'not-found'],
    [409, 'AlreadyExists', 'conflict'],
    [410, 'Expired', 'conflict'],
    [422, 'Invalid', 'invalid-file'],
    [429, 'TooManyRequests', 'offline'],
    [500, 'InternalError', 'offline'],
    [503, 'ServiceUnavailable', 'offline'],
  ])('says %i %s as %s, in the words of the server', async (status, reason, code) => {
    server.on(JOBS_PATH, { status, body: statusBody(status, reason, 'because of \u001b[31mthis') });
    const error = await failureOf(client.create(JOBS, { metadata: { name: 'j' } }));
    expect(error).toMatchObject({ code, message: 'cannot create the Job j' });
    if (!isWarroomError(error)) throw error;
    expect(error.why).toBe(`the API server answered ${status}: because of this`);
    expect(error.hint).not.toBeUndefined();
    expect(apiStatusOf(error)).toMatchObject({ status, reason });
    // Only 429 says for certain that nothing was done.
    expect(server.requests).toHaveLength(status === 429 ? 4 : 1);
  });

  it('knows a quota that is used up', async () => {
    const message = 'jobs.batch "j" is forbidden: exceeded quota: small, requested: count/jobs.batch=1';
    server.on(JOBS_PATH, { status: 403, body: statusBody(403, 'Forbidden', message) });
    const error = await failureOf(client.create(JOBS, { metadata: { name: 'j' } }));
    expect(isQuotaExceeded(error)).toBe(true);
    expect(error).toMatchObject({ code: 'not-allowed', hint: expect.stringContaining('ResourceQuota') as string });
    expect(isQuotaExceeded(new Error('exceeded quota'))).toBe(false);
  });

  it('asks again after as long as the server says, and no more often than four times', async () => {
    const busy = { status: 429, body: statusBody(429, 'TooManyRequests', 'later'), headers: { 'retry-after': '3' } };
    server.on(`${PODS_PATH}/p`, inTurn(busy, { status: 500, body: {} }, { body: pod('p', '1') }));
    expect(await client.get(PODS, 'p')).toMatchObject({ metadata: { name: 'p' } });
    expect(clock.sleeps).toEqual([3000, 0]);
    server.on(`${PODS_PATH}/q`, busy);
    expect(await failureOf(client.get(PODS, 'q'))).toMatchObject({ code: 'offline' });
    expect(server.requests.filter(({ url }) => url.endsWith('/q'))).toHaveLength(4);
    server.on(`${PODS_PATH}/r`, { ...busy, headers: { 'retry-after': '3600' } });
    expect(await failureOf(client.get(PODS, 'r'))).toMatchObject({ code: 'offline' });
    expect(server.requests.filter(({ url }) => url.endsWith('/r'))).toHaveLength(1);
  });

  it('says a server that is slow and one that cannot be reached, and stops when it is told to', async () => {
    const load = (): Promise<{ server: string; ca: string; token: string }> =>
      Promise.resolve({ server: server.url, ca: server.ca, token: 'first-token' });
    const hurried = await openKubernetesClient({ load, namespace: 'warroom', clock, random: () => 0, timeoutMs: 50 });
    server.on(
      `${PODS_PATH}/p`,
      writes(() => undefined),
    );
    expect(await failureOf(hurried.get(PODS, 'p'))).toMatchObject({
      code: 'timeout',
      message: 'cannot read the Pod p',
    });
    hurried.close();
    const stop = new AbortController();
    const asked = failureOf(client.get(PODS, 'p', { signal: stop.signal }));
    stop.abort(new Error('enough'));
    expect(await asked).toMatchObject({ message: 'enough' });
    const absent = await openKubernetesClient({
      load: () => Promise.resolve({ server: 'https://127.0.0.1:1', token: 'x' }),
      ...{ namespace: 'warroom', clock, random: () => 0 },
    });
    clock.sleeps.length = 0;
    // Nothing was sent, so even this may be tried again.
    expect(await failureOf(absent.create(JOBS, { metadata: { name: 'j' } }))).toMatchObject({ code: 'offline' });
    expect(clock.sleeps).toHaveLength(3);
    absent.close();
  });
});

describe('watching', () => {
  function stream(...events: readonly unknown[]): ApiAnswer {
    return writes((response) => void response.end(events.map((event) => `${JSON.stringify(event)}\n`).join('')));
  }

  it('goes on from the last version that it saw, lists again when that is too old, and ends with its signal', async () => {
    const stop = new AbortController();
    const lists = inTurn(
      { body: { metadata: { resourceVersion: '10' }, items: [pod('a', '9')] } },
      { body: { metadata: { resourceVersion: '40' }, items: [pod('c', '39')] } },
    );
    const broken = writes(async (response) => {
      response.write(`${JSON.stringify({ type: 'MODIFIED', object: pod('b', '22') })}\n{"type":"MODI`);
      await once(response, 'drain').catch(() => undefined);
    });
    const watches = inTurn(
      stream(
        { type: 'ADDED', object: pod('b', '11') },
        { type: 'BOOKMARK', object: { kind: 'Pod', metadata: { resourceVersion: '20' } } },
      ),
      writes((response) => {
        response.write(`${JSON.stringify({ type: 'MODIFIED', object: pod('b', '22') })}\n{"type":"MODI`, () =>
          response.destroy(),
        );
      }),
      { status: 503, body: statusBody(503, 'ServiceUnavailable', 'later') },
      stream({ type: 'ERROR', object: statusBody(410, 'Expired', 'too old resource version') }),
      stream({ type: 'DELETED', object: pod('c', '41') }),
      broken,
    );
    server.on(PODS_PATH, (request: ApiRequest) => (request.url.includes('watch=true') ? watches() : lists()));
    const seen: unknown[] = [];
    for await (const change of client.watch(PODS, { labelSelector: 'x=y', signal: stop.signal })) {
      seen.push(
        change.kind === 'listed'
          ? [change.kind, ...change.items.map(({ metadata }) => metadata.name)]
          : [change.kind, change.object.metadata.name],
      );
      if (seen.length === 6) stop.abort();
    }
    expect(seen.slice(0, 5)).toEqual([
      ['listed', 'a'],
      ['changed', 'b'],
      ['changed', 'b'],
      ['listed', 'c'],
      ['removed', 'c'],
    ]);
    const versions = server.requests.flatMap(({ url }) =>
      url.includes('watch=true') ? [new URL(url, server.url).searchParams.get('resourceVersion')] : [],
    );
    expect(versions.slice(0, 5)).toEqual(['10', '20', '22', '22', '40']);
  });

  it.each([
    [403, 'not-allowed'],
    [404, 'not-found'],
  ])('ends with an error when the server will never answer (%i)', async (status, code) => {
    server.on(PODS_PATH, ({ url }: ApiRequest) =>
      url.includes('watch=true')
        ? { status, body: statusBody(status, 'No', 'no') }
        : { body: { metadata: { resourceVersion: '1' }, items: [] } },
    );
    const changes = client.watch(PODS, { signal: new AbortController().signal });
    expect(await changes.next()).toMatchObject({ value: { kind: 'listed' } });
    expect(await failureOf(changes.next())).toMatchObject({ code });
  });
});
