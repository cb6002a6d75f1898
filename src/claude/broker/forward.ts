import { once } from 'node:events';
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createUnzip } from 'node:zlib';
import { CREDENTIAL_REFUSED, sendAnswer, unreachableUpstream, UPSTREAM_SILENT } from './answers.ts';
import type { UpstreamConnector } from './connect.ts';
import type { RunAccount } from './run-account.ts';
import { NO_TOKENS, priceTokens } from './token-usage.ts';
import type { MessagesUpstream, ModelCredential } from './upstream.ts';
import { createUsageMeter } from './usage-meter.ts';

/** Bytes of an error answer that are passed on. */
const MAX_ERROR_BYTES = 64 * 1024;

/** Milliseconds after which a silent upstream is given up: before its answer begins, and within it. */
export interface UpstreamPatience {
  readonly answerMs: number;
  readonly idleMs: number;
}

export interface ForwardContext {
  readonly upstream: MessagesUpstream;
  readonly connector: UpstreamConnector;
  readonly patience: UpstreamPatience;
  readonly now: () => Date;
}

export interface ModelCall {
  /** `/v1/messages` or below, with the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly model: string;
  readonly account: RunAccount;
  readonly signal: AbortSignal;
}

/** Forwards one call with the real credential and streams the answer back; counts what it costs. Never rejects. */
export async function forwardCall(context: ForwardContext, call: ModelCall, response: ServerResponse): Promise<void> {
  const credential = await context.upstream.credential().catch(() => undefined);
  if (credential === undefined) {
    call.account.refuse('credential');
    sendAnswer(response, CREDENTIAL_REFUSED);
    return;
  }
  call.account.countRequest();
  const patience = new AbortController();
  const signal = AbortSignal.any([call.signal, patience.signal]);
  const giveUp = (): void => {
    patience.abort();
  };
  const timer = setTimeout(giveUp, context.patience.answerMs);
  try {
    const headers = forwardedHeaders(call, credential, context.upstream.extraHeaders);
    const request = await context.connector.open(call.path, { headers, signal });
    const answer = await answerOf(request, call.body);
    clearTimeout(timer);
    await passOn(answer, { context, call, response, credential });
  } catch (error) {
    // Headers are out: a cut connection is the only way to say that the rest is missing.
    if (response.headersSent) response.destroy();
    else sendAnswer(response, patience.signal.aborted ? UPSTREAM_SILENT : unreachableUpstream(error));
  } finally {
    clearTimeout(timer);
  }
}

async function answerOf(request: ClientRequest, body: Buffer): Promise<IncomingMessage> {
  return await new Promise((resolve, reject) => {
    request.once('response', resolve);
    // Stays: a connection can break after the answer has begun too.
    request.on('error', reject);
    request.end(body);
  });
}

interface Passing {
  readonly context: ForwardContext;
  readonly call: ModelCall;
  readonly response: ServerResponse;
  readonly credential: ModelCredential;
}

async function passOn(answer: IncomingMessage, { context, call, response, credential }: Passing): Promise<void> {
  const status = answer.statusCode ?? 502;
  if (status === 401 || status === 403) {
    // What the upstream says may hold a part of the key.
    answer.destroy();
    call.account.refuse('credential', status);
    sendAnswer(response, CREDENTIAL_REFUSED);
    return;
  }
  const headers = returnedHeaders(answer.headers);
  const content = decoded(answer);
  if (status >= 400) {
    const secrets = [credential.value, ...Object.values(context.upstream.extraHeaders ?? {})];
    const text = await readStart(content, context.patience.idleMs);
    response.writeHead(status, headers).end(withoutSecrets(text, secrets));
    return;
  }
  response.writeHead(status, headers);
  response.flushHeaders();
  const meter = createUsageMeter();
  try {
    const onChunk = (chunk: Buffer): void => {
      meter.push(chunk);
    };
    await streamThrough(content, { response, idleMs: context.patience.idleMs, onChunk });
    response.end();
  } finally {
    const { usage, model } = meter.end();
    if (usage !== NO_TOKENS) {
      const usd = priceTokens(usage, { asked: call.model, answered: model });
      call.account.countTokens({ model: model === '' ? call.model : model, tokens: usage, usd, at: context.now() });
    }
  }
}

interface Streaming {
  readonly response: ServerResponse;
  readonly idleMs: number;
  readonly onChunk: (chunk: Buffer) => void;
}

async function streamThrough(content: Readable, { response, idleMs, onChunk }: Streaming): Promise<void> {
  const idle = setTimeout(() => content.destroy(new Error('the model API fell silent')), idleMs);
  try {
    for await (const chunk of content) {
      if (!Buffer.isBuffer(chunk)) continue;
      idle.refresh();
      onChunk(chunk);
      if (response.destroyed) throw new Error('the client is gone');
      if (!response.write(chunk)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
    }
  } finally {
    clearTimeout(idle);
  }
}

async function readStart(content: Readable, idleMs: number): Promise<string> {
  const idle = setTimeout(() => content.destroy(new Error('the model API fell silent')), idleMs);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of content) {
      if (!Buffer.isBuffer(chunk)) continue;
      chunks.push(chunk.subarray(0, MAX_ERROR_BYTES - size));
      size += chunk.length;
      if (size >= MAX_ERROR_BYTES) break;
    }
  } finally {
    clearTimeout(idle);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.filter((secret) => secret.length >= 8).reduce((rest, secret) => rest.replaceAll(secret, '…'), text);
}

/** We ask for an uncompressed answer, but a gateway may know better. */
function decoded(answer: IncomingMessage): Readable {
  const encoding = answer.headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') return answer;
  const decoder = encoding === 'br' ? createBrotliDecompress() : createUnzip();
  answer.on('error', (error) => decoder.destroy(error));
  return answer.pipe(decoder);
}

const FORWARDED = /^(?:accept|content-type|user-agent|anthropic-.*|x-app|x-stainless-.*|x-claude-code-.*)$/u;
const RETURNED = /^(?:content-type|request-id|retry-after|retry-after-ms|x-should-retry|anthropic-ratelimit-.*)$/u;

function forwardedHeaders(
  call: ModelCall,
  credential: ModelCredential,
  extra: Readonly<Record<string, string>> = {},
): Record<string, string | string[]> {
  return {
    ...picked(call.headers, FORWARDED),
    'accept-encoding': 'identity',
    'content-length': String(call.body.length),
    ...extra,
    ...(credential.kind === 'api-key'
      ? { 'x-api-key': credential.value }
      : { authorization: `Bearer ${credential.value}` }),
  };
}

function returnedHeaders(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  return picked(headers, RETURNED);
}

function picked(headers: IncomingHttpHeaders, names: RegExp): Record<string, string | string[]> {
  const kept = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || !names.test(name) ? [] : [[name, value] as const],
  );
  return Object.fromEntries(kept);
}
