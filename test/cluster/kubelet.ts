import { once } from 'node:events';
import { createServer } from 'node:https';
import { createServerCertificate } from '../../src/cluster-broker/server-certificate.ts';

/** Plays the only part of a kubelet that the API server asks for logs. */
export interface Kubelet {
  readonly port: number;
  /** Requests that it was asked, path and query. */
  readonly requests: readonly string[];
  readonly close: () => Promise<void>;
}

/** Logs by `namespace/pod/container`; `…?previous` for the one before. */
export async function startKubelet(logs: Readonly<Record<string, string>>): Promise<Kubelet> {
  const requests: string[] = [];
  const { certificate, key } = createServerCertificate(['127.0.0.1'], new Date());
  const server = createServer({ cert: certificate, key }, (request, response) => {
    requests.push(request.url ?? '');
    const { pathname, searchParams } = new URL(request.url ?? '', 'https://kubelet');
    const name = pathname.replace(/^\/containerLogs\//u, '');
    const log = logs[searchParams.get('previous') === 'true' ? `${name}?previous` : name];
    if (log === undefined) response.writeHead(404).end('no such container');
    else response.writeHead(200, { 'content-type': 'text/plain' }).end(log);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the kubelet has no port');
  return {
    port: address.port,
    requests,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
