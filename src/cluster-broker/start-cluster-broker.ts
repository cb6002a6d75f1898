import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { WarroomError } from '../domain/errors.ts';
import type { Clock } from '../lib/clock.ts';
import { sha256 } from '../lib/digest.ts';
import { sendRefusal, statusOf, type Dialect } from './answers.ts';
import type { ResourcePolicy } from './allowed-resources.ts';
import type { Admission, AskedCall, Refusal } from './call.ts';
import { admitEngineCall } from './engine-call.ts';
import { forwardCall, type Patience } from './forward.ts';
import { admitKubernetesCall } from './kubernetes-call.ts';
import { admitPrometheusCall, isPrometheusPath } from './prometheus-call.ts';
import { readRequest } from './read-request.ts';
import { createServerCertificate } from './server-certificate.ts';
import { createSlots } from './slots.ts';
import type { Upstream } from './upstream.ts';

/** One request, for the audit log. Paths of refused requests are text of whoever asked. */
export interface BrokerAuditLine {
  readonly at: Date;
  /** Name of the run whose token was shown; `unknown` without a valid one. */
  readonly run: string;
  readonly method: string;
  /** As the caller wrote it, at most 2000 characters; with the query when it was forwarded. */
  readonly path: string;
  readonly status: number;
  readonly bytes: number;
  /** Most bytes of the answer that were held at once while it was filtered. */
  readonly peakBytes?: number;
  readonly ms: number;
  readonly decision: 'forwarded' | 'refused' | 'failed';
  readonly reason?: string;
}

/** What a run may ask. */
export type BrokerService =
  | {
      readonly kind: 'kubernetes';
      readonly api: Upstream;
      readonly policy: ResourcePolicy;
      readonly prometheus?: Upstream;
    }
  | { readonly kind: 'engine'; readonly engine: Upstream };

export interface ClusterBrokerOptions {
  readonly clock: Clock;
  readonly onRequest: (line: BrokerAuditLine) => void;
  /** Loopback and any free port when absent. */
  readonly listen?: { readonly host: string; readonly port: number };
  /** Names by which runs reach the broker when it listens elsewhere, for example that of a Service. */
  readonly names?: readonly string[];
  readonly patience?: Patience;
  readonly limits?: { readonly calls?: number; readonly waiting?: number; readonly watches?: number };
}

/** The way of one run to the cluster. The token is worth nothing elsewhere and ends with the run. */
export interface BrokerAccess {
  readonly url: string;
  /** PEM: the only authority that vouches for the broker. */
  readonly certificate: string;
  readonly token: string;
  /** Ends the calls that are under way; the token opens nothing any more. */
  close(): void;
}

export interface ClusterBroker {
  readonly url: string;
  openRun(options: { readonly run: string; readonly service: BrokerService }): BrokerAccess;
  close(): Promise<void>;
}

const PATIENCE: Patience = { answerMs: 30_000, idleMs: 30_000 };
const LIMITS = { calls: 8, waiting: 64, watches: 4 };
const MAX_CONNECTIONS = 256;
const MAX_PATH = 2000;

interface Run {
  readonly run: string;
  readonly service: BrokerService;
  readonly digest: Buffer;
  readonly ended: AbortController;
}

/**
 * A proxy between whoever investigates and a cluster. It alone knows the credential, asks only what is on its lists, and
 * takes out of every answer what may be a secret. Each request becomes one audit line.
 */
