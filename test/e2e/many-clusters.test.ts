import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { resultFolder } from '../../src/domain/repository-layout.ts';
import type { RequestId } from '../../src/domain/request-id.ts';
import { sha256 } from '../../src/lib/digest.ts';
import type { ManifestPart } from '../../src/schema/generated.ts';
import type { Kinds } from '../../src/schema/kinds.ts';
import { parseDocument } from '../../src/schema/parse-document.ts';
import type { WarRoom } from '../../src/repository/port.ts';
import { createCliHome, runCli, startCli, type CliHome, type RunningCli } from '../support/cli.ts';
import { createCutProxy, type CutProxy } from '../support/cut-proxy.ts';
import { createGitHttpServer, type GitHttpServer } from '../support/git-http-server.ts';
import { createBareRemote, git, listRefs, pushFiles, readFileAt, type BareRemote } from '../support/git-rig.ts';
import { processorConfigText, send } from '../support/processor-rig.ts';
import { quickRequest } from '../support/processor-scene.ts';
import { createGate, writePlaybook, writeSickPlaybook, type Gate } from '../support/site-playbook.ts';
import { createTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { waitUntil } from '../support/wait-until.ts';
import { openTestWarRoom } from '../support/war-room-rig.ts';

/** Every one has a process and a folder of its own; `silent` has none, and nothing ever answers for it. */
const CLUSTERS = ['host-a', 'host-b', 'killed', 'parted', 'host-e'] as const;
type Cluster = (typeof CLUSTERS)[number];
const TARGETS = [...CLUSTERS, 'silent'];

/** From sending to the moment after which nobody is waited for. */
const LIFE_MS = 20_000 * Number(process.env['WARROOM_TEST_PATIENCE'] ?? 1);

let temp: TempFolder;
let home: CliHome;
let remote: BareRemote;
let server: GitHttpServer;
let proxy: CutProxy;
let client: WarRoom;
let gates: Readonly<Record<'killed' | 'parted', Gate>>;
const running = new Map<Cluster, RunningCli>();

beforeAll(async () => {
  temp = await createTempFolder('many-clusters');
  home = await createCliHome();
  const served = join(temp.path, 'served');
  await mkdir(served);
  remote = await createBareRemote({ folder: served });
  await pushFiles(remote, { 'README.md': 'a war room\n' }, 'begin');
  server = await createGitHttpServer({ root: served });
  const url = server.url(basename(remote.path));
  proxy = await createCutProxy(Number(new URL(url).port));
  client = openTestWarRoom({ url, folder: temp.path });

  const sick = await writeSickPlaybook(join(temp.path, 'sick'), 'quick');
  const well = await writePlaybook(join(temp.path, 'well'), 'quick', ['true']);
  const gated = async (name: 'killed' | 'parted'): Promise<readonly [Gate, string]> => {
    await mkdir(join(temp.path, name));
    const gate = await createGate(join(temp.path, name));
    return [gate, await writePlaybook(join(temp.path, name), 'quick', gate.argv)];
  };
  const [killedGate, killedDir] = await gated('killed');
  const [partedGate, partedDir] = await gated('parted');
  gates = { killed: killedGate, parted: partedGate };
  const folders: Readonly<Record<Cluster, string>> = {
    'host-a': sick,
    'host-b': sick,
    killed: killedDir,
    parted: partedDir,
    'host-e': well,
  };
  for (const cluster of CLUSTERS) {
    const way = new URL(url);
    if (cluster === 'parted') way.port = String(proxy.port);
    const text = processorConfigText({
      url: way.href,
      stateDir: join(temp.path, 'state', cluster),
      change: {
        cluster: { type: 'host', name: cluster },
        holder: cluster,
        playbookDir: folders[cluster],
        polling: { minSeconds: 0.3, maxSeconds: 0.6 },
        // Whoever is cut off has to end its work before it gives its claim up as lost, on a busy machine too.
        lease: cluster === 'parted' ? { seconds: 8, renewSeconds: 2 } : { seconds: 4, renewSeconds: 1 },
        indexSeconds: 600,
      },
    });
    await writeFile(join(temp.path, `${cluster}.yaml`), text);
  }
});

afterAll(async () => {
  for (const processor of running.values()) await processor.close();
  await client.close();
  await proxy.close();
  await server.close();
  await home.close();
  await temp.close();
});

function start(cluster: Cluster): RunningCli {
  const processor = startCli(['processor', 'run', '--log', 'json', '-c', join(temp.path, `${cluster}.yaml`)], { home });
  running.set(cluster, processor);
  return processor;
}

async function read<Name extends keyof Kinds>(
  kind: Name,
  path: string,
  ref?: string,
): Promise<Kinds[Name] | undefined> {
  const text = await readFileAt(remote, path, ref);
  const parsed = text === undefined ? undefined : parseDocument(kind, text, { file: path });
  if (parsed?.ok === false) throw new Error(JSON.stringify(parsed.problems));
  return parsed?.ok === true ? parsed.value : undefined;
}

async function wholeOf(
  id: RequestId,
  isAwaited: (aggregate: Kinds['Aggregate']) => boolean,
): Promise<Kinds['Aggregate']> {
  return await waitUntil(
    async () => {
      const aggregate = await read('Aggregate', `${resultFolder(id)}/aggregate.json`);
      return aggregate !== undefined && isAwaited(aggregate) ? aggregate : undefined;
    },
    { what: `the page over all parts of ${id}`, timeoutMs: 60_000, intervalMs: 100 },
  );
}

async function commitsOf(path: string): Promise<readonly string[]> {
  return (await git(['log', '--format=%H', 'main', '--', path], { cwd: remote.path })).split('\n').filter(Boolean);
}

it('publishes every part once and one page for each state of the parts, whatever is killed and cut off', async () => {
  for (const cluster of CLUSTERS) start(cluster);
  await waitUntil(async () => (await listRefs(remote, 'refs/warroom/processors')).size === CLUSTERS.length, {
    what: 'five processors to announce themselves',
    intervalMs: 100,
  });
  const request = quickRequest();
  const { targetCluster: _one, ...spec } = request.spec;
  const id = await send(client, {
    ...request,
    spec: {
      ...spec,
      targetClusters: TARGETS.map((name) => ({ type: 'host', name })),
      coordination: { mode: 'parallel' },
      expiresAt: new Date(Date.parse(request.metadata.timestamp) + LIFE_MS).toISOString(),
    },
  });

  // One is killed in the middle of its part and begins anew; another loses the war room after it has claimed, and
  // finishes its work alone.
  await waitUntil(async () => (await gates.killed.starts()) === 1, { what: 'the part that is killed' });
  running.get('killed')?.signal('SIGKILL');
  await running.get('killed')?.close();
  await waitUntil(async () => (await gates.parted.starts()) === 1, { what: 'the part that is cut off' });
  proxy.cut();
  await gates.parted.open();
  start('killed');
  await waitUntil(async () => (await gates.killed.starts()) === 2, { what: 'the second attempt' });
  await gates.killed.open();

  // Nobody is held up: when the time is over, the page says who has not been heard of.
  const without = await wholeOf(id, ({ isComplete }) => isComplete);
  const phases = Object.fromEntries(without.parts.map(({ cluster, phase }) => [cluster, phase]));
  expect(phases).toEqual({
    'host-a': 'succeeded',
    'host-b': 'succeeded',
    killed: 'succeeded',
    parted: 'expired',
    'host-e': 'succeeded',
    silent: 'expired',
  });
  expect(without.parts[3]?.reason).toContain('parted began and has not been heard of since');

  // The late answer is taken, and the page written again.
  proxy.restore();
  const whole = await wholeOf(id, ({ parts }) => parts[3]?.phase === 'succeeded');
  expect(whole).toMatchObject({
    isComplete: true,
    phase: 'expired',
    outcome: 'root-cause',
    bottomLine:
      'The same cause in 2 of 6 clusters (host-a, host-b): The disk is slow. No answer from silent (expired).',
  });
  expect(
    (await read('Status', `${resultFolder(id, 'killed')}/status.yaml`))?.attempts.map(({ result }) => result),
  ).toEqual(['interrupted', 'succeeded']);

  for (const processor of running.values()) processor.signal('SIGTERM');
  for (const processor of running.values()) await processor.result();
  for (const cluster of CLUSTERS) {
    expect(await commitsOf(`${resultFolder(id, cluster)}/manifest.json`), cluster).toHaveLength(1);
  }
  const pages = await commitsOf(`${resultFolder(id)}/manifest.json`);
  const states: (readonly ManifestPart[])[] = [];
  for (const commit of pages) {
    const parts = (await read('Manifest', `${resultFolder(id)}/manifest.json`, commit))?.parts ?? [];
    states.push(parts);
    for (const { cluster, sha256: digest } of parts) {
      const manifest = await readFileAt(remote, `${resultFolder(id, cluster)}/manifest.json`, commit);
      expect(manifest === undefined ? undefined : sha256(manifest), `${cluster} in ${commit}`).toBe(digest);
    }
  }
  expect(new Set(states.map((parts) => JSON.stringify(parts))).size).toBe(pages.length);
  expect([...(await listRefs(remote, 'refs/warroom/claims')).keys()]).toEqual([]);

  const shown = await runCli(['get-results', id, '--require-verified', '--repo', server.url(basename(remote.path))], {
    home,
  });
  expect(shown.stdout, shown.stderr).toContain('VERIFIED');
  expect(shown.stdout).toContain('cause: The disk is slow (host-a, host-b)');
  expect(shown.exit).toBe(1);
}, 120_000);
