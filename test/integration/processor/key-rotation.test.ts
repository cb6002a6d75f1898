import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requestPath, signaturePath } from '../../../src/domain/repository-layout.ts';
import { SIGNATURE_NAMESPACES } from '../../../src/domain/signature.ts';
import { pushFiles } from '../../support/git-rig.ts';
import { send } from '../../support/processor-rig.ts';
import {
  addressed,
  countOf,
  createScene,
  cycles,
  idOf,
  quickRequest,
  requestText,
  type ProcessorScene,
} from '../../support/processor-scene.ts';
import { createQuickSigner } from '../../support/quick-signer.ts';
import { allowedLine } from '../../support/signing-rig.ts';
import { createGate, writePlaybook } from '../../support/site-playbook.ts';
import { ALICE, BOB, type TestZone } from '../../support/test-zone.ts';
import { waitUntil } from '../../support/wait-until.ts';

let scene: ProcessorScene;
let zone: TestZone;

beforeEach(async () => {
  scene = await createScene({ trust: 'required' });
  if (scene.zone === undefined) throw new Error('no zone');
  ({ zone } = scene);
});

afterEach(async () => {
  await scene.close();
});

describe('threat 20: keys that are lost, revoked or rotated', () => {
  it('changes take effect without a restart, and what runs goes on', async () => {
    const gate = await createGate(scene.folder);
    await writePlaybook(scene.folder, 'held', gate.argv);
    const processor = scene.start();
    const running = await scene.send(quickRequest({}, { strategy: 'held', engineer: ALICE }));
    await waitUntil(async () => (await gate.starts()) === 1, { what: 'the start', timeoutMs: 40_000 });
    const next = await zone.createKey('alice-next');
    await zone.allow([allowedLine(ALICE, zone.alice), allowedLine(ALICE, next), allowedLine(BOB, zone.bob)]);
    const both = await Promise.all(
      [zone.alice, next].map(async (key) => await sendAs(quickRequest({}, { engineer: ALICE, slug: 'both' }), key)),
    );
    for (const id of both) expect((await scene.ended(id)).phase).toBe('succeeded');
    await zone.revoke([zone.alice]);
    const stolen = await sendAs(quickRequest({}, { engineer: ALICE, slug: 'stolen' }), zone.alice);
    expect(await scene.ended(stolen)).toMatchObject({ phase: 'rejected', reason: { code: 'revoked-key' } });
    await gate.open();
    expect((await scene.ended(running)).phase).toBe('succeeded');
    const after = await sendAs(quickRequest({}, { engineer: ALICE, slug: 'after' }), next);
    expect((await scene.ended(after)).phase).toBe('succeeded');
    expect(countOf(processor, 'started')).toBe(1);
  });

  it('a request that waits is judged again when its key is revoked', async () => {
    const gate = await createGate(scene.folder);
    await writePlaybook(scene.folder, 'held', gate.argv);
    scene.start({ concurrency: 1 });
    const running = await scene.send(quickRequest({}, { strategy: 'held', engineer: BOB }));
    await waitUntil(async () => (await gate.starts()) === 1, { what: 'the start', timeoutMs: 40_000 });
    const waiting = await scene.send(quickRequest({}, { strategy: 'held', engineer: ALICE }));
    await zone.revoke([zone.alice]);
    await gate.open();
    expect((await scene.ended(running)).phase).toBe('succeeded');
    expect(await scene.ended(waiting)).toMatchObject({ phase: 'rejected', reason: { code: 'revoked-key' } });
    expect(await gate.starts()).toBe(1);
  });

  it('a list that goes bad keeps the last good keys in force and is told', async () => {
    const processor = scene.start();
    await cycles(processor, 1);
    await writeFile(join(zone.trustDir, 'allowed_signers'), '* namespaces="git" nonsense\n');
    expect(await scene.phaseOfHonestRequest()).toBe('succeeded');
    const warnings = processor.events.flatMap((event) => (event.type === 'warning' ? [event] : []));
    expect(warnings).toEqual([
      expect.objectContaining({
        code: 'trust',
        message: expect.stringContaining('the last good keys stay in force') as string,
      }),
    ]);
  });
});

describe('threat 16: a flood of requests', () => {
  it('of 1,000 signed ones of one person lets another person through at once', async () => {
    const flooder = createQuickSigner();
    await zone.allow([
      allowedLine(ALICE, { publicKey: flooder.publicKey, file: '', publicText: '' }),
      allowedLine(BOB, zone.bob),
    ]);
    const files: Record<string, string> = {};
    for (let index = 0; index < 1000; index++) {
      const request = addressed(quickRequest({}, { slug: `flood ${index}`, engineer: ALICE }), scene.remote.url);
      const path = requestPath(idOf(request));
      const text = requestText(request);
      files[path] = text;
      files[signaturePath(path)] = flooder.sign(text, SIGNATURE_NAMESPACES.request);
    }
    await pushFiles(scene.remote, files, 'flood');
    const processor = scene.start({ concurrency: 1 });
    await waitUntil(() => countOf(processor, 'claimed') > 0, { what: 'the first of the flood', timeoutMs: 60_000 });
    const honest = await scene.send(quickRequest({}, { engineer: BOB, slug: 'honest' }));
    expect((await scene.ended(honest)).phase).toBe('succeeded');
    const claimed = processor.events.flatMap((event) => (event.type === 'claimed' ? [event.id] : []));
    expect(claimed.indexOf(honest)).toBeLessThan(15);
  });

  it('of forged ones under a known key costs each look a bounded time and keeps nobody out', async () => {
    const forger = createQuickSigner();
    await zone.allow([
      allowedLine(ALICE, { publicKey: forger.publicKey, file: '', publicText: '' }),
      allowedLine(BOB, zone.bob),
    ]);
    const files: Record<string, string> = {};
    for (let index = 0; index < 1000; index++) {
      const request = addressed(quickRequest({}, { slug: `forged ${index}`, engineer: ALICE }), scene.remote.url);
      const path = requestPath(idOf(request));
      files[path] = requestText(request);
      files[signaturePath(path)] = forger.forge(SIGNATURE_NAMESPACES.request);
    }
    await pushFiles(scene.remote, files, 'forged');
    const processor = scene.start();
    expect(await scene.phaseOfHonestRequest(BOB)).toBe('succeeded');
    expect(countOf(processor, 'admitted')).toBe(1);
    expect(countOf(processor, 'rejected')).toBeLessThanOrEqual(30);
    expect(countOf(processor, 'sync-failed')).toBe(0);
  });
});

async function sendAs(
  request: ReturnType<typeof quickRequest>,
  key: TestZone['alice'],
): Promise<ReturnType<typeof idOf>> {
  return await send(scene.client, addressed(request, scene.remote.url), key);
}
