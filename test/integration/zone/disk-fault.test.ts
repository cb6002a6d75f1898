import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFailingDisk, type FailingDisk } from '../../support/failing-disk.ts';
import { processorSettings, send, startProcessor } from '../../support/processor-rig.ts';
import { countOf, createScene, cycles, quickRequest, type ProcessorScene } from '../../support/processor-scene.ts';
import { createGate, writePlaybook, type Gate } from '../../support/site-playbook.ts';

let scene: ProcessorScene;
let gate: Gate;
let disk: FailingDisk;

beforeEach(async () => {
  scene = await createScene();
  gate = await createGate(scene.folder);
  await writePlaybook(scene.folder, 'gated', gate.argv);
  disk = createFailingDisk();
});

afterEach(async () => {
  await gate.open();
  await scene.close();
});

describe('a disk that fails to keep what was written', () => {
  it.each([
    ['ledger.jsonl', 'the ledger cannot be written'],
    ['audit.jsonl', 'the audit log cannot be written'],
  ])('ends the processor before anything runs, and nothing is admitted after: %s', async (file, message) => {
    const { url } = scene.remote;
    const change = { playbookDir: scene.playbookDir };
    const processor = startProcessor(processorSettings({ url, folder: scene.folder, change }), {
      openStateFile: disk.openFile,
    });
    await cycles(processor, 1);
    disk.failOn(file);
    const id = await send(scene.client, quickRequest({}, { strategy: 'gated' }));
    await expect(processor.done).rejects.toMatchObject({
      code: 'not-durable',
      message: expect.stringContaining(message) as string,
      why: expect.stringContaining('EIO') as string,
    });
    expect([countOf(processor, 'admitted'), await gate.starts()]).toEqual([0, 0]);
    expect(await scene.readStatus(id)).toBeUndefined();
  });
});
