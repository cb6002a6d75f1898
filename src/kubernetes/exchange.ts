import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { UpstreamCall } from '../cluster-broker/upstream.ts';
import type { ApiServer } from '../cluster-broker/api-server.ts';
import { isWarroomError } from '../domain/errors.ts';
import { backoffDelayMs, type Backoff } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import { apiFailure, noAnswer, retryAfterSeconds } from './api-failure.ts';

export interface ApiCall extends Pick<UpstreamCall, 'method' | 'target' | 'contentType'> {
  /** What is tried, for errors: `create the Job x`. */
  readonly what: string;
  readonly body?: string;
  /** For text such as logs; JSON by default. */
  readonly accept?: string;
  readonly signal?: AbortSignal | undefined;
}

export interface ExchangeOptions {
  readonly api: ApiServer;
  readonly clock: Clock;
  readonly random: () => number;
  /** For one answer. */
  readonly timeoutMs: number;
  readonly backoff: Backoff;
}

/** First try and three more. */
const MAX_TRIES = 4;
/** A server that asks for more is told of as an error instead. */
const MAX_RETRY_AFTER_S = 30;
const MAX_BYTES = 32 * 1024 * 1024;

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly retryAfter: string | undefined;
}

/**
 * Gives the body of a successful answer. A call that changes nothing when it is sent twice is tried again after an
 * answer that says `later` or after none; another one only when it certainly was not carried out.
 */
export async function exchange(options: ExchangeOptions, call: ApiCall): Promise<string> {
  const { api, clock, random, backoff } = options;
  let hasRenewed = false;
  for (let attempt = 0; ; attempt++) {
    const outcome = await tryOnce(options, call);
    if ('status' in outcome && outcome.status >= 200 && outcome.status < 300) return outcome.body;
    // The token is replaced while it is in use: the next one is read at once.
    if ('status' in outcome && outcome.status === 401 && !hasRenewed && (await api.renew())) {
      hasRenewed = true;
      continue;
    }
    const waitMs = attempt + 1 < MAX_TRIES ? delayOf(call, outcome) : undefined;
    if (waitMs === undefined) {
      throw 'status' in outcome ? apiFailure(call.what, outcome) : outcome.error;
    }
    await clock.sleep(Math.max(waitMs, backoffDelayMs(backoff, attempt, random)), call.signal);
  }
}

type Outcome = Answer | { readonly error: unknown; readonly wasRefused: boolean };

async function tryOnce({ api, timeoutMs }: ExchangeOptions, call: ApiCall): Promise<Outcome> {
  const limit = AbortSignal.timeout(timeoutMs);
  const signal = call.signal === undefined ? limit : AbortSignal.any([call.signal, limit]);
  try {
    const response = await openCall(api, call, signal);
    const body = await readBody(response);
    return { status: response.statusCode ?? 0, body, retryAfter: response.headers['retry-after'] };
  } catch (cause) {
    call.signal?.throwIfAborted();
    if (isWarroomError(cause)) throw cause;
    const wasRefused = cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED';
    return { error: noAnswer(call.what, { isLate: limit.aborted, cause }), wasRefused };
  }
}

/** Sends a call and gives its answer, whose body is still to be read. */
export async function openCall(api: ApiServer, call: ApiCall, signal: AbortSignal): Promise<IncomingMessage> {
  const { method, target, contentType, accept = 'application/json' } = call;
  const request = await api.open({
    ...{ method, target, accept, signal },
    ...(contentType === undefined ? {} : { contentType }),
  });
  // Stays: a connection can break after the answer has begun too.
  request.on('error', () => undefined);
  // Node sends the body of a DELETE unframed unless it is told its length.
  if (call.body !== undefined) request.setHeader('content-length', Buffer.byteLength(call.body));
  const answered = once(request, 'response');
  request.end(call.body);
  const [answer] = (await answered) as [IncomingMessage];
  return answer;
}

/** Milliseconds until the next try; undefined when there is none. */
function delayOf({ method }: ApiCall, outcome: Outcome): number | undefined {
  const isRepeatable = method !== 'POST';
  if (!('status' in outcome)) return isRepeatable || outcome.wasRefused ? 0 : undefined;
  const { status, retryAfter, body } = outcome;
  // 429 is said before anything is done; a 5xx may come after it.
  if (status !== 429 && !(isRepeatable && status >= 500)) return undefined;
  const seconds = retryAfterSeconds(retryAfter, body) ?? 0;
  return seconds > MAX_RETRY_AFTER_S ? undefined : seconds * 1000;
}

export async function readBody(answer: IncomingMessage, maxBytes: number = MAX_BYTES): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > maxBytes) throw new Error('the answer of the API server is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size).toString('utf8');
}
