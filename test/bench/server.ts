import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { RecordedRequest } from '../support/git-http-server.ts';

export type ServerMessage =
  | { readonly kind: 'listening'; readonly url: string }
  | { readonly kind: 'requests'; readonly requests: readonly RecordedRequest[] };

export interface BenchServer {
  /** URL of a repository below the root. */
  url(repository: string): string;
  /** Requests since the last call. */
  takeRequests(): Promise<readonly RecordedRequest[]>;
  close(): Promise<void>;
}

/** The git server of the tests in a process of its own, so that its work does not hold up what is measured. */
export async function startServer(root: string): Promise<BenchServer> {
  const child = fork(fileURLToPath(new URL('serve.js', import.meta.url)), [root]);
  const next = async <Kind extends ServerMessage['kind']>(
    kind: Kind,
  ): Promise<Extract<ServerMessage, { readonly kind: Kind }>> => {
    const [message] = (await once(child, 'message')) as [ServerMessage];
    if (message.kind !== kind) throw new Error(`the server said ${message.kind} instead of ${kind}`);
    return message as Extract<ServerMessage, { readonly kind: Kind }>;
  };
  const { url } = await next('listening');
  return {
    url: (repository) => `${url}${repository}`,
    takeRequests: async () => {
      const answer = next('requests');
      child.send('requests');
      return (await answer).requests;
    },
    close: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
