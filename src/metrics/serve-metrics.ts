import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { WarroomError } from '../domain/errors.ts';
import { describeReadiness, type Readiness } from './readiness.ts';

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface MetricsServerOptions {
  readonly listen: { readonly host: string; readonly port: number };
  readonly contentType: string;
  readonly render: () => Promise<string>;
  readonly readiness: () => Readiness;
}

/** Slow or silent callers are cut off; nobody needs many connections at once. */
const LIMITS = { requestTimeout: 5000, headersTimeout: 5000, keepAliveTimeout: 5000, maxHeaderSize: 8192 };
const MAX_CONNECTIONS = 32;

/**
 * `/metrics` for Prometheus, `/healthz` as long as the process turns, `/readyz` once it can answer people. Reads nothing of
 * a request but its path, and says nothing that is not a number or a constant.
 */
export async function serveMetrics(options: MetricsServerOptions): Promise<MetricsServer> {
  const { listen } = options;
  const server = createServer(LIMITS, (request, response) => {
    response.on('error', () => undefined);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      answer(response, 405, 'only GET is answered here');
      return;
    }
    answerPath(options, new URL(request.url ?? '/', 'http://localhost').pathname, response).catch(() => {
      response.destroy();
    });
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.listen(listen.port, listen.host);
  await once(server, 'listening').catch((cause: unknown) => {
    throw new WarroomError('usage', `the metrics cannot be served on ${listen.host} port ${listen.port}`, {
      why: cause instanceof Error ? cause.message : String(cause),
      hint: 'free the address, or change metrics.listen in the configuration of the processor',
      cause,
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the metrics have no port');
  return {
    port: address.port,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answerPath(options: MetricsServerOptions, path: string, response: ServerResponse): Promise<void> {
  switch (path) {
    case '/metrics':
      answer(response, 200, await options.render(), options.contentType);
      return;
    case '/healthz':
      answer(response, 200, 'ok');
      return;
    case '/readyz': {
      const readiness = options.readiness();
      answer(response, readiness === 'ready' ? 200 : 503, describeReadiness(readiness));
      return;
    }
    default:
      answer(response, 404, 'there is /metrics, /healthz and /readyz');
  }
}

function answer(response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, { 'content-type': type, 'x-content-type-options': 'nosniff' });
  response.end(text.endsWith('\n') ? text : `${text}\n`);
}
