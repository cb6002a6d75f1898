import { once } from 'node:events';
import { createServer } from 'node:http';
import { passedHeaders, pipeCall } from '../pipe-call.ts';
import type { RelayClient } from './relay-client.ts';

/**
 * The Messages API as claude finds it on the loopback address of its pod; every call goes on to the model broker, over the
 * connection whose certificate is pinned.
 */
export async function startModelRelay(
  relay: Pick<RelayClient, 'openModelCall'>,
): Promise<{ readonly baseUrl: string; close(): Promise<void> }> {
  const server = createServer((incoming, response) => {
    const headers = passedHeaders(incoming.headers);
    pipeCall(incoming, response, relay.openModelCall(incoming.url ?? '/', { method: incoming.method, headers }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the model relay has no port');
  return {
    baseUrl: `http://127.0.0.1:${address.port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