export async function startClusterBroker(options: ClusterBrokerOptions): Promise<ClusterBroker> {
  const { clock, onRequest, patience = PATIENCE, listen = { host: '127.0.0.1', port: 0 } } = options;
  const limits = { ...LIMITS, ...options.limits };
  const calls = createSlots({ most: limits.calls, mostWaiting: limits.waiting });
  const watches = createSlots({ most: limits.watches, mostWaiting: 0 });
  const runs = new Set<Run>();

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedMs = clock.monotonicMs();
    const at = clock.now();
    const run = findRun(runs, request);
    const audit = (
      line: Pick<BrokerAuditLine, 'status' | 'bytes' | 'peakBytes' | 'decision' | 'reason'> & {
        readonly path?: string;
      },
    ): void => {
      onRequest({
        at,
        run: run?.run ?? 'unknown',
        method: (request.method ?? '').slice(0, 20),
        ms: Math.round(clock.monotonicMs() - startedMs),
        ...line,
        path: line.path ?? (request.url ?? '').slice(0, MAX_PATH),
      });
    };
    const dialect = dialectOf(run?.service, request.url ?? '');
    const refuse = (refusal: Refusal, status = statusOf(refusal)): void => {
      // What is left of a refused request must not be read as the next one.
      if (!request.complete) response.setHeader('connection', 'close');
      sendRefusal(response, refusal, { dialect, status });
      audit({ status, bytes: 0, decision: 'refused', reason: refusal.message });
    };
    if (run === undefined) {
      refuse({ reason: 'Unauthorized', message: 'this token opens no run of the cluster broker' });
      return;
    }
    const read = readRequest(request);
    if (read.kind === 'refused') {
      refuse(read.refusal);
      return;
    }
    const { upstream, admission } = admit(run.service, read.call);
    if (admission.kind === 'refused') {
      refuse(admission.refusal);
      return;
    }
    const { call } = admission;
    const gone = new AbortController();
    response.on('close', () => {
      gone.abort();
    });
    const signal = AbortSignal.any([gone.signal, run.ended.signal]);
    const free = await (call.endsAfterMs === undefined ? calls : watches).take(signal);
    if (free === undefined) {
      const what = call.endsAfterMs === undefined ? 'requests wait' : 'watches are open';
      refuse({ reason: 'TooManyRequests', message: `too many ${what} at the cluster broker`, retryAfterSeconds: 1 });
      return;
    }
    try {
      const { userAgent } = read;
      const outcome = await forwardCall(call, {
        upstream,
        patience,
        signal,
        response,
        ...(userAgent === undefined ? {} : { userAgent }),
      });
      const { status } = outcome;
      switch (outcome.kind) {
        case 'sent':
          audit({
            status,
            bytes: outcome.bytes,
            peakBytes: outcome.peakBytes,
            decision: 'forwarded',
            path: call.target,
          });
          return;
        case 'cut':
          audit({ status, bytes: outcome.bytes, decision: 'failed', reason: outcome.why, path: call.target });
          return;
        case 'refused':
          sendRefusal(response, outcome.refusal, { dialect, status });
          audit({ status, bytes: 0, decision: 'failed', reason: outcome.refusal.message, path: call.target });
      }
    } finally {
      free();
    }
  }

  const names = options.names ?? [];
  const { certificate, key } = createServerCertificate([...new Set([listen.host, '127.0.0.1', ...names])], clock.now());
  const server = createServer({ cert: certificate, key, minVersion: 'TLSv1.2' }, (request, response) => {
    response.on('error', () => undefined);
    handle(request, response).catch(() => {
      response.destroy();
    });
  });
  // Without a listener Node cuts the connection; an answer says why.
  server.on('connect', (_request, socket) => {
    socket.end('HTTP/1.1 405 Method Not Allowed\r\nallow: GET\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.listen(listen.port, listen.host);
  await once(server, 'listening').catch((cause: unknown) => {
    throw new WarroomError('usage', `the cluster broker cannot listen on ${listen.host} port ${listen.port}`, {
      why: cause instanceof Error ? cause.message : 'no reason is known',
      hint: 'free the address, or change broker.listen in the configuration of the processor',
      cause,
    });
  });
  // A broker alone is no reason for a processor to stay.
  server.unref();
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the cluster broker has no port');
  const own = ['0.0.0.0', '::'].includes(listen.host) ? '127.0.0.1' : listen.host;
  const host = names[0] ?? (own.includes(':') ? `[${own}]` : own);
  const url = `https://${host}:${address.port}`;

  return {
    url,
    openRun({ run, service }) {
      const token = `warroom-${randomBytes(32).toString('hex')}`;
      const entry: Run = { run, service, digest: digestOf(token), ended: new AbortController() };
      runs.add(entry);
      return {
        url,
        certificate,
        token,
        close() {
          runs.delete(entry);
          entry.ended.abort();
        },
      };
    },
    async close() {
      for (const run of runs) run.ended.abort();
      runs.clear();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function admit(
  service: BrokerService,
  call: AskedCall,
): { readonly upstream: Upstream; readonly admission: Admission } {
  if (service.kind === 'engine') return { upstream: service.engine, admission: admitEngineCall(call) };
  if (service.prometheus !== undefined && isPrometheusPath(call.path)) {
    return { upstream: service.prometheus, admission: admitPrometheusCall(call) };
  }
  return { upstream: service.api, admission: admitKubernetesCall(call, service.policy) };
}

function dialectOf(service: BrokerService | undefined, url: string): Dialect {
  if (service?.kind === 'engine') return 'engine';
  return isPrometheusPath(url) ? 'prometheus' : 'kubernetes';
}

/** Every token is compared with every run, whole and in constant time. */
function findRun(runs: ReadonlySet<Run>, request: IncomingMessage): Run | undefined {
  const names = request.rawHeaders.filter((_, index) => index % 2 === 0);
  // Of two of them servers take different ones.
  if (names.filter((name) => name.toLowerCase() === 'authorization').length !== 1) return undefined;
  const token = /^Bearer ([\w-]{1,200})$/u.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) return undefined;
  const digest = digestOf(token);
  let found: Run | undefined;
  for (const run of runs) {
    if (timingSafeEqual(run.digest, digest)) found = run;
  }
  return found;
}

function digestOf(token: string): Buffer {
  return Buffer.from(sha256(token), 'hex');
}
