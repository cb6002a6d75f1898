import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openApiServer } from '../../../src/cluster-broker/api-server.ts';
import { createResourcePolicy } from '../../../src/cluster-broker/allowed-resources.ts';
import { readKubeconfig } from '../../../src/cluster-broker/kubeconfig.ts';
import { createServerCertificate } from '../../../src/cluster-broker/server-certificate.ts';
import {
  startClusterBroker,
  type BrokerAccess,
  type ClusterBrokerOptions,
} from '../../../src/cluster-broker/start-cluster-broker.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { askBroker, sendRaw } from '../../support/broker-client.ts';
import { kubeconfigText, startClusterRig, type ClusterRig } from '../../support/cluster-rig.ts';
import { holdsCanary, leakyPod, leakySecret } from '../../support/leaky-objects.ts';
import { statusBody, writes, type ApiRequest } from '../../support/scripted-api-server.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';

const PODS = '/api/v1/namespaces/shop/pods';

let folder: TempFolder;
let rig: ClusterRig;
let way: BrokerAccess;
const closers: (() => Promise<void> | void)[] = [];

beforeEach(async () => {
  folder = await createTempFolder();
  rig = await startClusterRig(folder.path);
  way = await rig.access.openCluster('self', 'run-1', new AbortController().signal);
  rig.api.on(PODS, { body: { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: [leakyPod('api-0')] } });
});

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  await rig.close();
  await folder.close();
});

/** A broker of its own before the scripted server, for limits and time limits. */
async function quickBroker(options: Partial<ClusterBrokerOptions>): Promise<BrokerAccess> {
  const api = await openApiServer({ load: async () => await readKubeconfig(rig.kubeconfigFile) });
  const broker = await startClusterBroker({
    clock: systemClock,
    onRequest: (line) => rig.audit.push(line),
    ...options,
  });
  closers.push(async () => {
    await broker.close();
    api.close();
  });
  return broker.openRun({ run: 'quick', service: { kind: 'kubernetes', api, policy: createResourcePolicy() } });
}

function forwarded(): readonly ApiRequest[] {
  return rig.api.requests
    .filter(({ method }) => method !== 'POST')
    .filter(({ url }) => !url.startsWith('/api/v1/namespaces?'));
}

describe('who may ask', () => {
  it('wants the token of an open run, and only one', async () => {
    for (const authorization of [
      '',
      'Bearer wrong',
      `Basic ${way.token}`,
      `Bearer ${rig.api.token}`,
      `bearer ${way.token}`,
    ]) {
      const { status, body } = await askBroker(way, PODS, { headers: { authorization } });
      expect(status).toBe(401);
      expect(JSON.parse(body)).toMatchObject({ kind: 'Status', reason: 'Unauthorized', code: 401 });
    }
    const twice = await sendRaw(
      way,
      `GET ${PODS} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${way.token}\r\nauthorization: Bearer x\r\nconnection: close\r\n\r\n`,
    );
    expect(twice).toContain('401 Unauthorized');
    expect(forwarded()).toEqual([]);
  });

  it('gives every run a token of its own, and takes it back', async () => {
    const other = await rig.access.openCluster('self', 'run-2', new AbortController().signal);
    expect(other.token).not.toBe(way.token);
    expect(other.token).toMatch(/^warroom-[0-9a-f]{64}$/u);
    way.close();
    expect((await askBroker(way, PODS)).status).toBe(401);
    expect((await askBroker(other, PODS)).status).toBe(200);
    expect(rig.audit.map(({ run }) => run)).toEqual(['unknown', 'run-2']);
  });

  it('ends what is under way when the run ends', async () => {
    rig.api.on(
      `${PODS}/api-0/log`,
      writes((response) => {
        response.writeHead(200, { 'content-type': 'text/plain' });
        response.write('begins\n');
      }),
    );
    const asked = askBroker(way, `${PODS}/api-0/log?follow=true&timeout=50s`);
    await waitUntil(() => forwarded().length > 0, { what: 'the log to be asked for' });
    way.close();
    const reply = await asked.catch(() => ({ isWhole: false }));
    expect(reply.isWhole).toBe(false);
  });
});

