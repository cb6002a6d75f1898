import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
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
  /** Wall-clock time, for the day that spend is counted on. */
  readonly now?: () => Date;
}

/** The way of one run to the model; pass it to `runClaude` as `access`. */
export type BrokerRun = Extract<ModelAccess, { kind: 'broker' }> & {
  readonly usage: () => RunUsage;
  /** Ends the calls that are under way; the token opens nothing any more. */
  readonly close: () => void;
};

export interface ModelBroker {
  readonly baseUrl: string;
  openRun(options: AccountOptions): BrokerRun;
  close(): Promise<void>;
}

/**
 * A proxy on loopback between claude and the model API. It alone knows the credential: claude holds a token that is
 * worth nothing elsewhere, reaches nothing but the Messages API, and not beyond the budget of its run.
 */
export async function startModelBroker(options: ModelBrokerOptions): Promise<ModelBroker> {
  const { upstream, patience = PATIENCE, now = () => new Date() } = options;
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
    const { account } = admitted;
    const call = account.begin();
    // Nobody waits for the answer any more: the upstream need not write the rest.
    response.on('close', () => {
      call.abort();
    });
    const context = { upstream, connector, patience, now };
    await forwardCall(context, { ...admitted, headers: request.headers, signal: call.signal }, response);
    account.end(call);
  }

  const server = createServer((request, response) => {
    response.on('error', () => undefined);
    handle(request, response).catch(() => {
      response.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the model broker has no port');
  const baseUrl = `http://127.0.0.1:${address.port}`;

  return {
    baseUrl,
    openRun(accountOptions) {
      const token = `warroom-${randomBytes(32).toString('hex')}`;
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
