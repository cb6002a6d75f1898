import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAgentAccess } from '../../../src/cluster-broker/open-agent-access.ts';
import { openClusterAccess, type ClusterAccess } from '../../../src/cluster-broker/open-cluster-access.ts';
import type { BrokerAuditLine } from '../../../src/cluster-broker/start-cluster-broker.ts';
import { runChild } from '../../../src/lib/child-process.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { findProgram } from '../../../src/lib/find-program.ts';
import { askBroker } from '../../support/broker-client.ts';
import { startClusterRig } from '../../support/cluster-rig.ts';
import { CANARY, holdsCanary } from '../../support/leaky-objects.ts';
import { printSkipReason } from '../../support/skip-reason.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

const PATH = '/usr/local/bin:/usr/bin:/bin';
const docker = await findProgram('docker', PATH);
if (docker === undefined) printSkipReason('the docker client is not installed, so it is not run through the broker');

let folder: TempFolder;
let servers: Server[];
const asked: string[] = [];

beforeEach(async () => {
  folder = await createTempFolder();
  servers = [];
  asked.length = 0;
});

afterEach(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await folder.close();
});

async function serve(
  listen: string | { readonly host: string; readonly port: number },
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
    answer(request, response);
  });
  servers.push(server);
  server.listen(listen);
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'string' || address === null ? String(address) : `http://127.0.0.1:${address.port}`;
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

const CONTAINER = {
  Id: 'a'.repeat(64),
  Names: ['/web-1'],
  Name: '/web-1',
  Image: 'web:1',
  State: { Status: 'running', Running: true },
  Status: 'Up 2 hours',
  Config: { Env: [`DB_PASSWORD=${CANARY}`, 'PATH=/bin'], Image: 'web:1', Tty: true, Labels: { team: 'shop' } },
  HostConfig: { LogConfig: { Type: 'splunk', Config: { 'splunk-token': CANARY } } },
};

/** A scripted engine: the few answers of its API that are asked for here, written by hand. */
async function startEngine(): Promise<string> {
  const socket = join(folder.path, 'engine.sock');
  await serve(socket, ({ url = '' }, response) => {
    const path = url.replace(/^\/v1\.\d+/u, '').split('?')[0];
    if (path === '/_ping') response.writeHead(200, { 'content-type': 'text/plain', 'api-version': '1.43' }).end('OK');
    else if (path === '/containers/json') json(response, [{ ...CONTAINER, State: 'running' }]);
    else if (path === '/containers/web-1/json') json(response, CONTAINER);
    else if (path === `/containers/${CONTAINER.Id}/logs`) {
      response.writeHead(200, { 'content-type': 'application/vnd.docker.raw-stream' }).end('a line of web-1\n');
    } else if (path === '/info') json(response, { ID: 'x', Name: 'host', HttpProxy: `http://u:${CANARY}@proxy` });
    else response.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"not scripted"}');
  });
  return socket;
}

async function openEngineAccess(audit: BrokerAuditLine[] = []): Promise<ClusterAccess> {
  return await openClusterAccess({
    sources: { hosted: [] },
    broker: { docker: { socket: await startEngine() } },
    env: {},
    clock: systemClock,
    onRequest: (line) => audit.push(line),
  });
}