describe('what goes on to the API server', () => {
  it('sends its own headers only, with the real token', async () => {
    const headers = {
      'x-forwarded-for': '1.2.3.4',
      cookie: 'a=b',
      'user-agent': 'kubectl/v1 (x)',
      accept: 'application/json',
    };
    expect((await askBroker(way, `${PODS}?limit=5&pretty=true&timeout=5s`, { headers })).status).toBe(200);
    const [request] = forwarded();
    expect(request?.url).toBe(`${PODS}?limit=5`);
    expect(request?.headers).toEqual({
      accept: 'application/json',
      'accept-encoding': 'identity',
      authorization: `Bearer ${rig.api.token}`,
      connection: 'keep-alive',
      host: new URL(rig.api.url).host,
      'user-agent': 'claude-warroom (kubectl/v1 x)',
    });
  });

  it.each([
    ['POST', {}, 405, 'GET only'],
    ['PUT', {}, 405, 'GET only'],
    ['PATCH', {}, 405, 'GET only'],
    ['DELETE', {}, 405, 'GET only'],
    ['OPTIONS', {}, 405, 'GET only'],
    ['GET', { 'impersonate-user': 'admin' }, 403, 'impersonate-user'],
    ['GET', { 'Impersonate-Group': 'system:masters' }, 403, 'impersonate-group'],
    ['GET', { 'impersonate-extra-x': 'y' }, 403, 'impersonate-extra-x'],
    ['GET', { 'x-remote-user': 'admin' }, 403, 'x-remote-user'],
    ['GET', { accept: 'application/vnd.kubernetes.protobuf' }, 406, 'JSON only'],
  ])('refuses %s with %j', async (method, headers, status, words) => {
    const { status: got, body, headers: answered } = await askBroker(way, PODS, { method, headers });
    expect(got).toBe(status);
    expect(JSON.parse(body)).toMatchObject({ kind: 'Status', status: 'Failure', code: status });
    expect(body).toContain(words);
    if (status === 405) expect(answered.allow).toBe('GET');
    expect(forwarded()).toEqual([]);
    expect(rig.audit.at(-1)).toMatchObject({ run: 'run-1', method, status, decision: 'refused' });
  });

  it('refuses HEAD and bodies', async () => {
    expect((await askBroker(way, PODS, { method: 'HEAD' })).status).toBe(405);
    const { status, body } = await askBroker(way, PODS, { headers: { 'content-length': '2' }, body: '{}' });
    expect({ status, body }).toEqual({ status: 400, body: expect.stringContaining('without a body') as string });
    expect(forwarded()).toEqual([]);
  });

  const AUTH = (): string => `authorization: Bearer ${way.token}\r\n`;
  const SMUGGLED = 'GET /api/v1/namespaces/shop/secrets HTTP/1.1\r\nhost: a\r\n\r\n';
  it.each([
    [
      'both lengths',
      () =>
        `GET ${PODS} HTTP/1.1\r\nhost: a\r\n${AUTH()}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    ],
    [
      'two lengths',
      () => `GET ${PODS} HTTP/1.1\r\nhost: a\r\n${AUTH()}content-length: 0\r\ncontent-length: 70\r\n\r\n${SMUGGLED}`,
    ],
    [
      'a hidden encoding',
      () => `GET ${PODS} HTTP/1.1\r\nhost: a\r\n${AUTH()}transfer-encoding : chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    ],
    [
      'an odd encoding',
      () => `GET ${PODS} HTTP/1.1\r\nhost: a\r\n${AUTH()}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n`,
    ],
    [
      'a folded header',
      () =>
        `GET ${PODS} HTTP/1.1\r\nhost: a\r\n${AUTH()}x-a: b\r\n impersonate-user: admin\r\nupgrade: h2c\r\nconnection: close\r\n\r\n`,
    ],
    [
      'an absolute target',
      () => `GET http://169.254.169.254${PODS} HTTP/1.1\r\nhost: a\r\n${AUTH()}connection: close\r\n\r\n`,
    ],
    ['an authority target', () => `CONNECT 10.0.0.1:6443 HTTP/1.1\r\nhost: a\r\n${AUTH()}\r\n`],
    ['an asterisk target', () => `GET * HTTP/1.1\r\nhost: a\r\n${AUTH()}connection: close\r\n\r\n`],
    [
      'an upgrade',
      () =>
        `GET ${PODS}/api-0/exec?command=id HTTP/1.1\r\nhost: a\r\n${AUTH()}connection: upgrade\r\nupgrade: websocket\r\n\r\n`,
    ],
    [
      'an upgrade of a log',
      () =>
        `GET ${PODS}/api-0/log HTTP/1.1\r\nhost: a\r\n${AUTH()}connection: keep-alive, Upgrade\r\nupgrade: SPDY/3.1\r\n\r\n`,
    ],
    ['a space in the target', () => `GET ${PODS} /x HTTP/1.1\r\nhost: a\r\n${AUTH()}connection: close\r\n\r\n`],
    ['a bare line feed', () => `GET ${PODS} HTTP/1.1\nhost: a\n${AUTH()}content-length: 5\n\nabcde`],
    ['an endless header', () => `GET ${PODS} HTTP/1.1\r\nhost: a\r\n${AUTH()}x-a: ${'a'.repeat(70_000)}\r\n\r\n`],
    ['no HTTP', () => `\x16\x03\x01\x00 hello\r\n\r\n`],
  ])('forwards nothing for %s', async (_name, bytes) => {
    const text = await sendRaw(way, bytes());
    expect(text).not.toContain('200 OK');
    expect(text).toMatch(/^(?:HTTP\/1\.1 (?:400|403|405|431)|$)/u);
    expect(forwarded()).toEqual([]);
  });
});

