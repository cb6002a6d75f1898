import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { git, pushFiles } from '../../support/git-rig.ts';
import { countOf, createScene, cycles, quickRequest, type ProcessorScene } from '../../support/processor-scene.ts';
import { ALICE } from '../../support/test-zone.ts';
import { waitUntil } from '../../support/wait-until.ts';

let scene: ProcessorScene;

beforeEach(async () => {
  scene = await createScene({ trust: 'required' });
});

afterEach(async () => {
  await scene.close();
});

describe('threat 4: a history that is rewritten', () => {
  it('to an older tip, or to another past, stops the processor until the accepted one is back', async () => {
    const processor = scene.start();
    expect(await scene.phaseOfHonestRequest()).toBe('succeeded');
    const cwd = scene.remote.path;
    const main = 'refs/heads/main';
    const rewrites = [
      async (accepted: string) => await git(['update-ref', main, `${accepted}~1`], { cwd }),
      async () => {
        await git(['update-ref', '-d', main], { cwd });
        await pushFiles(scene.remote, { 'README.md': 'another past\n' }, 'unrelated');
      },
    ];
    for (const [index, rewrite] of rewrites.entries()) {
      // The index page comes after the result.
      await cycles(processor, 3);
      const accepted = await git(['rev-parse', main], { cwd });
      await rewrite(accepted);
      const request = quickRequest({}, { slug: `on history ${index}`, engineer: ALICE });
      const paused = (): boolean =>
        processor.events.filter((event) => event.type === 'paused' && event.by === 'history').length > index;
      await waitUntil(paused, { what: `the pause after rewrite ${index}` });
      const id = await scene.send(request);
      expect(processor.events.findLast(({ type }) => type === 'paused')).toMatchObject({
        message: expect.stringContaining('the branch no longer contains commit') as string,
      });
      expect([await scene.readStatus(id), countOf(processor, 'admitted')]).toEqual([undefined, 1 + index]);
      await git(['update-ref', main, accepted], { cwd });
      expect(await scene.phaseOfHonestRequest()).toBe('succeeded');
    }
  });
});
