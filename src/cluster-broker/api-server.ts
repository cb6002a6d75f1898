import { Agent, request as httpsRequest } from 'node:https';
import { readSecretFile } from '../config/read-secret-file.ts';
import { WarroomError } from '../domain/errors.ts';
import type { ApiAccess } from './kubeconfig.ts';
import { headersOf, type Upstream } from './upstream.ts';

export interface ApiServer extends Upstream {
  /** Host and port, for people. */
  readonly address: string;
  /** Secrets that this access holds now, so that redaction can find them. */
  knownValues(): Promise<readonly { readonly name: string; readonly value: string }[]>;
}

/** An API server over verified TLS. `load` is asked again when the server refuses what it gave. */
export async function openApiServer(options: {
  readonly load: () => Promise<ApiAccess>;
  readonly maxSockets?: number;
}): Promise<ApiServer> {
  const { load, maxSockets = 16 } = options;
  let access = await load();
  let agent = createAgent(access, maxSockets);
  let usedToken: string | undefined;

  async function readToken(): Promise<string | undefined> {
    if (access.tokenFile === undefined) return access.token;
    const token = await readSecretFile(access.tokenFile);
    if (token !== undefined && /^[\x21-\x7e]+$/u.test(token)) return token;
    throw new WarroomError('authentication', 'the token of the cluster cannot be read', {
      why: `${access.tokenFile} does not hold one line of text`,
      hint: 'see that the file is mounted and readable for the processor',
    });
  }

  return {
    title: 'the API server',
    address: new URL(access.server).host,
    async open(call) {
      const token = await readToken();
      usedToken = token;
      return httpsRequest(access.server + call.target, {
        method: call.method,
        agent,
        headers: headersOf(call, token),
        signal: call.signal,
      });
    },
    async renew() {
      const before = usedToken;
      const next = await load().catch(() => undefined);
      if (next === undefined) return false;
      const isOther = JSON.stringify(next) !== JSON.stringify(access);
      if (isOther) {
        agent.destroy();
        access = next;
        agent = createAgent(access, maxSockets);
      }
      const token = await readToken().catch(() => undefined);
      return isOther || (token !== undefined && token !== before);
    },
    async knownValues() {
      const token = await readToken().catch(() => undefined);
      return [
        ...(token === undefined ? [] : [{ name: 'cluster-token', value: token }]),
        ...(access.key === undefined ? [] : [{ name: 'cluster-key', value: access.key.trim() }]),
      ];
    },
    close() {
      agent.destroy();
    },
  };
}

function createAgent({ ca, certificate, key, serverName }: ApiAccess, maxSockets: number): Agent {
  return new Agent({
    keepAlive: true,
    maxSockets,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  });
}
