import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServerCertificate } from '../../src/cluster-broker/server-certificate.ts';

export interface MockAnswer {
  readonly status?: number;
  /** Printed as JSON unless it is a text. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Never answers. */
  readonly isSilent?: boolean;
}

export interface MockPrometheus {
  readonly url: string;
  /** PEM of the only authority that vouches for it; empty without TLS. */
  readonly ca: string;
  readonly asked: readonly { readonly method: string; readonly target: string; readonly token: string | undefined }[];
  /** What it says from now on. */
  answer: MockAnswer;
  close(): Promise<void>;
}

/** A vector of one series, as the HTTP API of Prometheus documents it. */
export const ONE_SERIES = {
  status: 'success',
  data: { resultType: 'vector', result: [{ metric: { pod: 'etcd-0' }, value: [1_700_000_000, '0.25'] }] },
};

/** A mock of Prometheus: a server on loopback that gives one scripted answer and computes nothing. */
export async function startMockPrometheus(options: { readonly tls?: boolean } = {}): Promise<MockPrometheus> {
  const { certificate, key } =
    options.tls === true ? createServerCertificate(['127.0.0.1'], new Date()) : { certificate: '', key: '' };
  const asked: { method: string; target: string; token: string | undefined }[] = [];
  const listener: RequestListener = (request, response) => {
    asked.push({ method: request.method ?? '', target: request.url ?? '', token: request.headers.authorization });
    const { status = 200, body = ONE_SERIES, headers = {}, isSilent = false } = mock.answer;
    if (isSilent) return;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
  const server =
    options.tls === true ? createHttpsServer({ cert: certificate, key }, listener) : createHttpServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const mock: MockPrometheus = {
    url: `${options.tls === true ? 'https' : 'http'}://127.0.0.1:${address.port}`,
    ca: certificate,
    asked,
    answer: {},
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return mock;
}