describe.skipIf(docker === undefined)('the docker client through the broker, against a scripted engine', () => {
  it('lists, inspects and reads logs without environments, and changes nothing', async () => {
    const audit: BrokerAuditLine[] = [];
    const access = await openEngineAccess(audit);
    const own = join(folder.path, 'agent');
    const agent = await openAgentAccess(access, { run: 'run-1', folder: own, signal: new AbortController().signal });
    const run = async (...args: string[]): Promise<{ exit: unknown; text: string }> => {
      const { end, stdout, stderr } = await runChild({
        argv: ['docker', ...args],
        env: { PATH, ...agent.environment },
        timeoutMs: 30_000,
        maxBytes: 1_000_000,
      });
      return { exit: end.kind === 'exited' ? end.exit : end.kind, text: stdout.toString() + stderr.toString() };
    };
    try {
      expect((await stat(join(own, 'docker', 'config.json'))).mode & 0o777).toBe(0o600);
      expect(await readFile(join(own, 'docker', 'config.json'), 'utf8')).toMatch(/Bearer warroom-[0-9a-f]{64}/u);
      const list = await run('ps');
      expect(list.text).toContain('web-1');
      const inspected = await run('inspect', '--type', 'container', 'web-1');
      expect(inspected.text).toContain('"DB_PASSWORD"');
      expect(await run('logs', '--tail', '20', 'web-1')).toEqual({ exit: 0, text: 'a line of web-1\n' });
      const info = await run('info', '--format', '{{json .}}');
      for (const { text } of [list, inspected, info]) expect(holdsCanary(text)).toBe(false);
      for (const args of [
        ['exec', 'web-1', 'id'],
        ['restart', 'web-1'],
        ['rm', '-f', 'web-1'],
        ['cp', 'web-1:/etc/shadow', '-'],
        ['run', 'web:1'],
      ]) {
        const refused = await run(...args);
        expect(refused.exit).not.toBe(0);
        expect(refused.text).toMatch(/GET only|does not forward|not allowed|405/iu);
      }
      expect(asked.filter((line) => !line.startsWith('GET '))).toEqual([]);
      expect(audit.some(({ decision, method }) => decision === 'refused' && method === 'POST')).toBe(true);
    } finally {
      await agent.close();
      await access.close();
    }
    await expect(stat(own)).rejects.toThrow('ENOENT');
  });
});

describe('the way to a container engine', () => {
  it('opens nothing else, and says when the engine is not there', async () => {
    const access = await openEngineAccess();
    try {
      const way = access.openEngine('run-1');
      if (way === undefined) throw new Error('no engine');
      const refused = await askBroker(way, '/api/v1/pods');
      expect(refused.status).toBe(403);
      expect(JSON.parse(refused.body)).toEqual({
        message: expect.stringContaining('does not forward this to the container engine') as string,
      });
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
      const gone = await askBroker(way, '/info');
      expect(gone.status).toBe(502);
      expect(gone.body).toMatch(/the container engine cannot be reached \((?:ENOENT|ECONNREFUSED)\)/u);
    } finally {
      await access.close();
    }
  });
});

describe('questions to Prometheus through the broker', () => {
  it('go there with its own token, in its own words, for the own cluster only', async () => {
    const tokens: (string | undefined)[] = [];
    const url = await serve({ host: '127.0.0.1', port: 0 }, ({ headers }, response) => {
      tokens.push(headers.authorization);
      json(response, { status: 'success', data: { resultType: 'vector', result: [] } });
    });
    await writeFile(join(folder.path, 'prometheus-token'), 'prometheus-secret\n');
    const rig = await startClusterRig(folder.path, {
      broker: { prometheus: { url: `${url}/`, tokenFile: join(folder.path, 'prometheus-token') } },
    });
    try {
      const way = await rig.access.openCluster('self', 'run-1', new AbortController().signal);
      const answer = await askBroker(way, '/prometheus/api/v1/query?query=up');
      expect(JSON.parse(answer.body)).toMatchObject({ status: 'success' });
      expect(tokens).toEqual(['Bearer prometheus-secret']);
      expect(asked).toEqual(['GET /api/v1/query?timeout=20s&query=up']);
      const refused = await askBroker(way, '/prometheus/api/v1/status/config');
      expect(JSON.parse(refused.body)).toMatchObject({ status: 'error', errorType: 'Forbidden' });
      expect(rig.api.requests.every(({ url: target }) => !target.includes('prometheus'))).toBe(true);
    } finally {
      await rig.close();
    }
  });
});
