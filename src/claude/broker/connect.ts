import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect as tlsConnect } from 'node:tls';
import type { MessagesUpstream } from './upstream.ts';

/** Time in which a proxy must have opened a tunnel. */
const TUNNEL_MS = 15_000;

/** Opens requests to one upstream, over connections that are kept or through a tunnel of a proxy. */
export interface UpstreamConnector {
  open(path: string, options: Pick<RequestOptions, 'headers' | 'signal'>): Promise<ClientRequest>;
  close(): void;
}

export function createUpstreamConnector(upstream: Pick<MessagesUpstream, 'baseUrl' | 'proxy'>): UpstreamConnector {
  const base = new URL(upstream.baseUrl);
  const isTls = base.protocol === 'https:';
  const agent = isTls ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  const request = isTls ? httpsRequest : httpRequest;
  const prefix = base.pathname.replace(/\/+$/u, '');
  const { proxy } = upstream;
  return {
    async open(path, options) {
      const url = new URL(prefix + path, base.origin);
      if (proxy === undefined) return request(url, { ...options, method: 'POST', agent });
      const socket = await openTunnel(proxy, base);
      return request(url, {
        ...options,
        method: 'POST',
        createConnection: () => (isTls ? tlsConnect({ socket, servername: base.hostname }) : socket),
      });
    },
    close() {
      agent.destroy();
    },
  };
}

async function openTunnel(proxy: string, target: URL): Promise<Duplex> {
  const { hostname, port, username, password } = new URL(proxy);
  const targetPort = target.port === '' ? (target.protocol === 'https:' ? '443' : '80') : target.port;
  const authority = `${target.hostname}:${targetPort}`;
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const request = httpRequest({
    host: hostname,
    port: port === '' ? 80 : port,
    method: 'CONNECT',
    path: authority,
    headers: {
      host: authority,
      ...(username === '' ? {} : { 'proxy-authorization': `Basic ${Buffer.from(user).toString('base64')}` }),
    },
  });
  // Not by an abort signal: it would also end the tunnel later on.
  const timer = setTimeout(() => request.destroy(new Error('the proxy opened no tunnel in time')), TUNNEL_MS);
  try {
    return await new Promise<Duplex>((resolve, reject) => {
      const refuse = (status: number | undefined): void => {
        reject(new Error(`the proxy answered ${status ?? 0} instead of opening a tunnel`));
      };
      request.once('connect', (response, socket) => {
        if (response.statusCode === 200) {
          resolve(socket);
          return;
        }
        socket.destroy();
        refuse(response.statusCode);
      });
      request.once('response', (response) => {
        response.resume();
        refuse(response.statusCode);
      });
      request.once('error', reject);
      request.end();
    });
  } finally {
    clearTimeout(timer);
  }
}
