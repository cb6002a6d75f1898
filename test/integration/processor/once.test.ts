import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimRef, requestPath } from '../../../src/domain/repository-layout.ts';
import type { RequestId } from '../../../src/domain/request-id.ts';
import { formatJson } from '../../../src/schema/format-document.ts';
import { listRefs, pushFiles } from '../../support/git-rig.ts';
import {
  countOf,
  createScene,
  idOf,
  quickRequest,
  requestText,
  type ProcessorScene,
} from '../../support/processor-scene.ts';

/** What `processor run --once` promises: everything that was pending has an end, or it says what has none. */

let scene: ProcessorScene;

beforeEach(async () => {
  scene = await createScene();
});

afterEach(async () => {
  await scene.close();
});

/** All in one push. */
async function pend(count: number): Promise<readonly RequestId[]> {
  const requests = Array.from({ length: count }, (_, index) => quickRequest({}, { slug: `one of many ${index}` }));
  const files = requests.map((request) => [requestPath(idOf(request)), requestText(request)]);
  await pushFiles(scene.remote, Object.fromEntries(files) as Record<string, string>, 'requests');
  return requests.map(idOf).sort();
}

async function claimFor(id: RequestId, leaseSeconds: number): Promise<void> {
  const claim = formatJson('Claim', {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'Claim',
    id,
    cluster: 'this-host',
    holder: 'somebody-else',
    incarnation: 'abababababababab',
    attempt: 1,
    attempts: [],
    leaseSeconds,
    nonce: 'ab'.repeat(16),
    requestSha256: 'ab'.repeat(32),
    claimedAt: new Date().toISOString(),
    progress: { phase: 'claimed', message: 'claimed', done: 0, total: 0, updates: 0 },
  });
  await pushFiles(scene.remote, { 'claim.json': claim }, 'claim', { ref: claimRef('refs/warroom', 'this-host', id) });
}

async function phases(ids: readonly RequestId[]): Promise<readonly (string | undefined)[]> {
  return await Promise.all(ids.map(async (id) => (await scene.readStatus(id))?.phase));
}

describe('a run once', () => {
  it('ends when each pending request has an end, whatever may run at once', async () => {
    const ids = await pend(5);
    const processor = scene.start({ concurrency: 3 }, { once: true });
    expect(await processor.done).toEqual([]);
    expect(await phases(ids)).toEqual(ids.map(() => 'succeeded'));
    // What ends during a look is not begun again by what that look has seen.
    expect([countOf(processor, 'claimed'), countOf(processor, 'claim-lost')]).toEqual([5, 0]);
  });

  it('takes over what nobody renews, and says what somebody else has claimed for long', async () => {
    const [dead, held, free] = await pend(3);
    if (dead === undefined || held === undefined || free === undefined) throw new Error('three requests');
    await claimFor(dead, 1);
    await claimFor(held, 3600);
    const left = await scene.start({}, { once: true }).done;
    expect(left).toEqual([{ id: held, why: 'claimed by somebody-else' }]);
    expect(await phases([dead, held, free])).toEqual(['succeeded', undefined, 'succeeded']);
    expect([...(await listRefs(scene.remote, 'refs/warroom/claims')).keys()]).toHaveLength(1);
  });

  it('says that it is paused, or that a result is held', async () => {
    const [id] = await pend(1);
    const stateDir = join(scene.folder, 'processor-a');
    await mkdir(stateDir);
    await writeFile(join(stateDir, 'PAUSE'), 'a change of the storage');
    const paused = await scene.start({}, { once: true }).done;
    expect(paused).toEqual([{ id, why: 'paused in the secure zone: a change of the storage' }]);
    const disclosure = { publish: 'full', hold: true, allowPublicRemote: false } as const;
    const change = { disclosure, pauseFile: join(scene.folder, 'nowhere') };
    const held = await scene.start(change, { once: true }).done;
    expect(held).toEqual([{ id, why: 'its result is held for release by the administrator' }]);
  });
});
