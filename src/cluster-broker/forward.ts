import { once } from 'node:events';
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { isWarroomError } from '../domain/errors.ts';
import { isUntrustedCertificate } from '../lib/untrusted-certificate.ts';
import type { BodyRule, BrokerCall, Refusal } from './call.ts';
import { createJsonFilter, UnfilterableError } from './json-filter.ts';
import { createStrip } from './strip-object.ts';
import type { Upstream } from './upstream.ts';

/** Milliseconds after which a silent upstream, or a caller that does not read, is given up. */
export interface Patience {
  readonly answerMs: number;
  readonly idleMs: number;
}

/** Larger than any object that an API server stores. */
export const MAX_ITEM_BYTES = 8 * 1024 * 1024;
/** Bytes of an error answer that are read. */
const MAX_ERROR_BYTES = 64 * 1024;
const MAX_MESSAGE = 1000;

export type Forwarded =
  /** Went through, or was ended at its announced time. */
  | { readonly kind: 'sent'; readonly status: number; readonly bytes: number; readonly peakBytes: number }
  /** An error for the caller; nothing was written yet. */
  | { readonly kind: 'refused'; readonly status: number; readonly refusal: Refusal }
  /** Broke off after the answer had begun: the caller sees that it is not whole. */
  | { readonly kind: 'cut'; readonly status: number; readonly bytes: number; readonly why: string };

export interface Forwarding {
  readonly upstream: Upstream;
  readonly patience: Patience;
  readonly userAgent?: string;
  /** The caller, or the run, is gone. */
  readonly signal: AbortSignal;
  readonly response: ServerResponse;
}

/** Asks the upstream in the caller's place and streams back what may be seen. Never rejects. */
export async function forwardCall(call: BrokerCall, forwarding: Forwarding): Promise<Forwarded> {
  const { upstream } = forwarding;
  const first = await attempt(call, forwarding);
  if (first.kind !== 'refused' || !first.mayRenew) return first;
  // A token may have been replaced, or an authority: once, and only when there is something new.
  if (!(await upstream.renew())) return first;
  return await attempt(call, forwarding);
}

type Attempt =
  Exclude<Forwarded, { kind: 'refused' }> | (Extract<Forwarded, { kind: 'refused' }> & { readonly mayRenew: boolean });

async function attempt(call: BrokerCall, forwarding: Forwarding): Promise<Attempt> {
  const { upstream, patience, signal, response } = forwarding;
  const givenUp = new AbortController();
  const timer = setTimeout(() => {
    givenUp.abort();
  }, patience.answerMs);
  try {
    const request = await upstream.open({
      method: 'GET',
      target: call.target,
      accept: call.accept,
      ...(forwarding.userAgent === undefined ? {} : { userAgent: forwarding.userAgent }),
      signal: AbortSignal.any([signal, givenUp.signal]),
    });
    const answer = await answerOf(request);
    clearTimeout(timer);
    const status = answer.statusCode ?? 502;
    if (status !== 200) return await refuseAnswer(answer, { status, upstream, patience, body: call.body });
    const why = whyUnreadable(answer, call);
    if (why !== undefined) {
      answer.destroy();
      return refusal(502, 'BadGateway', `${upstream.title} ${why}`);
    }
    return await passOn(answer, call, forwarding);
  } catch (error) {
    if (response.headersSent) {
      response.destroy();
      return { kind: 'cut', status: 200, bytes: 0, why: reasonOf(error) };
    }
    if (signal.aborted) return refusal(503, 'ServiceUnavailable', 'this run of the cluster broker has ended');
    return refusalOfError(error, { upstream, isSlow: givenUp.signal.aborted });
  } finally {
    clearTimeout(timer);
  }
}

async function answerOf(request: ClientRequest): Promise<IncomingMessage> {
  return await new Promise((resolve, reject) => {
    request.once('response', resolve);
    // Stays: a connection can break after the answer has begun too.
    request.on('error', reject);
    request.end();
  });
}

