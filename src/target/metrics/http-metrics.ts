import type { ClientRequest, IncomingMessage } from 'node:http';
import { isWarroomError } from '../../domain/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { isUntrustedCertificate } from '../../lib/untrusted-certificate.ts';
import type { CommandResult, Metrics, MetricsQuestion } from '../port.ts';
import { failed, readAnswer, type Answer } from './read-answer.ts';

/** How one question reaches the API, with the credential as it is now. */
export interface MetricsWay {
  /** Opens a GET of what stands below the address of the API; throws a `WarroomError` when there is no credential. */
  open(target: string, signal: AbortSignal): Promise<ClientRequest>;
  close(): void;
}

/**
 * Metrics by the HTTP API of Prometheus, or of whatever answers like it. Questions go by GET: it is the method for which
 * read access is enough where a proxy turns methods into verbs. Redirects are not followed, because the token would go
 * along. Never rejects for anything that the query or the place does.
 */
export function createHttpMetrics(options: {
  readonly clock: Clock;
  /** Throws a `WarroomError` when there is no way now. */
  readonly openWay: (signal: AbortSignal) => Promise<MetricsWay>;
}): Metrics {
  const { clock, openWay } = options;
  return {
    async query(question, signal = new AbortController().signal): Promise<CommandResult> {
      const startedAt = clock.now();
      const startedMs = clock.monotonicMs();
      const timeout = AbortSignal.timeout(question.timeoutMs);
      const limit = AbortSignal.any([signal, timeout]);
      const answer = await ask(question, startedAt, limit).catch((error: unknown): Answer => {
        if (signal.aborted) return { end: { kind: 'aborted' }, stdout: '', stderr: '', truncated: false };
        if (timeout.aborted) return { end: { kind: 'timeout' }, stdout: '', stderr: '', truncated: false };
        return explainError(error);
      });
      return { ...answer, startedAt, ms: Math.round(clock.monotonicMs() - startedMs) };
    },
  };

  async function ask(question: MetricsQuestion, now: Date, signal: AbortSignal): Promise<Answer> {
    const way = await openWay(signal);
    try {
      const answer = await answerOf(await way.open(targetOf(question, now), signal));
      const body = await readBody(answer, question.maxBytes);
      if (body === undefined) {
        return failed(`the answer is longer than ${question.maxBytes} bytes; ask for fewer series or a larger step`);
      }
      return readAnswer(answer.statusCode ?? 0, body);
    } finally {
      way.close();
    }
  }
}

/** Path and query of a question. Moments are those of this machine. */
function targetOf({ query, range }: MetricsQuestion, now: Date): string {
  if (range === undefined) return `/api/v1/query?${new URLSearchParams({ query }).toString()}`;
  const parameters = new URLSearchParams({
    query,
    start: seconds(now.getTime() - range.durationMs),
    end: seconds(now.getTime()),
    step: seconds(range.stepMs),
  });
  return `/api/v1/query_range?${parameters.toString()}`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

async function answerOf(request: ClientRequest): Promise<IncomingMessage> {
  return await new Promise((resolve, reject) => {
    request.once('response', resolve);
    // Stays: a connection can break after the answer has begun too.
    request.on('error', reject);
    request.end();
  });
}

/** Undefined when it is longer; the rest is not read. */
async function readBody(answer: IncomingMessage, maxBytes: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > maxBytes) {
      answer.destroy();
      return undefined;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function explainError(error: unknown): Answer {
  const without = { stdout: '', truncated: false };
  if (isWarroomError(error)) {
    const stderr = error.why === undefined ? error.message : `${error.message}: ${error.why}`;
    const isRefusal = error.code === 'authentication' || error.code === 'not-allowed';
    return { ...without, end: { kind: isRefusal ? 'denied' : 'unreachable' }, stderr };
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === '') throw error;
  const why = isUntrustedCertificate(code)
    ? `the certificate of Prometheus is not trusted (${code})`
    : `Prometheus cannot be reached (${code})`;
  return { ...without, end: { kind: 'unreachable' }, stderr: why };
}
