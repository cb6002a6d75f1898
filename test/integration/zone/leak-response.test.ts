import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseLedger } from '../../../src/admission/ledger-format.ts';
import type { ProcessorEvent } from '../../../src/domain/events.ts';
import { resultFolder } from '../../../src/domain/repository-layout.ts';
import { runInProcess } from '../../support/cli-context.ts';
import { git, pushFiles, runGit } from '../../support/git-rig.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';
import { processorConfigText, send } from '../../support/processor-rig.ts';
import { countOf, createScene, quickRequest, type ProcessorScene } from '../../support/processor-scene.ts';
import { policyText, writePolicy } from '../../support/policy-text.ts';
import { allowedLine, createKey, writeAllowedSigners } from '../../support/signing-rig.ts';
import { waitUntil } from '../../support/wait-until.ts';

let scene: ProcessorScene;
let trustDir: string;
let stateDir: string;
let config: string;

beforeEach(async () => {
  scene = await createScene();
  stateDir = join(scene.folder, 'processor-a');
  trustDir = join(scene.folder, 'trust');
  config = join(scene.folder, 'processor.yaml');
  await mkdir(trustDir);
  const carol = await createKey(scene.folder, 'carol');
  const alice = await createKey(scene.folder, 'alice');
  await writeAllowedSigners(trustDir, [
    allowedLine('carol@example.com', carol),
    allowedLine('alice@example.com', alice, { namespaces: ['warroom-request@v1'] }),
  ]);
  // The requests of this scene say alice; carol is the administrator.
  await writePolicy(trustDir, policyText({ administrators: ['carol@example.com'] }));
  await writeFile(config, processorConfigText({ url: scene.remote.url, stateDir, change: { trustDir } }));
});

afterEach(async () => {
  await scene.close();
});

/** A command line of the administrator in the zone. */
async function admin(...argv: readonly string[]): Promise<{ exit: number; stderr: string }> {
  return await runInProcess([...argv, '-c', config], {
    warRoom: new MemoryWarRoom(),
    env: { PATH: process.env['PATH'] ?? '' },
  });
}

function acceptHistory(to: string, key: string, as: string): Promise<{ exit: number; stderr: string }> {
  const signing = ['--as', as, '--signing-key', join(scene.folder, key)];
  return admin('admin', 'accept-history', '--to', to, '--reason', 'a leaked token was purged', ...signing);
}

describe('a leaked secret', () => {
  it('is purged as docs/leak-response.md says, and the processor goes on without running anything twice', async () => {
    const processor = scene.start({ trustDir });
    const before = await send(scene.client, quickRequest());
    await scene.ended(before);
    const leaked = `${resultFolder(before)}/evidence/leak.txt`;
    await pushFiles(scene.remote, { [leaked]: 'token: 0123456789\n' }, 'leak');
    const blob = await git(['rev-parse', `main:${leaked}`], { cwd: scene.remote.path });

    expect((await admin('pause', '--zone', '--reason', 'a token leaked')).exit).toBe(0);
    await waitUntil(() => countOf(processor, 'paused') === 1, { what: 'the pause' });

    const purge = join(scene.folder, 'purge.git');
    await git(['clone', '--quiet', '--bare', scene.remote.url, purge], { cwd: scene.folder });
    const drop = `git rm -q -r --cached --ignore-unmatch -- "${leaked}"`;
    const quiet = { cwd: purge, env: { FILTER_BRANCH_SQUELCH_WARNING: '1' } };
    await git(['filter-branch', '--force', '--index-filter', drop, '--', 'main'], quiet);
    await git(['push', '--quiet', '--force', 'origin', 'main'], { cwd: purge });
    await git(['gc', '--quiet', '--prune=now'], { cwd: scene.remote.path });
    expect((await runGit(['cat-file', '-e', blob], { cwd: scene.remote.path })).exit).not.toBe(0);
    const tip = await git(['rev-parse', 'main'], { cwd: scene.remote.path });

    expect((await admin('resume', '--zone', '--reason', 'rotated and purged')).exit).toBe(0);
    const isHistory = (event: ProcessorEvent): boolean => event.type === 'paused' && event.by === 'history';
    await waitUntil(() => processor.events.find(isHistory), { what: 'the pause because of history' });
    const after = await send(scene.client, quickRequest());

    // Somebody who may only ask announces nothing.
    expect((await acceptHistory(tip, 'alice', 'alice@example.com')).exit).toBe(0);
    const isRefusal = (event: ProcessorEvent): boolean =>
      event.type === 'warning' && event.code === 'history-bad-signature';
    await waitUntil(() => processor.events.find(isRefusal), { what: 'the refusal' });

    const accepted = await acceptHistory(tip, 'carol', 'carol@example.com');
    expect(accepted).toMatchObject({
      exit: 0,
      stderr: expect.stringContaining('signed as carol@example.com') as unknown,
    });
    expect((await scene.ended(after)).phase).toBe('succeeded');
    const claims = processor.events.flatMap((event) => (event.type === 'claimed' ? [event.id] : []));
    expect(claims).toEqual([before, after]);
    const { entries } = parseLedger(await readFile(join(stateDir, 'ledger.jsonl'), 'utf8'), 'ledger');
    expect(entries).toContainEqual(
      expect.objectContaining({
        event: 'history',
        to: tip,
        who: 'carol@example.com',
        reason: 'a leaked token was purged',
      }),
    );
    await processor.stop();

    // The announcement counts for this step only.
    await git(['update-ref', '-d', 'refs/heads/main'], { cwd: scene.remote.path });
    await pushFiles(scene.remote, { 'README.md': 'another past\n' }, 'rewritten');
    await expect(scene.start({ trustDir }, { once: true }).done).rejects.toMatchObject({
      code: 'history-rewritten',
      hint: expect.stringContaining('admin accept-history --to') as unknown,
    });
  });

  it('needs a ledger that says what was accepted before', async () => {
    const { exit, stderr } = await acceptHistory('1'.repeat(40), 'carol', 'carol@example.com');
    expect(exit).toBe(1);
    expect(stderr).toContain('it is not known which history was accepted before');
    await expect(access(join(trustDir, 'accepted-history.yaml'))).rejects.toThrow();
  });
});