/** Why an answer cannot be filtered by what it says of itself. */
function whyUnreadable({ headers }: IncomingMessage, { body }: BrokerCall): string | undefined {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') return `answered in the encoding ${encoding.slice(0, 20)}`;
  const type = headers['content-type'] ?? (body.kind === 'raw' ? 'text/plain' : '');
  const expected = body.kind === 'raw' ? body.accepted : /^application\/json(?:\s*;.*)?$/iu;
  return expected.test(type)
    ? undefined
    : `answered with ${type.slice(0, 60) || 'nothing'} in place of what was asked for`;
}

async function passOn(answer: IncomingMessage, call: BrokerCall, forwarding: Forwarding): Promise<Attempt> {
  const { response, patience, signal } = forwarding;
  const filter = createBodyFilter(call);
  let bytes = 0;
  const over = new AbortController();
  const end = call.endsAfterMs === undefined ? undefined : setTimeout(stop, call.endsAfterMs);
  const idle = setTimeout(
    () => {
      answer.destroy(new Error('silent for too long'));
    },
    Math.max(patience.idleMs, (call.endsAfterMs ?? 0) + 1000),
  );

  function stop(): void {
    over.abort();
    answer.destroy();
  }

  async function write(part: string | Buffer): Promise<void> {
    if (part.length === 0) return;
    if (!response.headersSent) response.writeHead(200, { 'content-type': typeOf(answer, call) });
    bytes += Buffer.byteLength(part);
    if (response.write(part)) return;
    await once(response, 'drain', { signal: AbortSignal.any([signal, AbortSignal.timeout(patience.idleMs)]) });
  }

  if (call.endsAfterMs !== undefined) {
    // Who watches wants to know that the watch stands.
    response.writeHead(200, { 'content-type': typeOf(answer, call) });
    response.flushHeaders();
  }
  try {
    for await (const chunk of answer) {
      if (!Buffer.isBuffer(chunk)) continue;
      idle.refresh();
      await write(filter.push(chunk));
      if (filter.isFull()) break;
    }
    if (!over.signal.aborted) await write(filter.end());
  } catch (error) {
    if (!over.signal.aborted) {
      if (!response.headersSent) throw error;
      response.destroy();
      return { kind: 'cut', status: 200, bytes, why: reasonOf(error) };
    }
  } finally {
    clearTimeout(end);
    clearTimeout(idle);
  }
  if (!response.headersSent) response.writeHead(200, { 'content-type': typeOf(answer, call) });
  response.end();
  return { kind: 'sent', status: 200, bytes, peakBytes: filter.peakBytes() };
}

interface BodyFilter {
  push(chunk: Buffer): string | Buffer;
  end(): string | Buffer;
  /** As much went through as may. */
  isFull(): boolean;
  peakBytes(): number;
}

function createBodyFilter({ body }: BrokerCall): BodyFilter {
  if (body.kind === 'json') {
    return {
      ...createJsonFilter({ shape: body.shape, strip: body.strip, maxBytes: MAX_ITEM_BYTES }),
      isFull: () => false,
    };
  }
  let left = body.maxBytes;
  return {
    push(chunk) {
      const part = chunk.subarray(0, left);
      left -= part.length;
      return part;
    },
    end: () => '',
    isFull: () => left <= 0,
    peakBytes: () => 0,
  };
}

/** Only types that were asked for come so far; their parameters name the form of discovery and tables. */
function typeOf({ headers }: IncomingMessage, { body }: BrokerCall): string {
  if (body.kind === 'raw') return body.contentType;
  const type = headers['content-type'] ?? '';
  return /^application\/json(?:;\s?[a-zA-Z]{1,10}=[\w.-]{1,40}){0,4}$/u.test(type) ? type : 'application/json';
}

interface AnswerFacts {
  readonly status: number;
  readonly upstream: Upstream;
  readonly patience: Patience;
  readonly body: BodyRule;
}

