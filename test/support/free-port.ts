import { once } from 'node:events';
import { createServer } from 'node:net';

/** A port on which nobody listens now. Another process may take it before it is used: then the start of a server fails. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a server has no port');
  return address.port;
}
