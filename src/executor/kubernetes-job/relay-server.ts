import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { numberField, parseRecord, recordsField } from '../../schema/json-fields.ts';
import { createServerCertificate } from '../../cluster-broker/server-certificate.ts';
import type { Clock } from '../../lib/clock.ts';
import { sha256 } from '../../lib/digest.ts';
import { passedHeaders, pipeCall } from '../pipe-call.ts';
import { AGENT_HEADER, parseFromAgent, type FromAgent, type ToAgent } from '../relay-messages.ts';

/** A line of claude may have 8 MiB. */
const MAX_BODY_BYTES = 24 * 1024 * 1024;
const MAX_TOTAL_BYTES = 512 * 1024 * 1024;

export interface Relay {
  /** As agents reach it. */
  readonly url: string;
  /** PEM of the only authority that vouches for it. */
  readonly certificate: string;
  open(onMessage: (message: FromAgent) => void): RelayRun;
  close(): Promise<void>;
}

/** The connection with one agent. */
export interface RelayRun {
  /** Opens nothing but this conversation, and ends with it. */
  readonly token: string;
  send(message: ToAgent): void;
  /** Lets calls of the model through to this broker. */
  allowModel(baseUrl: string): void;
  /** Time of the monotonic clock at which the agent was last heard; undefined when it never was. */
  lastHeardMs(): number | undefined;
  /** Says that nothing more comes; resolves when the agent knows it, or the signal comes. */
  finish(signal: AbortSignal): Promise<void>;
  close(): void;
}

export interface RelayOptions {
  /** Address to listen on, and its port; 0 takes a free one. */
  readonly host: string;
  readonly port: number;
  /** Address that agents are told: this very pod, because only it knows their conversations. */
  readonly advertise: string;
  readonly clock: Clock;
  /** How long a question for input is kept open; 20 s by default. */
  readonly holdMs?: number;
}

interface Line {
  readonly onMessage: (message: FromAgent) => void;
  readonly waiting: { readonly seq: number; readonly message: ToAgent }[];
  lastSent: number;
  lastReceived: number;
  receivedBytes: number;
  heardMs: number | undefined;
  modelUrl: string | undefined;
  isOver: boolean;
  isRefused: boolean;
  /** Called when there is something to send, or to let go of whoever asks. */
  wake: () => void;
  onTold: () => void;
}

/**
 * Where agents in pods of their own report, over TLS with a certificate made at this start. An agent is known by the
 * token of its run; whoever has none learns nothing.
 */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const { host, port, advertise, clock, holdMs = 20_000 } = options;
  const { certificate, key } = createServerCertificate([advertise], clock.now());
  const lines = new Map<string, Line>();

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const token = incoming.headers[AGENT_HEADER];
    const line = typeof token === 'string' ? lines.get(sha256(token)) : undefined;
    if (line === undefined) {
      incoming.resume();
      response.writeHead(401).end();
      return;
    }
    line.heardMs = clock.monotonicMs();
    const url = incoming.url ?? '';
    if (line.modelUrl !== undefined && (url.startsWith('/v1/') || (incoming.method === 'HEAD' && url === '/'))) {
      const headers = passedHeaders(incoming.headers, [AGENT_HEADER]);
      pipeCall(incoming, response, httpRequest(line.modelUrl + url, { method: incoming.method ?? 'POST', headers }));
      return;
    }
    const text = await readAll(incoming);
    const body = text === undefined ? undefined : parseRecord(text);
    const status =
      text === undefined
        ? refuse(line)
        : url === '/agent/output'
          ? take(line, numberField(body, 'first') ?? 0, recordsField(body, 'messages'))
          : url === '/agent/input'
            ? await give(line, numberField(body, 'after') ?? 0, { response, holdMs })
            : 404;
    if (!response.headersSent) response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
  }

  const server = createServer({ cert: certificate, key, minVersion: 'TLSv1.2' }, (incoming, response) => {
    response.on('error', () => undefined);
    handle(incoming, response).catch(() => response.destroy());
  });
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the relay has no port');
  const name = advertise.includes(':') ? `[${advertise}]` : advertise;

  return {
    url: `https://${name}:${address.port}`,
    certificate,
    open(onMessage) {
      const token = randomBytes(32).toString('hex');
      const digest = sha256(token);
      const line: Line = {
        ...{ onMessage, waiting: [], lastSent: 0, lastReceived: 0, receivedBytes: 0, heardMs: undefined },
        ...{ modelUrl: undefined, isOver: false, isRefused: false, wake: () => undefined, onTold: () => undefined },
      };
      lines.set(digest, line);
      return {
        token,
        send(message) {
          line.lastSent += 1;
          line.waiting.push({ seq: line.lastSent, message });
          line.wake();
        },
        allowModel(baseUrl) {
          line.modelUrl = baseUrl;
        },
        lastHeardMs: () => line.heardMs,
        async finish(signal) {
          if (signal.aborted) return;
          await new Promise<void>((resolve) => {
            line.onTold = resolve;
            signal.addEventListener(
              'abort',
              () => {
                resolve();
              },
              { once: true },
            );
            line.isOver = true;
            line.wake();
          });
        },
        close() {
          lines.delete(digest);
          line.wake();
        },
      };
    },
    async close() {
      lines.clear();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Takes each message once, in order; gives the status of the answer. */
function take(line: Line, first: number, messages: readonly Readonly<Record<string, unknown>>[]): number {
  if (line.isRefused) return 413;
  if (first > line.lastReceived + 1) return 409;
  for (const [index, message] of messages.entries()) {
    if (first + index <= line.lastReceived) continue;
    line.lastReceived = first + index;
    line.receivedBytes += typeof message['text'] === 'string' ? message['text'].length : 0;
    if (line.receivedBytes > MAX_TOTAL_BYTES) return refuse(line);
    const parsed = parseFromAgent(message);
    if (parsed !== undefined) line.onMessage(parsed);
  }
  return 200;
}

/** An agent that said more than any sane run does; what it says from now on is not taken. */
function refuse(line: Line): number {
  if (!line.isRefused) line.onMessage({ kind: 'flood' });
  line.isRefused = true;
  return 413;
}

/** Answers with what comes after `after`; waits for it when there is nothing yet. */
async function give(
  line: Line,
  after: number,
  { response, holdMs }: { readonly response: ServerResponse; readonly holdMs: number },
): Promise<number> {
  while (line.waiting[0] !== undefined && line.waiting[0].seq <= after) line.waiting.shift();
  if (line.waiting.length === 0 && !line.isOver) {
    // One question at a time: an older one belongs to a connection that broke.
    line.wake();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, holdMs);
      line.wake = () => {
        clearTimeout(timer);
        resolve();
      };
      response.on('close', line.wake);
    });
  }
  if (response.destroyed) return 200;
  response.writeHead(200, { 'content-type': 'application/json' });
  const isOver = line.isOver && line.waiting.length === 0;
  response.end(JSON.stringify({ messages: line.waiting, over: isOver }), () => {
    if (isOver) line.onTold();
  });
  return 200;
}

/** Undefined when it is too much; the rest of it is let go. */
async function readAll(incoming: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (size > MAX_BODY_BYTES) return undefined;
  return Buffer.concat(chunks, size).toString('utf8');
}
