import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseLedger } from '../../../src/admission/ledger-format.ts';
import { listClusters } from '../../../src/client/clusters.ts';
import { clearPause, setPause } from '../../../src/client/pause.ts';
import { createScene, countOf, cycles, quickRequest, type ProcessorScene } from '../../support/processor-scene.ts';
import { send } from '../../support/processor-rig.ts';
import { createGate, writePlaybook, type Gate } from '../../support/site-playbook.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { redacted } from '../../support/war-room-rig.ts';

let scene: ProcessorScene;
let gate: Gate;
let stateDir: string;
let pauseFile: string;

beforeEach(async () => {
  scene = await createScene();
  gate = await createGate(scene.folder);
  await writePlaybook(scene.folder, 'gated', gate.argv);
  stateDir = join(scene.folder, 'processor-a');
  pauseFile = join(stateDir, 'PAUSE');
});

afterEach(async () => {
  await gate.open();
  await scene.close();
});

async function ledgerEvents(): Promise<readonly { readonly event: string }[]> {
  return parseLedger(await readFile(join(stateDir, 'ledger.jsonl'), 'utf8'), 'ledger.jsonl').entries;
}

async function announcedPause(): Promise<string | undefined> {
  const { clusters } = await listClusters(scene.client, { now: new Date() });
  return clusters[0]?.processors[0]?.paused;
}

describe('the brake of the zone', () => {
  it('stops what runs within 5 seconds, keeps what was collected, and lets nothing leave', async () => {
    const processor = scene.start();
    const id = await send(scene.client, quickRequest({}, { strategy: 'gated' }));
    await waitUntil(async () => (await gate.starts()) === 1, { what: 'the command' });
    await writeFile(pauseFile, 'reason: something leaks\nby: root@node\n');
    const pulledMs = performance.now();
    await waitUntil(() => countOf(processor, 'handed-back') === 1, { what: 'the work to be handed back' });
    expect(performance.now() - pulledMs).toBeLessThan(5000);
    expect(await readdir(join(stateDir, 'partial', id))).toContain('report.json');
    expect(await ledgerEvents()).toContainEqual(
      expect.objectContaining({ event: 'paused', by: 'zone', reason: 'something leaks', who: 'root@node' }),
    );
    await waitUntil(async () => (await announcedPause()) === 'paused in the secure zone: something leaks (root@node)', {
      what: 'the announcement of the pause',
    });
    const another = await send(scene.client, quickRequest());
    await cycles(processor, 2);
    expect(await scene.readStatus(another)).toBeUndefined();

    await gate.open();
    await writeFile(pauseFile, '');
    expect((await scene.ended(another)).phase).toBe('succeeded');
    const status = await scene.ended(id);
    expect(status).toMatchObject({ phase: 'succeeded', attempt: 1 });
    expect(await ledgerEvents()).toContainEqual(expect.objectContaining({ event: 'resumed', by: 'zone' }));
  });

  it('is not lifted by whoever removes PAUSE from the war room', async () => {
    await writeFile(join(scene.folder, 'brake'), 'audit\n');
    const processor = scene.start({ pauseFile: join(scene.folder, 'brake') });
    await setPause(scene.client, { reason: 'also here', by: 'a', at: new Date() }, { redact: redacted });
    await cycles(processor, 2);
    await clearPause(scene.client);
    const id = await send(scene.client, quickRequest());
    await cycles(processor, 3);
    expect(await scene.readStatus(id)).toBeUndefined();
    // The pause of the war room is over, that of the zone is not.
    expect(processor.events.filter((event) => event.type === 'resumed' && event.by === 'zone')).toHaveLength(0);
  });

  it('holds over a restart and counts as set when the file cannot be read', async () => {
    // A folder in the place of the file: something is there, and nobody can say what.
    const processor = scene.start({ pauseFile: scene.folder });
    await waitUntil(() => processor.events.find(({ type }) => type === 'paused'), { what: 'the pause' });
    expect(processor.events.find(({ type }) => type === 'paused')).toMatchObject({
      by: 'zone',
      message: 'paused in the secure zone: the pause file cannot be read: EISDIR',
    });
  });
});

describe('the brake of the war room', () => {
  it('stops what runs at the next look, and says who and why', async () => {
    const processor = scene.start();
    const id = await send(scene.client, quickRequest({}, { strategy: 'gated' }));
    await waitUntil(async () => (await gate.starts()) === 1, { what: 'the command' });
    const by = 'alice@example.com';
    await setPause(scene.client, { reason: 'change freeze', by, at: new Date() }, { redact: redacted });
    await waitUntil(() => countOf(processor, 'handed-back') === 1, { what: 'the work to be handed back' });
    const pause = { event: 'paused', by: 'repository', reason: 'change freeze', who: by };
    expect(await ledgerEvents()).toContainEqual(expect.objectContaining(pause));
    const announced = 'the file PAUSE lies in the war room: change freeze (alice@example.com)';
    await waitUntil(async () => (await announcedPause()) === announced, { what: 'the announcement of the pause' });
    await gate.open();
    await clearPause(scene.client);
    expect(await scene.ended(id)).toMatchObject({ phase: 'succeeded', attempt: 1 });
  });
});
