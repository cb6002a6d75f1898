import { afterEach, beforeEach, expect, it } from 'vitest';
import { join } from 'node:path';
import { resultFolder } from '../../../src/domain/repository-layout.ts';
import type { RequestId } from '../../../src/domain/request-id.ts';
import type { ProcessorSettings } from '../../../src/config/processor-settings.ts';
import { git, readFileAt } from '../../support/git-rig.ts';
import type { RunningProcessor } from '../../support/processor-rig.ts';
import { createScene, cycles, quickRequest, type ProcessorScene } from '../../support/processor-scene.ts';
import { shiftedClock } from '../../support/shifted-clock.ts';
import { createGate, writePlaybook, type Gate } from '../../support/site-playbook.ts';
import { waitUntil } from '../../support/wait-until.ts';

const HOUR_MS = 3_600_000;

let scene: ProcessorScene;
let gate: Gate;

beforeEach(async () => {
  scene = await createScene();
  gate = await createGate(scene.folder);
});

afterEach(async () => {
  await scene.close();
});

/** A processor of a cluster whose time of day is wrong by so many hours. */
function start(cluster: string, hours: number, change: Partial<ProcessorSettings> = {}): RunningProcessor {
  const holder = `${cluster}-${hours}`;
  const clock = shiftedClock(hours * HOUR_MS);
  // All of them look at one remote: each look costs a busy machine something.
  const polling = { minSeconds: 0.5, maxSeconds: 0.5 };
  return scene.start({ cluster: { type: 'host', name: cluster }, polling, ...change }, { holder, clock });
}

async function send(...clusters: readonly string[]): Promise<RequestId> {
  const request = quickRequest();
  const { targetCluster: _one, ...spec } = request.spec;
  const targetClusters = clusters.map((name) => ({ type: 'host' as const, name }));
  return await scene.send({ ...request, spec: { ...spec, targetClusters, coordination: { mode: 'sequential' } } });
}

function has(processor: RunningProcessor, type: string): boolean {
  return processor.events.some((event) => event.type === type);
}

async function fileOf(id: RequestId, name: string): Promise<string> {
  return (await readFileAt(scene.remote, `${resultFolder(id)}/${name}`)) ?? '';
}

it('loses no part, runs none twice and gives nobody up, whatever hour a processor thinks it is', async () => {
  const held = await writePlaybook(join(scene.folder, 'held'), 'quick', gate.argv);
  const first = start('host-a', 1, { playbookDir: held });
  const behind = start('host-c', -1);
  // Longer than the test, and far shorter than what the clocks differ by.
  const last = start('host-b', 0, { predecessorSeconds: 120 });
  for (const each of [first, behind, last]) await cycles(each, 1);
  const id = await send('host-a', 'host-c', 'host-b');
  await waitUntil(async () => (await gate.starts()) === 1, { what: 'the first part to run', timeoutMs: 30_000 });
  await cycles(last, 2);
  expect(has(last, 'claimed')).toBe(false);
  await gate.open();

  await waitUntil(async () => (await fileOf(id, 'aggregate.json')).includes('"isComplete": true'), {
    what: 'the page over all parts',
    timeoutMs: 50_000,
  });
  expect(await gate.starts()).toBe(1);
  const log = (await git(['log', '--format=%s', 'main'], { cwd: scene.remote.path })).split('\n');
  expect(log.filter((subject) => subject === `result ${id}`)).toHaveLength(3);
  expect(await fileOf(id, 'host-a/status.yaml')).toContain('phase: succeeded');
  expect(await fileOf(id, 'host-b/status.yaml')).toContain('phase: succeeded');
  expect(await fileOf(id, 'host-b/report.json')).toContain('"handed-on"');
  expect(await fileOf(id, 'host-c/status.yaml')).toMatch(/phase: rejected[^]*code: clock-skew/u);
  const page = await fileOf(id, 'README.md');
  expect(page).toMatch(/The clock of `host-a` is at least (?:59|60) minutes ahead of that of `host-b`/u);
  expect(page).toMatch(/The clock of `host-c` is at least (?:59|60) minutes behind: it was at work before/u);
}, 120_000);
