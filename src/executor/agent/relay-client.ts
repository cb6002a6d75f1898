import { once } from 'node:events';
import { Agent, request, type RequestOptions } from 'node:https';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { numberField, parseRecord, recordField, recordsField, type JsonRecord } from '../../schema/json-fields.ts';
import { readBody } from '../../kubernetes/exchange.ts';
import { backoffDelayMs } from '../../lib/backoff.ts';
import type { Clock } from '../../lib/clock.ts';
import { AGENT_HEADER, type FromAgent } from '../relay-messages.ts';

export interface RelayClientOptions {
  /** https. */
  readonly url: string;
  readonly token: string;
  /** PEM of the only authority that is believed. */
  readonly ca: string;
  readonly clock: Clock;
  readonly random: () => number;
  /** After so long without an answer the processor is taken for gone. */
  readonly giveUpMs: number;
}

/** Why the conversation is over. */
export type RelayEnd =
  /** The processor said so. */
  | 'finished'
  /** The processor no longer knows this run. */
  | 'ended'
  /** The processor takes no more from it. */
  | 'refused'
  /** It could not be reached for too long. */
  | 'unreachable';

export interface RelayClient {
  send(message: FromAgent): void;
  /** Gives messages in order, each once, until the conversation is over. */
  receive(onMessage: (message: JsonRecord) => void): Promise<RelayEnd>;
  /** A call to the model broker behind the processor. */
  openModelCall(path: string, options: Pick<RequestOptions, 'method' | 'headers'>): ClientRequest;
  close(): void;
}

const BACKOFF = { firstMs: 100, maxMs: 5000 };
const ANSWER_MS = 60_000;
const BATCH_BYTES = 1024 * 1024;

export function createRelayClient(options: RelayClientOptions): RelayClient {
  const { url, token, ca, clock, random, giveUpMs } = options;
  const agent = new Agent({ keepAlive: true, ca, rejectUnauthorized: true, minVersion: 'TLSv1.2' });
  const queue: FromAgent[] = [];
  const over = new AbortController();
  let firstQueued = 1;
  let sending: Promise<void> | undefined;
  let isRefused = false;
  let answeredMs = clock.monotonicMs();

  /** Asks until there is an answer; undefined when there never will be one. */
  async function post(path: string, body: () => string): Promise<JsonRecord | RelayEnd> {
    for (let attempt = 0; ; attempt++) {
      const answer = await postOnce(path, body()).catch(() => undefined);
      if (answer?.status === 200) {
        answeredMs = clock.monotonicMs();
        return parseRecord(answer.body) ?? {};
      }
      if (answer?.status === 413) return 'refused';
      if (answer !== undefined && answer.status < 500) return 'ended';
      if (clock.monotonicMs() - answeredMs > giveUpMs) return 'unreachable';
      await clock.sleep(backoffDelayMs(BACKOFF, attempt, random), over.signal).catch(() => undefined);
      if (over.signal.aborted) return 'ended';
    }
  }

  async function postOnce(path: string, body: string): Promise<{ readonly status: number; readonly body: string }> {
    const call = request(url + path, {
      ...{ agent, method: 'POST', signal: AbortSignal.any([over.signal, AbortSignal.timeout(ANSWER_MS)]) },
      headers: { [AGENT_HEADER]: token, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    });
    call.on('error', () => undefined);
    const answered = once(call, 'response');
    call.end(body);
    const [answer] = (await answered) as [IncomingMessage];
    return { status: answer.statusCode ?? 0, body: await readBody(answer) };
  }

  async function sendQueued(): Promise<void> {
    while (queue.length > 0) {
      let count = 0;
      for (let bytes = 0; count < queue.length && bytes < BATCH_BYTES; count += 1) {
        const message = queue[count];
        bytes += message?.kind === 'line' ? message.text.length : 100;
      }
      const messages = queue.slice(0, count);
      const answer = await post('/agent/output', () => JSON.stringify({ first: firstQueued, messages }));
      if (typeof answer === 'string') {
        queue.length = 0;
        isRefused ||= answer === 'refused';
        if (isRefused) over.abort();
        return;
      }
      queue.splice(0, count);
      firstQueued += count;
    }
  }

  return {
    send(message) {
      queue.push(message);
      sending ??= sendQueued().finally(() => {
        sending = undefined;
      });
    },
    async receive(onMessage) {
      let after = 0;
      for (;;) {
        const answer = await post('/agent/input', () => JSON.stringify({ after }));
        if (isRefused) return 'refused';
        if (typeof answer === 'string') return answer;
        if (answer['over'] === true) return 'finished';
        for (const entry of recordsField(answer, 'messages')) {
          const seq = numberField(entry, 'seq') ?? 0;
          const message = recordField(entry, 'message');
          if (seq <= after || message === undefined) continue;
          after = seq;
          onMessage(message);
        }
      }
    },
    openModelCall: (path, { method, headers }) =>
      request(url + path, { agent, method, headers: Object.assign({}, headers, { [AGENT_HEADER]: token }) }),
    close() {
      over.abort();
      agent.destroy();
    },
  };
}
