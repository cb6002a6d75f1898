import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listClusters } from '../../../src/client/clusters.ts';
import { runInProcess } from '../../support/cli-context.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { aRule, policyText, writePolicy } from '../../support/policy-text.ts';
import { countOf, createScene, cycles, quickRequest, type ProcessorScene } from '../../support/processor-scene.ts';
import { createGate, writePlaybook, type Gate } from '../../support/site-playbook.ts';
import { ALICE, BOB, type TestZone } from '../../support/test-zone.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { openTestWarRoom } from '../../support/war-room-rig.ts';

let scene: ProcessorScene;
let zone: TestZone;
let gate: Gate;
let lines = 0;

beforeEach(async () => {
  scene = await createScene({ trust: 'required' });
  if (scene.zone === undefined) throw new Error('no zone');
  zone = scene.zone;
  gate = await createGate(scene.folder);
  await writePlaybook(scene.folder, 'gated', gate.argv);
  const rules = [aRule({ who: [ALICE, BOB] })];
  await writePolicy(zone.trustDir, policyText({ rules, administrators: [ALICE] }));
});

afterEach(async () => {
  await gate.open();
  await scene.close();
});

/** A command line of somebody outside of the zone. */
async function person(email: string, ...argv: readonly string[]): ReturnType<typeof runInProcess> {
  const warRoom = openTestWarRoom({ url: scene.remote.url, folder: scene.folder, cache: `person-${++lines}` });
  return await runInProcess(argv, {
    warRoom,
    email,
    clock: new FakeClock(new Date()),
    env: { PATH: process.env['PATH'] ?? '' },
  });
}

/** What the processor tells everybody about its pause. */
async function announced(): Promise<string | undefined> {
  const { clusters } = await listClusters(scene.client, { now: new Date() });
  return clusters[0]?.processors[0]?.paused;
}

describe('a processor that requires signatures', () => {
  it('hands work back at PAUSE, and goes on only when somebody who may has signed that', async () => {
    const processor = scene.start();
    const running = await scene.send(quickRequest({}, { engineer: BOB, strategy: 'gated' }));
    await waitUntil(async () => (await gate.starts()) === 1, { what: 'the command' });
    expect(await person(BOB, 'pause', '--reason', 'change freeze')).toMatchObject({ exit: 0 });
    await waitUntil(() => countOf(processor, 'handed-back') === 1, { what: 'the work to be handed back' });
    await waitUntil(async () => (await announced())?.includes('change freeze (bob@example.com)'), {
      what: 'the announcement of the pause',
    });

    // Whoever can push can remove the file, by hand or with a signature that counts for nothing here.
    const removed = await person(BOB, 'resume', '--reason', 'I say so', '--signing-key', zone.bob.file);
    expect(removed).toMatchObject({ exit: 0, stderr: expect.stringContaining('signed as bob@example.com') as string });
    await waitUntil(async () => (await announced())?.includes('nobody who may has signed that work goes on'), {
      what: 'the announcement that the resume does not count',
    });
    const refusal = processor.events.find((event) => event.type === 'warning' && event.code.startsWith('resume-'));
    expect(refusal).toMatchObject({ message: expect.stringContaining('bob@example.com') as string });
    const next = await scene.send(quickRequest({}, { engineer: BOB, slug: 'meanwhile' }));
    await cycles(processor, 3);
    expect([await scene.readStatus(next), await gate.starts()]).toEqual([undefined, 1]);
    expect(countOf(processor, 'resumed')).toBe(0);

    await gate.open();
    const signed = await person(ALICE, 'resume', '--reason', 'the freeze is over', '--signing-key', zone.alice.file);
    expect(signed).toMatchObject({ exit: 0, stderr: expect.stringContaining('alice@example.com') as string });
    expect(await scene.ended(running)).toMatchObject({ phase: 'succeeded', attempt: 1 });
    expect(await scene.ended(next)).toMatchObject({ phase: 'succeeded' });
    expect(processor.events.find(({ type }) => type === 'resumed')).toMatchObject({
      by: 'repository',
      who: ALICE,
      reason: 'the freeze is over',
    });
  });
});
