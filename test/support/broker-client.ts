import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:tls';
import type { BrokerAccess } from '../../src/cluster-broker/start-cluster-broker.ts';

export interface BrokerReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Whether the answer came to its announced end. */
  readonly isWhole: boolean;
}

/** One request to a broker, with its token unless `headers` say another one. */
export async function askBroker(
  way: BrokerAccess,
  path: string,
  options: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  } = {},
): Promise<BrokerReply> {
  const { method = 'GET', headers = {}, body } = options;
  const request = httpsRequest(way.url + path, {
    method,
    ca: way.certificate,
    agent: false,
    headers: { authorization: `Bearer ${way.token}`, ...headers },
  });
  // Node writes paths as they are given; a URL object would tidy them up.
  request.path = path;
  request.end(body);
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  let isWhole = true;
  try {
    for await (const chunk of answer) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  } catch {
    isWhole = false;
  }
  const text = Buffer.concat(chunks).toString('utf8');
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: text, isWhole };
}

/** Sends bytes as they are over TLS, and gives everything that comes back until the end. */
export async function sendRaw(way: BrokerAccess, bytes: string): Promise<string> {
  const { hostname, port } = new URL(way.url);
  const socket = connect({ host: hostname, port: Number(port), ca: way.certificate });
  await once(socket, 'secureConnect');
  socket.end(bytes);
  let text = '';
  try {
    for await (const chunk of socket) text += String(chunk);
  } catch {
    // A cut connection is an answer too.
  }
  return text;
}
