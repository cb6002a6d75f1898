import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeKubectlFiles } from '../../../src/cluster-broker/run-files.ts';
import type { BrokerAccess } from '../../../src/cluster-broker/start-cluster-broker.ts';
import { runChild } from '../../../src/lib/child-process.ts';
import { findProgram } from '../../../src/lib/find-program.ts';
import { startClusterRig, type ClusterRig } from '../../support/cluster-rig.ts';
import { CANARY, leakyPod, leakySecret } from '../../support/leaky-objects.ts';
import { printSkipReason } from '../../support/skip-reason.ts';
import { writes, type ApiRequest } from '../../support/scripted-api-server.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

const PATH = '/usr/local/bin:/usr/bin:/bin';
const kubectl = await findProgram('kubectl', PATH);
if (kubectl === undefined) printSkipReason('kubectl is not installed, so it is not run through the cluster broker');

interface Ran {
  readonly exit: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

describe.skipIf(kubectl === undefined)('kubectl through the cluster broker, against a scripted API server', () => {
  let folder: TempFolder;
  let rig: ClusterRig;
  let way: BrokerAccess;
  let environment: Readonly<Record<string, string>>;

  beforeEach(async () => {
    folder = await createTempFolder();
    rig = await startClusterRig(folder.path);
    way = await rig.access.openCluster('self', 'run-1', new AbortController().signal);
    await mkdir(join(folder.path, 'run'));
    environment = await writeKubectlFiles(join(folder.path, 'run'), way);
    const pods = [leakyPod('api-0'), leakyPod('api-1')];
    rig.api.on('/api/v1/namespaces/shop/pods', {
      body: { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '7' }, items: pods },
    });
    rig.api.on('/api/v1/namespaces/shop/pods/api-0', { body: { kind: 'Pod', apiVersion: 'v1', ...leakyPod('api-0') } });
    rig.api.on(
      '/api/v1/namespaces/shop/pods/api-0/log',
      writes((response) => {
        response.writeHead(200, { 'content-type': 'text/plain' }).end('first line\nsecond line\n');
      }),
    );
    rig.api.on('/api/v1/namespaces/shop/secrets', { body: { kind: 'SecretList', items: [leakySecret()] } });
    rig.api.on('/api/v1/namespaces/shop/secrets/db', { body: leakySecret() });
  });

  afterEach(async () => {
    await rig.close();
    await folder.close();
  });

  async function run(...args: string[]): Promise<Ran> {
    const { end, stdout, stderr } = await runChild({
      argv: ['kubectl', '--request-timeout=15s', ...args],
      env: { PATH, ...environment },
      timeoutMs: 40_000,
      maxBytes: 4 * 1024 * 1024,
    });
    return {
      exit: end.kind === 'exited' ? end.exit : undefined,
      stdout: stdout.toString('utf8'),
      stderr: stderr.toString('utf8'),
    };
  }

  it('gets pods as JSON, without what can be a secret and with what matters', async () => {
    const { exit, stdout, stderr } = await run('get', 'pods', '-n', 'shop', '-o', 'json');
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(stdout).not.toContain(CANARY);
    const list = JSON.parse(stdout) as { items: { spec: { containers: { env: unknown }[] } }[] };
    expect(list.items).toHaveLength(2);
    expect(list.items[0]?.spec.containers[0]?.env).toEqual([
      { name: 'DB_PASSWORD' },
      { name: 'FROM', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
    ]);
  });

  it('shows a list for people, describes, and reads logs', async () => {
    const list = await run('get', 'pods', '-n', 'shop');
    expect(list.stdout).toContain('api-0');
    const described = await run('describe', 'pod', 'api-0', '-n', 'shop', '--show-events=false');
    expect(described.stdout).toContain('registry.example.com/api:1');
    expect(list.stdout + described.stdout).not.toContain(CANARY);
    const logs = await run('logs', 'api-0', '-c', 'api', '-n', 'shop', '--tail=20');
    expect(logs).toEqual({ exit: 0, stdout: 'first line\nsecond line\n', stderr: '' });
    expect(rig.api.requests.at(-1)?.url).toMatch(/tailLines=20&.*limitBytes=4194304|limitBytes=4194304/u);
  });

  it.each([
    [['get', 'secrets', '-n', 'shop', '-o', 'json'], 'they can hold credentials'],
    [['get', 'secret', 'db', '-n', 'shop'], 'they can hold credentials'],
    [['get', '--raw', '/api/v1/namespaces/shop/secrets/db'], 'they can hold credentials'],
    [['get', '--raw', '/api/v1/namespaces/shop/pods/%2e%2e/secrets'], 'dot segment'],
    [['get', 'configmaps', '-n', 'shop'], 'does not forward configmaps'],
    [['exec', '-n', 'shop', 'api-0', '--', 'id'], ''],
    [['delete', 'pod', 'api-0', '-n', 'shop'], 'forwards GET only'],
    [['get', 'pods', '-n', 'shop', '--as=system:admin'], 'Forbidden'],
    [['create', 'token', 'default', '-n', 'shop'], 'forwards GET only'],
    [['logs', 'api-0', '-n', 'shop', '-f', '--request-timeout=0'], 'must end'],
    [['get', 'pods', '-n', 'shop', '-w', '--request-timeout=5m'], 'must end by itself'],
  ] as const)('refuses %j', async (args, words) => {
    const { exit, stdout, stderr } = await run(...args);
    expect(exit).not.toBe(0);
    expect(stderr).toContain(words);
    expect(stdout + stderr).not.toContain(CANARY);
    expect(rig.api.requests.filter(({ url }) => url.includes('secret') || url.includes('exec'))).toEqual([]);
    expect(rig.api.requests.every(({ method, url }) => method === 'GET' || url.includes('/selfsubject'))).toBe(true);
  });

  it('ends a watch in time', async () => {
    rig.api.on('/api/v1/namespaces/shop/pods', (request: ApiRequest) => {
      if (!request.url.includes('watch=')) {
        return { body: { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '7' }, items: [] } };
      }
      return writes((response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write(
          `${JSON.stringify({ type: 'ADDED', object: { kind: 'Pod', apiVersion: 'v1', ...leakyPod('new-0') } })}\n`,
        );
      });
    });
    const { stdout } = await run('get', 'pods', '-n', 'shop', '-w', '-o', 'json', '--request-timeout=2s');
    expect(stdout).toContain('new-0');
    expect(stdout).not.toContain(CANARY);
    expect(rig.api.requests.at(-1)?.url).toContain('timeoutSeconds=2');
  });

  it('holds nothing of the credential in the files of a run, and opens nothing after its end', async () => {
    const file = environment['KUBECONFIG'] ?? '';
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).not.toContain(rig.api.token);
    way.close();
    const { exit, stderr } = await run('get', 'pods', '-n', 'shop');
    expect(exit).not.toBe(0);
    expect(stderr).toMatch(/Unauthorized|must be logged in|opens no run/u);
  });
});
