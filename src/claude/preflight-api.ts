import { once } from 'node:events';
import { createServer } from 'node:http';
import { formatMessage, formatMessageEvents, type MessageBlock } from './message-stream.ts';

export interface PreflightApi {
  readonly baseUrl: string;
  /** Method, path and body of everything that came in. */
  readonly requests: readonly PreflightRequest[];
  close(): Promise<void>;
}

export interface PreflightRequest {
  readonly call: string;
  readonly body: string;
}

/** A model on loopback that says `answers` one after the other, whatever it is asked. */
export async function startPreflightApi(answers: readonly (readonly MessageBlock[])[]): Promise<PreflightApi> {
  const requests: PreflightRequest[] = [];
  let turn = 0;

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const path = request.url ?? '';
      requests.push({ call: `${request.method ?? ''} ${path}`, body });
      if (!path.startsWith('/v1/messages')) {
        response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
        return;
      }
      const content = answers[turn] ?? [];
      turn += 1;
      const message = {
        id: `msg_${turn}`,
        model: 'preflight',
        content,
        stopReason: content.some((block) => block.type === 'tool_use') ? 'tool_use' : 'end_turn',
        usage: { input_tokens: 1, output_tokens: 1, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 },
      };
      const isStream = body.includes('"stream":true');
      response.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' });
      response.end(isStream ? formatMessageEvents(message).join('') : formatMessage(message));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the preflight API has no port');
  return {
    baseUrl: `http://127.0.0.1:${address.port}`,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
