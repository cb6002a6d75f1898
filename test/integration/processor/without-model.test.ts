import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openClaudeEngine } from '../../../src/claude/open-engine.ts';
import { listClusters } from '../../../src/client/clusters.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { systemRandom } from '../../../src/lib/random-text.ts';
import { processorSettings, startProcessor } from '../../support/processor-rig.ts';
import { createScene, type ProcessorScene } from '../../support/processor-scene.ts';
import { waitUntil } from '../../support/wait-until.ts';

let scene: ProcessorScene;

beforeAll(async () => {
  scene = await createScene();
});
afterAll(async () => {
  await scene.close();
});

/** A program that says a good version, and then does what `script` says. */
async function fakeClaude(name: string, script: string): Promise<string> {
  const file = join(scene.folder, name);
  await writeFile(
    file,
    `#!/bin/sh\ncase "$*" in *--version*) echo "2.1.400 (Claude Code)"; exit 0 ;; esac\n${script}\n`,
  );
  await chmod(file, 0o755);
  return file;
}

const env = { PATH: process.env['PATH'] ?? '', ANTHROPIC_API_KEY: 'sk-ant-test' };

describe('a processor whose model cannot be used', () => {
  it('says so in its log and in the war room, with the reason where the administrator looks', async () => {
    const binary = await fakeClaude('broken', 'exit 1');
    const settings = processorSettings({
      ...{ url: scene.remote.url, folder: scene.folder },
      change: { claude: { binary }, playbookDir: scene.playbookDir },
    });
    const processor = startProcessor(settings, { env });
    const announced = await waitUntil(
      async () => {
        const { clusters } = await listClusters(scene.client, { now: new Date() });
        return clusters.flatMap(({ processors }) => processors).at(0);
      },
      { what: 'the announcement', timeoutMs: 100_000, intervalMs: 100 },
    );
    await processor.stop();
    expect(announced.warnings).toEqual([
      'this processor judges by its playbooks alone: its model cannot be used, and is tried again; its log has the reason',
    ]);
    const told = processor.events.find((event) => event.type === 'warning' && event.code === 'no-model');
    expect(told).toMatchObject({ message: expect.stringContaining('claude 2.1.400 fails in a self test') as string });
  }, 120_000);

  it('does not wait for a self test that does not end', async () => {
    const binary = await fakeClaude('slow', 'exec tail -f /dev/null');
    const settings = processorSettings({ url: scene.remote.url, folder: scene.folder, change: { claude: { binary } } });
    const around = { env, uid: undefined, clock: systemClock, random: systemRandom, preflightMs: 200 };
    expect(await openClaudeEngine({ settings, ...around })).toMatchObject({
      kind: 'absent',
      why: expect.stringContaining('fails in a self test') as string,
      lost: { hint: expect.stringContaining('2.1.329 or newer') as string },
    });
    await expect(openClaudeEngine({ settings: { ...settings, engine: 'claude' }, ...around })).rejects.toMatchObject({
      message: 'the processor cannot start without its Claude engine',
    });
  });
});
