import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { sha256 } from '../../lib/digest.ts';
import type { ModelAccess } from '../model-access.ts';
import { admitCall } from './admit-call.ts';
import { sendAnswer } from './answers.ts';
import { createUpstreamConnector } from './connect.ts';
import { forwardCall, type UpstreamPatience } from './forward.ts';
import { RunAccount, type AccountOptions, type RunUsage } from './run-account.ts';
import type { MessagesUpstream } from './upstream.ts';

/** Shorter than the time after which claude gives up, so that the reason is ours. */
const PATIENCE: UpstreamPatience = { answerMs: 110_000, idleMs: 110_000 };

export interface ModelBrokerOptions {
  readonly upstream: MessagesUpstream;
  readonly patience?: UpstreamPatience;
  /** For clients that are not on this machine; a free port of loopback, without TLS, when absent. */
  readonly listen?: TlsListen;
  /** Wall-clock time, for the day that spend is counted on. */
  readonly now?: () => Date;
}

export interface TlsListen {
  readonly host: string;
  readonly port: number;
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
}

/** The way of one run to the model; pass it to `runClaude` as `access`. */
export type BrokerRun = Extract<ModelAccess, { kind: 'broker' }> & {
  readonly usage: () => RunUsage;
  /** Ends the calls that are under way; the token opens nothing any more. */
  readonly close: () => void;
};

export interface ModelBroker {
  readonly baseUrl: string;
  /** With a token of its own making, unless one is given. */
  openRun(options: AccountOptions & { readonly token?: string }): BrokerRun;
  close(): Promise<void>;
}

/**
 * A proxy, on loopback unless it listens elsewhere, between claude and the model API. It alone knows the credential: claude
 * holds a token that is worth nothing elsewhere, reaches nothing but the Messages API, and not beyond the budget of its run.
 */
export async function startModelBroker(options: ModelBrokerOptions): Promise<ModelBroker> {
  const { upstream, listen, patience = PATIENCE, now = () => new Date() } = options;
  const connector = createUpstreamConnector(upstream);
  const accounts = new Map<string, RunAccount>();

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'HEAD' && request.url === '/') {
      response.writeHead(200).end();
      return;
    }
    const admitted = await admitCall(request, accounts);
    if (admitted.kind === 'refused') {
      sendAnswer(response, admitted.answer);
      return;
    }
    const { account, call } = admitted;
    // Nobody waits for the answer any more: the upstream need not write the rest.
    response.on('close', () => {
      call.abort();
    });
    const context = { upstream, connector, patience, now };
    await forwardCall(context, { ...admitted, headers: request.headers, signal: call.signal }, response);
    account.end(call);
  }

  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    response.on('error', () => undefined);
    handle(request, response).catch(() => {
      response.destroy();
    });
  };
  const server =
    listen === undefined
      ? createServer(serve)
      : createTlsServer({ cert: listen.certificate, key: listen.key, minVersion: 'TLSv1.2' }, serve);
  server.on('tlsClientError', (_error, socket: Duplex) => socket.destroy());
  const host = listen?.host ?? '127.0.0.1';
  server.listen(listen?.port ?? 0, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the model broker has no port');
  const baseUrl = `${listen === undefined ? 'http' : 'https'}://${host}:${address.port}`;

  return {
    baseUrl,
    openRun({ token = `warroom-${randomBytes(32).toString('hex')}`, ...accountOptions }) {
      const account = new RunAccount(accountOptions);
      accounts.set(sha256(token), account);
      return {
        kind: 'broker',
        baseUrl,
        token,
        spentUsd: () => account.usage.usd,
        refusal: () => account.refusal,
        usage: () => account.usage,
        close() {
          accounts.delete(sha256(token));
          account.close();
        },
      };
    },
    async close() {
      for (const account of accounts.values()) account.close();
      accounts.clear();
      connector.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