/** What an upstream says instead of an answer, as an error of our own with its words. */
async function refuseAnswer(
  answer: IncomingMessage,
  { status, upstream, patience, body }: AnswerFacts,
): Promise<Attempt> {
  if (status === 401) {
    answer.destroy();
    const message = `${upstream.title} refuses the credential of the processor (unauthorized); an administrator has to renew it`;
    return { ...refusal(503, 'ServiceUnavailable', message), mayRenew: true };
  }
  if (status < 400) {
    answer.destroy();
    return refusal(502, 'BadGateway', `${upstream.title} answered with status ${status}, which is not forwarded`);
  }
  const text = await readStart(answer, patience.idleMs);
  const said = messageOf(text) ?? linesOf(text, body);
  const retry = /^\d{1,5}$/u.exec(answer.headers['retry-after'] ?? '')?.[0];
  const message = said === undefined ? `${upstream.title} answered with status ${status}` : said;
  return {
    kind: 'refused',
    mayRenew: false,
    status,
    refusal: {
      reason: REASONS.get(status) ?? (status >= 500 ? 'ServiceUnavailable' : 'BadRequest'),
      message,
      ...(retry === undefined ? {} : { retryAfterSeconds: Number(retry) }),
    },
  };
}

const REASONS: ReadonlyMap<number, Refusal['reason']> = new Map([
  [403, 'Forbidden'],
  [404, 'NotFound'],
  [405, 'MethodNotAllowed'],
  [406, 'NotAcceptable'],
  [410, 'Expired'],
  [429, 'TooManyRequests'],
  [502, 'BadGateway'],
  [504, 'GatewayTimeout'],
]);

/** The message of a `Status`, or of the errors of other APIs; what is no JSON may be the page of a proxy and says nothing. */
function messageOf(text: string): string | undefined {
  try {
    const value: unknown = createStrip({})(JSON.parse(text));
    if (typeof value !== 'object' || value === null) return undefined;
    const message = 'message' in value ? value.message : 'error' in value ? value.error : undefined;
    return typeof message === 'string' && message !== '' ? message.slice(0, MAX_MESSAGE) : undefined;
  } catch {
    return undefined;
  }
}

/** Lines of an error in plain text that its caller needs, such as the checks that fail. */
function linesOf(text: string, body: BodyRule): string | undefined {
  const expected = body.kind === 'raw' ? body.errorLines : undefined;
  if (expected === undefined) return undefined;
  const lines = text.split('\n').filter((line) => expected.test(line));
  return lines.length === 0 ? undefined : lines.join('\n').slice(0, MAX_MESSAGE);
}

async function readStart(answer: IncomingMessage, idleMs: number): Promise<string> {
  const idle = setTimeout(() => answer.destroy(), idleMs);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer) {
      if (!Buffer.isBuffer(chunk)) continue;
      chunks.push(chunk);
      size += chunk.length;
      if (size >= MAX_ERROR_BYTES) break;
    }
  } catch {
    // What has arrived is enough for a message.
  } finally {
    clearTimeout(idle);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function refusal(status: number, reason: Refusal['reason'], message: string): Extract<Attempt, { kind: 'refused' }> {
  return { kind: 'refused', status, mayRenew: false, refusal: { reason, message } };
}

function refusalOfError(
  error: unknown,
  { upstream, isSlow }: { readonly upstream: Upstream; readonly isSlow: boolean },
): Attempt {
  if (isSlow) return refusal(504, 'GatewayTimeout', `${upstream.title} does not answer in time`);
  if (error instanceof UnfilterableError) {
    return refusal(502, 'BadGateway', `the answer of ${upstream.title} cannot be forwarded: ${error.message}`);
  }
  if (isWarroomError(error))
    return refusal(503, 'ServiceUnavailable', `${error.message}: ${error.why ?? 'no reason is known'}`);
  const code = codeOf(error);
  if (isUntrustedCertificate(code)) {
    const message = `the certificate of ${upstream.title} is not trusted (${code}); an administrator has to correct the certificate authority`;
    return { ...refusal(502, 'BadGateway', message), mayRenew: true };
  }
  return refusal(502, 'BadGateway', `${upstream.title} cannot be reached (${code})`);
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^[A-Z][A-Z0-9_]{1,60}$/u.test(code) ? code : 'connection failed';
}

function reasonOf(error: unknown): string {
  return error instanceof UnfilterableError ? error.message : codeOf(error);
}
