import { readFile } from 'node:fs/promises';
import { Agent as HttpAgent, request as httpRequest, type ClientRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { readSecretFile } from '../config/read-secret-file.ts';
import { WarroomError } from '../domain/errors.ts';
import { headersOf, type Upstream } from './upstream.ts';

export interface PrometheusAccess {
  /** http or https; the paths of its API begin below. */
  readonly url: string;
  readonly tokenFile?: string;
  readonly caFile?: string;
}

/** Prometheus, or a Thanos querier. */
export function openPrometheus({ url, tokenFile, caFile }: PrometheusAccess): Upstream {
  const base = url.replace(/\/+$/u, '');
  const isTls = base.startsWith('https:');
  let agent: HttpAgent | undefined;

  async function createAgent(): Promise<HttpAgent> {
    if (!isTls) return new HttpAgent({ keepAlive: true });
    const ca = caFile === undefined ? undefined : await readFile(caFile, 'utf8').catch(unreadable(caFile));
    return new HttpsAgent({ keepAlive: true, rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) });
  }

  return {
    title: 'Prometheus',
    async open(call): Promise<ClientRequest> {
      agent ??= await createAgent();
      const token = tokenFile === undefined ? undefined : await readSecretFile(tokenFile);
      if (tokenFile !== undefined && token === undefined) unreadable(tokenFile)(undefined);
      const options = { method: call.method, agent, headers: headersOf(call, token), signal: call.signal };
      return isTls ? httpsRequest(base + call.target, options) : httpRequest(base + call.target, options);
    },
    renew() {
      agent?.destroy();
      agent = undefined;
      // The files are read again for the next call; whether they changed shows there.
      return Promise.resolve(tokenFile !== undefined || caFile !== undefined);
    },
    close() {
      agent?.destroy();
    },
  };
}

function unreadable(file: string): (cause: unknown) => never {
  return (cause) => {
    throw new WarroomError('authentication', 'Prometheus cannot be asked', {
      why: `${file} cannot be read`,
      hint: 'check broker.prometheus in the configuration of the processor',
      cause,
    });
  };
}

/** The API of Docker or Podman behind its socket. Whoever may write to that socket is root: only the broker opens it. */
export function openContainerEngine({ socket }: { readonly socket: string }): Upstream {
  const agent = new HttpAgent({ keepAlive: true });
  return {
    title: 'the container engine',
    open(call) {
      return Promise.resolve(
        httpRequest({
          socketPath: socket,
          path: call.target,
          method: call.method,
          agent,
          headers: { ...headersOf(call, undefined), host: 'localhost' },
          signal: call.signal,
        }),
      );
    },
    renew: () => Promise.resolve(false),
    close() {
      agent.destroy();
    },
  };
}
