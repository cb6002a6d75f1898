import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cancelPath, inboxRef } from '../../../src/domain/repository-layout.ts';
import { git, pushFiles } from '../../support/git-rig.ts';
import { processorSettings, startProcessor } from '../../support/processor-rig.ts';
import { createScene, idOf, quickRequest, type ProcessorScene } from '../../support/processor-scene.ts';
import { createGate, writePlaybook, type Gate } from '../../support/site-playbook.ts';

let scene: ProcessorScene;
let gate: Gate;

beforeEach(async () => {
  scene = await createScene();
  gate = await createGate(scene.folder);
  await writePlaybook(scene.folder, 'gated', gate.argv);
});

afterEach(async () => {
  await gate.open();
  await scene.close();
});

describe('a cancel that arrives between the last look and the start', () => {
  it.each(['branch', 'inbox'] as const)('is heard, and nothing starts: %s', async (where) => {
    const request = quickRequest({}, { strategy: 'gated' });
    const id = idOf(request);
    await scene.send(request);
    const text = 'apiVersion: warroom.intility.io/v1\nkind: Cancel\n';
    const ref = where === 'branch' ? 'refs/heads/main' : inboxRef('refs/warroom', id, 'cancel');
    const prepared = 'refs/heads/prepared';
    const main = await git(['rev-parse', 'refs/heads/main'], { cwd: scene.remote.path });
    await git(['update-ref', prepared, main], { cwd: scene.remote.path });
    await pushFiles(scene.remote, { [cancelPath(id)]: text }, 'cancel', { ref: prepared });
    const settings = processorSettings({
      url: scene.remote.url,
      folder: scene.folder,
      change: { playbookDir: scene.playbookDir },
    });
    // The claim is the first thing that happens after the survey, and the event comes before anything else can.
    const processor = startProcessor(settings, {
      once: true,
      onEvent: ({ type }) => {
        if (type === 'claimed') execFileSync('git', ['update-ref', ref, prepared], { cwd: scene.remote.path });
      },
    });
    await processor.done;
    expect(await scene.readStatus(id)).toMatchObject({ phase: 'cancelled', attempt: 0, reason: { code: 'cancelled' } });
    expect(await gate.starts()).toBe(0);
    expect(processor.events.map(({ type }) => type)).not.toContain('admitted');
  });
});
