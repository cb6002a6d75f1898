import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';

/** Headers of one hop (RFC 9110 §7.6.1), and those that name this hop. */
const OF_ONE_HOP = new Set(['connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'host']);

export function passedHeaders(
  headers: IncomingMessage['headers'],
  without: readonly string[] = [],
): Record<string, string | string[]> {
  const passed: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !OF_ONE_HOP.has(name) && !without.includes(name)) passed[name] = value;
  }
  return passed;
}

/** Lets a call go on by `next`, and its answer come back, as they flow. An end that breaks ends the other one. */
export function pipeCall(incoming: IncomingMessage, response: ServerResponse, next: ClientRequest): void {
  next.on('error', () => {
    if (response.headersSent) response.destroy();
    else response.writeHead(502).end();
  });
  next.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, passedHeaders(answer.headers));
    answer.on('error', () => response.destroy());
    answer.pipe(response);
  });
  response.on('error', () => undefined);
  response.on('close', () => next.destroy());
  incoming.on('error', () => next.destroy());
  incoming.pipe(next);
}
