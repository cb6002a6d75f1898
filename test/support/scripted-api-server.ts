import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { createServerCertificate } from '../../src/cluster-broker/server-certificate.ts';

export interface ApiRequest {
  readonly method: string;
  /** With the query. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export type ApiAnswer =
  | { readonly status?: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }
  /** Writes the answer itself. */
  | ((response: ServerResponse) => void | Promise<void>);

export interface ScriptedApiServer {
  readonly url: string;
  /** PEM of the only authority that vouches for it. */
  readonly ca: string;
  readonly requests: readonly ApiRequest[];
  /** Token that is accepted; can be changed. */
  token: string;
  /** Answers paths (without query); later ones win. */
  on(path: string | RegExp, answer: ApiAnswer | ((request: ApiRequest) => ApiAnswer)): void;
  close(): Promise<void>;
}

/**
 * A server on loopback that speaks TLS and answers like a Kubernetes API by script. It is no Kubernetes: what it says are
 * documents of documented shapes, written by hand.
 */
export async function startScriptedApiServer(token = 'service-account-token'): Promise<ScriptedApiServer> {
  const { certificate, key } = createServerCertificate(['127.0.0.1'], new Date());
  const requests: ApiRequest[] = [];
  const routes: { readonly path: string | RegExp; readonly answer: (request: ApiRequest) => ApiAnswer }[] = [];

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    const { method = '', url = '', headers, rawHeaders } = incoming;
    const request: ApiRequest = { method, url, headers, rawHeaders, body: Buffer.concat(chunks).toString('utf8') };
    requests.push(request);
    if (headers.authorization !== `Bearer ${server.token}`) {
      sendJson(response, 401, statusBody(401, 'Unauthorized', 'Unauthorized'));
      return;
    }
    const [path = ''] = url.split('?');
    const route = routes.findLast((each) =>
      typeof each.path === 'string' ? each.path === path : each.path.test(path),
    );
    const answer = route?.answer(request) ?? {
      status: 404,
      body: statusBody(404, 'NotFound', `${path} is not scripted`),
    };
    if (typeof answer === 'function') await answer(response);
    else sendJson(response, answer.status ?? 200, answer.body, answer.headers);
  }

  const http = createServer({ cert: certificate, key }, (incoming, response) => {
    response.on('error', () => undefined);
    handle(incoming, response).catch(() => response.destroy());
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const address = http.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const server: ScriptedApiServer = {
    url: `https://127.0.0.1:${address.port}`,
    ca: certificate,
    requests,
    token,
    on(path, answer) {
      routes.push({ path, answer: (request) => (isAnswerer(answer) ? answer(request) : answer) });
    },
    async close() {
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
  scriptDiscovery(server);
  return server;
}

/** A function of one argument may be either; answers that write themselves are marked by `writes`. */
function isAnswerer(
  answer: ApiAnswer | ((request: ApiRequest) => ApiAnswer),
): answer is (request: ApiRequest) => ApiAnswer {
  return typeof answer === 'function' && !writers.has(answer);
}

const writers = new WeakSet<object>();

/** Marks an answer that writes itself. */
export function writes(answer: (response: ServerResponse) => void | Promise<void>): ApiAnswer {
  writers.add(answer);
  return answer;
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

export function statusBody(code: number, reason: string, message: string): unknown {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
}

/** What kubectl asks before anything else. */
function scriptDiscovery(server: ScriptedApiServer): void {
  const resource = (name: string, kind: string, more: Readonly<Record<string, unknown>> = {}): unknown => ({
    name,
    singularName: kind.toLowerCase(),
    namespaced: true,
    kind,
    verbs: ['get', 'list', 'watch'],
    ...more,
  });
  server.on('/version', { body: { major: '1', minor: '32', gitVersion: 'v1.32.4', platform: 'linux/amd64' } });
  server.on('/api', { body: { kind: 'APIVersions', versions: ['v1'] } });
  const group = (name: string, version: string): unknown => ({
    name,
    versions: [{ groupVersion: `${name}/${version}`, version }],
    preferredVersion: { groupVersion: `${name}/${version}`, version },
  });
  server.on('/apis', {
    body: { kind: 'APIGroupList', apiVersion: 'v1', groups: [group('apps', 'v1'), group('config.openshift.io', 'v1')] },
  });
  server.on('/api/v1', {
    body: {
      kind: 'APIResourceList',
      groupVersion: 'v1',
      resources: [
        resource('pods', 'Pod', { shortNames: ['po'], categories: ['all'] }),
        resource('pods/log', 'Pod'),
        resource('secrets', 'Secret'),
        resource('configmaps', 'ConfigMap', { shortNames: ['cm'] }),
        resource('namespaces', 'Namespace', { namespaced: false, shortNames: ['ns'] }),
        resource('nodes', 'Node', { namespaced: false }),
        resource('events', 'Event'),
        resource('resourcequotas', 'ResourceQuota'),
        resource('limitranges', 'LimitRange'),
      ],
    },
  });
  server.on('/apis/apps/v1', {
    body: { kind: 'APIResourceList', groupVersion: 'apps/v1', resources: [resource('deployments', 'Deployment')] },
  });
  server.on('/apis/config.openshift.io/v1', {
    body: {
      kind: 'APIResourceList',
      groupVersion: 'config.openshift.io/v1',
      resources: [resource('infrastructures', 'Infrastructure', { namespaced: false })],
    },
  });
}