describe('what comes back', () => {
  it('never holds a planted secret, wherever it stands', async () => {
    const wrap = (item: unknown): unknown => ({ kind: 'List', apiVersion: 'v1', items: [leakySecret(), item] });
    rig.api.on(PODS, { body: wrap(leakyPod('api-0')) });
    rig.api.on(`${PODS}/api-0`, {
      body: { kind: 'Pod', apiVersion: 'v1', ...leakyPod('api-0', { embedded: [leakySecret()] }) },
    });
    rig.api.on('/apis/apps/v1/deployments', {
      headers: { 'content-type': 'application/json' },
      body: {
        kind: 'Table',
        apiVersion: 'meta.k8s.io/v1',
        columnDefinitions: [{ name: 'Name' }],
        rows: [{ cells: ['a'], object: leakyPod('a') }],
        data: leakySecret(),
      },
    });
    rig.api.on('/api/v1/namespaces/shop/configmaps/kube-proxy', {
      body: { ...leakySecret(), kind: 'ConfigMap', metadata: { name: 'db' } },
    });
    for (const path of [
      PODS,
      `${PODS}/api-0`,
      '/apis/apps/v1/deployments',
      '/api/v1/namespaces/shop/configmaps/kube-proxy',
    ]) {
      const { status, body } = await askBroker(way, path, {
        headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
      });
      expect(status).toBe(200);
      expect(holdsCanary(body)).toBe(false);
      expect(() => JSON.parse(body) as unknown).not.toThrow();
    }
    const answered = await askBroker(way, PODS);
    expect(JSON.parse(answered.body)).toMatchObject({
      kind: 'List',
      items: [{ metadata: { name: 'api-0', annotations: { 'example.com/owner': 'team-shop' } } }],
    });
  });

  it('streams 5,000 pods and holds one at a time', async () => {
    const count = 5000;
    const pad = 'x'.repeat(4000);
    rig.api.on(
      PODS,
      writes(async (response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{"apiVersion":"v1","items":[');
        for (let index = 0; index < count; index++) {
          const pod = JSON.stringify(leakyPod(`pod-${index}`, { pad }));
          if (!response.write(index === 0 ? pod : `,${pod}`)) await once(response, 'drain');
        }
        response.end('],"kind":"PodList","metadata":{"resourceVersion":"1"}}');
      }),
    );
    const { status, body, isWhole } = await askBroker(way, PODS);
    expect({ status, isWhole }).toEqual({ status: 200, isWhole: true });
    expect(holdsCanary(body)).toBe(false);
    const list = JSON.parse(body) as { kind: string; items: { metadata: { name: string } }[] };
    expect(list.kind).toBe('PodList');
    expect(list.items.map(({ metadata }) => metadata.name)).toEqual(
      Array.from({ length: count }, (_, index) => `pod-${index}`),
    );
    const line = rig.audit.at(-1);
    expect(line).toMatchObject({ decision: 'forwarded', status: 200, bytes: Buffer.byteLength(body) });
    expect(line?.peakBytes).toBeLessThan(64 * 1024);
  });

  it('waits for a caller that reads slowly, instead of holding everything', async () => {
    let written = 0;
    rig.api.on(
      PODS,
      writes(async (response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{"kind":"PodList","apiVersion":"v1","items":[0');
        for (let index = 0; index < 2000; index++) {
          const more = `,"${'y'.repeat(32_000)}"`;
          written += more.length;
          if (!response.write(more)) await once(response, 'drain');
        }
        response.end(']}');
      }),
    );
    const request = httpsRequest(way.url + PODS, {
      ca: way.certificate,
      agent: false,
      headers: { authorization: `Bearer ${way.token}` },
    });
    request.on('error', () => undefined);
    request.end();
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    answer.pause();
    let before = -1;
    // It stands still when nothing was written between two looks.
    await waitUntil(
      () => {
        const isStill = written === before && written > 0;
        before = written;
        return isStill;
      },
      { what: 'the upstream to stand still', intervalMs: 200 },
    );
    expect(written).toBeLessThan(32_000_000);
    answer.destroy();
    await waitUntil(() => rig.audit.at(-1)?.decision === 'failed', { what: 'the audit line' });
  });

  it.each([
    ['something else than JSON', { 'content-type': 'text/html' }, '<html>', 'answered with text/html'],
    [
      'protobuf',
      { 'content-type': 'application/vnd.kubernetes.protobuf' },
      'k8s\0',
      'application/vnd.kubernetes.protobuf',
    ],
    ['an encoding', { 'content-type': 'application/json', 'content-encoding': 'gzip' }, '{}', 'encoding gzip'],
    ['broken JSON', { 'content-type': 'application/json' }, '{"kind":"PodList","x":}', 'not valid JSON'],
    ['half an answer', { 'content-type': 'application/json' }, '{"kind":"PodList"', 'in the middle'],
    [
      'a deep object',
      { 'content-type': 'application/json' },
      `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`,
      'too deeply',
    ],
  ])('refuses %s in words', async (_name, headers, text, words) => {
    rig.api.on(
      PODS,
      writes((response) => {
        response.writeHead(200, headers).end(text);
      }),
    );
    const { status, body } = await askBroker(way, PODS);
    expect(status).toBe(502);
    expect(body).toContain(words);
  });

  it('cuts an answer off whose later items cannot be filtered, so that nobody takes it for whole', async () => {
    rig.api.on(
      PODS,
      writes((response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end('{"kind":"PodList","items":[{"metadata":{"name":"a"}},{"metadata":}]}');
      }),
    );
    const reply = await askBroker(way, PODS).catch(() => undefined);
    expect(reply?.isWhole === true && reply.status === 200).toBe(false);
  });

  it('lets log text through up to its limit', async () => {
    rig.api.on(
      `${PODS}/api-0/log`,
      writes((response) => {
        response.writeHead(200, { 'content-type': 'text/plain' }).end('z'.repeat(10_000));
      }),
    );
    const { body, headers } = await askBroker(way, `${PODS}/api-0/log?limitBytes=100`);
    expect(body).toHaveLength(100);
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
  });
});

describe('faults of the API server', () => {
  it('passes its refusals on, with its words and when to come again', async () => {
    rig.api.on(PODS, {
      status: 429,
      headers: { 'retry-after': '7' },
      body: statusBody(429, 'TooManyRequests', 'slow down'),
    });
    const busy = await askBroker(way, PODS);
    expect(busy).toMatchObject({ status: 429, headers: { 'retry-after': '7' } });
    expect(JSON.parse(busy.body)).toMatchObject({ reason: 'TooManyRequests', message: 'slow down' });
    rig.api.on(PODS, { status: 403, body: statusBody(403, 'Forbidden', 'pods is forbidden: User "x" cannot list') });
    expect(await askBroker(way, PODS)).toMatchObject({
      status: 403,
      body: expect.stringContaining('is forbidden') as string,
    });
    rig.api.on(
      PODS,
      writes((response) => {
        response.writeHead(500, { 'content-type': 'text/html' }).end('<html>a proxy</html>');
      }),
    );
    const broken = await askBroker(way, PODS);
    expect(broken.status).toBe(500);
    expect(JSON.parse(broken.body)).toMatchObject({
      kind: 'Status',
      message: 'the API server answered with status 500',
    });
    rig.api.on(
      '/readyz',
      writes((response) => {
        const checks = '[+]ping ok\n[-]etcd failed: reason withheld\nfor whom it may concern\nreadyz check failed\n';
        response.writeHead(500, { 'content-type': 'text/plain' }).end(checks);
      }),
    );
    const unready = await askBroker(way, '/readyz?verbose');
    expect(unready.status).toBe(500);
    expect(JSON.parse(unready.body)).toMatchObject({ message: '[-]etcd failed: reason withheld' });
    rig.api.on(
      PODS,
      writes((response) => {
        response.writeHead(302, { location: 'https://evil.example.com/' }).end();
      }),
    );
    expect((await askBroker(way, PODS)).status).toBe(502);
  });

  it('says that it is slow, and that it went away', async () => {
    const quick = await quickBroker({ patience: { answerMs: 200, idleMs: 200 } });
    rig.api.on(
      PODS,
      writes(() => undefined),
    );
    const slow = await askBroker(quick, PODS);
    expect({ status: slow.status, body: slow.body }).toEqual({
      status: 504,
      body: expect.stringContaining('does not answer in time') as string,
    });
    rig.api.on(
      PODS,
      writes((response) => {
        response.destroy();
      }),
    );
    const gone = await askBroker(quick, PODS);
    expect(gone.status).toBe(502);
    expect(gone.body).toContain('cannot be reached (ECONNRESET)');
    rig.api.on(
      PODS,
      writes((response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{"kind":"PodList","items":[{"metadata":{"name":"a"}},');
      }),
    );
    const stuck = await askBroker(quick, PODS).catch(() => ({ isWhole: false }));
    expect(stuck.isWhole).toBe(false);
  });

  it('reads a replaced token again, once, and says when there is none', async () => {
    rig.api.token = 'rotated';
    const expired = await askBroker(way, PODS);
    expect(expired.status).toBe(503);
    expect(expired.body).toContain('refuses the credential of the processor');
    await writeFile(rig.tokenFile, 'rotated\n');
    expect((await askBroker(way, PODS)).status).toBe(200);
    await writeFile(rig.tokenFile, '');
    const none = await askBroker(way, PODS);
    expect(none.status).toBe(503);
    expect(none.body).toContain('does not hold one line of text');
  });

  it('asks no server whose certificate another authority made', async () => {
    const other = createServerCertificate(['127.0.0.1'], new Date());
    await writeFile(
      rig.kubeconfigFile,
      kubeconfigText({ url: rig.api.url, ca: other.certificate }, { token: rig.api.token }),
    );
    const wrong = await quickBroker({});
    const { status, body } = await askBroker(wrong, PODS);
    expect(status).toBe(502);
    expect(body).toMatch(/certificate of the API server is not trusted \((?:DEPTH_ZERO|SELF_SIGNED|UNABLE|CERT)/u);
    expect(forwarded()).toEqual([]);
    // The administrator corrects the file; nobody has to start anything again.
    await writeFile(rig.kubeconfigFile, kubeconfigText(rig.api, { token: rig.api.token }));
    expect((await askBroker(wrong, PODS)).status).toBe(200);
  });
});

describe('limits', () => {
  it('lets a few ask at once, a few wait, and turns the rest away', async () => {
    const quick = await quickBroker({ limits: { calls: 1, waiting: 1 } });
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    rig.api.on(
      PODS,
      writes(async (response) => {
        await held;
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"kind":"PodList","items":[]}');
      }),
    );
    const first = askBroker(quick, PODS);
    await waitUntil(() => forwarded().length === 1, { what: 'the first to be forwarded' });
    const others = [askBroker(quick, PODS), askBroker(quick, PODS)];
    const turnedAway = await Promise.race(others);
    expect(turnedAway).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
    release();
    const statuses = (await Promise.all([first, ...others])).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 200, 429]);
  });

  it('counts watches apart, and ends them', async () => {
    const quick = await quickBroker({ limits: { watches: 1 } });
    rig.api.on(
      PODS,
      writes((response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write(`${JSON.stringify({ type: 'ADDED', object: leakyPod('a') })}\n{"type":"half`);
      }),
    );
    const watching = askBroker(quick, `${PODS}?watch=true&timeoutSeconds=1`);
    await waitUntil(() => forwarded().length === 1, { what: 'the watch' });
    expect((await askBroker(quick, `${PODS}?watch=1&timeoutSeconds=1`)).status).toBe(429);
    const { status, body, isWhole } = await watching;
    expect({ status, isWhole }).toEqual({ status: 200, isWhole: true });
    expect(body.split('\n').filter((line) => line !== '')).toHaveLength(1);
    expect(holdsCanary(body)).toBe(false);
  });
});

it('listens where it is told to, and says when it cannot', async () => {
  const wide = await quickBroker({ listen: { host: '127.0.0.1', port: 0 } });
  expect(new URL(wide.url).hostname).toBe('127.0.0.1');
  expect((await askBroker(wide, PODS)).status).toBe(200);
  const port = Number(new URL(wide.url).port);
  await expect(quickBroker({ listen: { host: '127.0.0.1', port } })).rejects.toMatchObject({
    code: 'usage',
    message: `the cluster broker cannot listen on 127.0.0.1 port ${port}`,
    why: expect.stringContaining('EADDRINUSE') as string,
  });
});

it('says that a run has ended to who still waits for the API server', async () => {
  rig.api.on(
    PODS,
    writes(() => undefined),
  );
  const asked = askBroker(way, PODS);
  await waitUntil(() => forwarded().length > 0, { what: 'the question to be forwarded' });
  way.close();
  expect(await asked).toMatchObject({ status: 503, body: expect.stringContaining('has ended') as string });
});

it('reads the kubeconfig of a cluster from beside its own files', async () => {
  await writeFile(join(folder.path, 'ca.pem'), rig.api.ca);
  const text = kubeconfigText(
    rig.api,
    { tokenFile: 'token' },
    { 'certificate-authority-data': undefined, 'certificate-authority': 'ca.pem' },
  );
  await writeFile(rig.kubeconfigFile, text);
  expect((await askBroker(await quickBroker({}), PODS)).status).toBe(200);
});
