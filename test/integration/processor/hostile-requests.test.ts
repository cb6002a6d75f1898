import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  cancelPath,
  claimRef,
  inboxRef,
  presenceRef,
  requestPath,
  resultFolder,
  signaturePath,
} from '../../../src/domain/repository-layout.ts';
import type { RequestId } from '../../../src/domain/request-id.ts';
import { formatJson } from '../../../src/schema/format-document.ts';
import { git, listRefs, pushFiles, readFileAt, readTip } from '../../support/git-rig.ts';
import { send } from '../../support/processor-rig.ts';
import {
  countOf,
  createScene,
  cycles,
  idOf,
  newId,
  quickRequest,
  requestText,
  type ProcessorScene,
} from '../../support/processor-scene.ts';
import { createGate, writePlaybook } from '../../support/site-playbook.ts';
import { waitUntil } from '../../support/wait-until.ts';

const NAMESPACE = 'refs/warroom';

let scene: ProcessorScene;

beforeEach(async () => {
  scene = await createScene();
});

afterEach(async () => {
  await scene.close();
});

describe('requests that are bent', () => {
  it('are rejected when their bytes were changed after they had been accepted', async () => {
    const gate = await createGate(scene.folder);
    await writePlaybook(scene.folder, 'held', gate.argv);
    const request = quickRequest({}, { strategy: 'held' });
    const id = await send(scene.client, request);
    const processor = scene.start();
    await waitUntil(async () => (await gate.starts()) === 1, { what: 'the start' });
    await pushFiles(scene.remote, { [requestPath(id)]: `${requestText(request)}# changed\n` }, 'bend');
    await cycles(processor, 2);
    // What runs goes on with the bytes that were accepted; a shutdown hands it back, and nobody takes the other bytes.
    await processor.abort();
    scene.start();
    expect(await scene.ended(id)).toMatchObject({ phase: 'rejected', reason: { code: 'id-reused' } });
    expect(await gate.starts()).toBe(1);
  });

  it('are ignored when their bytes are changed, or their result removed, after the end', async () => {
    const request = quickRequest();
    const processor = scene.start();
    const id = await send(scene.client, request);
    expect((await scene.ended(id)).phase).toBe('succeeded');
    await pushFiles(
      scene.remote,
      { [resultFolder(id)]: undefined, [requestPath(id)]: `${requestText(request)}# changed\n` },
      'bend',
    );
    await cycles(processor, 3);
    expect(await scene.readStatus(id)).toBeUndefined();
    expect(countOf(processor, 'claimed')).toBe(1);
  });

  it('run once when one commit lies in the inbox under two names', async () => {
    const request = quickRequest();
    const id = idOf(request);
    const other = newId('other-name');
    const ref = inboxRef(NAMESPACE, id, 'request');
    const commit = await pushFiles(scene.remote, { [requestPath(id)]: requestText(request) }, 'x', { ref });
    await git(['update-ref', inboxRef(NAMESPACE, other, 'request'), commit], { cwd: scene.remote.path });
    const processor = scene.start();
    expect((await scene.ended(id)).phase).toBe('succeeded');
    await cycles(processor, 3);
    expect(await scene.readStatus(other)).toBeUndefined();
    expect(countOf(processor, 'admitted')).toBe(1);
  });

  it('are rejected when they carry a nonce that was used', async () => {
    const first = quickRequest();
    const processor = scene.start();
    expect((await scene.ended(await send(scene.client, first))).phase).toBe('succeeded');
    const replayed = quickRequest({ nonce: first.spec.nonce }, { slug: 'replayed' });
    const status = await scene.ended(await send(scene.client, replayed));
    expect(status).toMatchObject({ phase: 'rejected', reason: { code: 'replayed' } });
    expect(countOf(processor, 'admitted')).toBe(1);
  });

  it('run once when two with one nonce come at the same moment', async () => {
    const [one, two] = [quickRequest({}, { slug: 'one' }), quickRequest({}, { slug: 'two' })];
    const twin = { ...two, spec: { ...two.spec, nonce: one.spec.nonce } };
    await pushFiles(
      scene.remote,
      { [requestPath(idOf(one))]: requestText(one), [requestPath(idOf(twin))]: requestText(twin) },
      'twins',
    );
    scene.start();
    const phases = [(await scene.ended(idOf(one))).phase, (await scene.ended(idOf(twin))).phase];
    expect(phases.sort()).toEqual(['rejected', 'succeeded']);
  });

  it('do not stop others when 200 of them are rejected: records are rationed', async () => {
    const bad = Array.from({ length: 200 }, (_, index) => {
      const request = quickRequest({}, { slug: `bad ${index}`, engineer: 'mallory@example.com' });
      return [
        requestPath(idOf(request)),
        requestText({
          ...request,
          spec: { ...request.spec, investigation: { ...request.spec.investigation, strategy: 'nothing' } },
        }),
      ] as const;
    });
    await pushFiles(scene.remote, Object.fromEntries(bad), 'flood');
    const processor = scene.start();
    expect(await scene.phaseOfHonestRequest()).toBe('succeeded');
    await waitUntil(() => countOf(processor, 'rejected') >= 20, { what: 'the rationed rejections', timeoutMs: 40_000 });
    await cycles(processor, 5);
    // Ten more each minute; each is a push that everybody fetches.
    expect(countOf(processor, 'rejected')).toBeLessThan(30);
    expect(await scene.phaseOfHonestRequest('another@example.com')).toBe('succeeded');
  });

  it('wait for their turn when one requester floods the queue', async () => {
    const flood = Array.from({ length: 4 }, (_, index) =>
      quickRequest({}, { slug: `flood ${index}`, engineer: 'mallory@example.com', at: new Date(Date.now() - 60_000) }),
    );
    const honest = quickRequest({}, { slug: 'honest' });
    const files = [...flood, honest].map((request) => [requestPath(idOf(request)), requestText(request)] as const);
    await pushFiles(scene.remote, Object.fromEntries(files), 'queue');
    const processor = scene.start({ concurrency: 1 }, { once: true });
    await processor.done;
    const order = processor.events.flatMap((event) => (event.type === 'claimed' ? [event.id] : []));
    expect(order).toHaveLength(5);
    expect(order.indexOf(idOf(honest))).toBeLessThanOrEqual(1);
  });
});

describe('refs that are garbage', () => {
  it('in the place of claims hold requests up for one lease', async () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`file-${index}`, 'x']));
    const garbage: readonly ((id: RequestId) => Promise<unknown>)[] = [
      (id) => pushFiles(scene.remote, { 'claim.json': 'garbage' }, 'x', { ref: claimOf(id) }),
      (id) => pushFiles(scene.remote, many, 'x', { ref: claimOf(id) }),
      (id) => pushFiles(scene.remote, { 'claim.json': 'x' }, 'x', { ref: `${claimOf(id)}/inside` }),
      (id) => pushFiles(scene.remote, { 'claim.json': claimText(newId('other')) }, 'x', { ref: claimOf(id) }),
      async (id) => git(['update-ref', claimOf(id), await blob('x')], { cwd: scene.remote.path }),
    ];
    const ids: RequestId[] = [];
    for (const act of garbage) {
      const request = quickRequest();
      ids.push(idOf(request));
      await pushFiles(scene.remote, { [requestPath(idOf(request))]: requestText(request) }, 'request');
      await act(idOf(request));
    }
    const processor = scene.start({ lease: { seconds: 3, renewSeconds: 0.5 } });
    // Meanwhile others are served.
    expect(await scene.phaseOfHonestRequest()).toBe('succeeded');
    for (const id of ids) expect((await scene.ended(id)).phase).toBe('succeeded');
    expect(countOf(processor, 'claim-lost'), 'useless tries').toBeLessThan(5);
    expect(processor.events.filter((event) => event.type === 'ignored')).toHaveLength(garbage.length);
    expect([...(await listRefs(scene.remote, `${NAMESPACE}/claims`)).keys()]).toEqual([]);
  });

  it('that copy a claim of the processor itself do not stop it', async () => {
    const gate = await createGate(scene.folder);
    await writePlaybook(scene.folder, 'held', gate.argv);
    const processor = scene.start();
    const id = await send(scene.client, quickRequest({}, { strategy: 'held' }));
    await waitUntil(async () => (await gate.starts()) === 1, { what: 'the start' });
    const next = quickRequest({}, { slug: 'next' });
    const text = await readFileAt(scene.remote, 'claim.json', claimOf(id));
    await pushFiles(scene.remote, { 'claim.json': text?.replaceAll(id, idOf(next)) }, 'x', {
      ref: claimOf(idOf(next)),
    });
    await pushFiles(scene.remote, { [requestPath(idOf(next))]: requestText(next) }, 'next');
    expect((await scene.ended(idOf(next))).phase).toBe('succeeded');
    await gate.open();
    expect((await scene.ended(id)).phase).toBe('succeeded');
    expect(countOf(processor, 'claimed')).toBe(2);
  });

  it('in the inbox and among the processors are ignored', async () => {
    const at = newId('garbage');
    const own = presenceRef(NAMESPACE, 'this-host', 'processor-a');
    await pushFiles(scene.remote, { 'presence.json': 'garbage' }, 'x', { ref: own });
    await pushFiles(scene.remote, { x: 'x' }, 'x', { ref: `${presenceRef(NAMESPACE, 'this-host', 'other')}/inside` });
    await pushFiles(scene.remote, { x: 'x' }, 'x', { ref: inboxRef(NAMESPACE, at, 'request') });
    await pushFiles(scene.remote, { x: 'x' }, 'x', { ref: `${NAMESPACE}/inbox/not-an-id` });
    await pushFiles(scene.remote, { x: 'x' }, 'x', { ref: inboxRef(NAMESPACE, newId('cancel'), 'cancel') });
    await pushFiles(scene.remote, { [requestPath(at)]: { mode: '120000', content: '/etc/passwd' } }, 'x', {
      ref: inboxRef(NAMESPACE, newId('link'), 'request'),
    });
    await git(['update-ref', inboxRef(NAMESPACE, newId('blob'), 'request'), await blob('x')], {
      cwd: scene.remote.path,
    });
    const processor = scene.start();
    expect(await scene.phaseOfHonestRequest()).toBe('succeeded');
    const isPresent = async () =>
      (await readFileAt(scene.remote, 'presence.json', own))?.includes('"kind": "Presence"');
    await waitUntil(async () => (await isPresent()) === true, { what: 'the presence of the processor' });
    const junk = `${NAMESPACE}/inbox/not-an-id`;
    await waitUntil(async () => !(await listRefs(scene.remote, NAMESPACE)).has(junk), { what: 'the end of the junk' });
    expect(countOf(processor, 'sync-failed')).toBe(0);
    expect(countOf(processor, 'warning')).toBe(0);
  });

  it('in great number do not stop it', async () => {
    const commit = await readTip(scene.remote);
    const refs = Array.from({ length: 500 }, (_, index) => `create ${NAMESPACE}/inbox/junk-${index} ${commit ?? ''}`);
    await git(['update-ref', '--stdin'], { cwd: scene.remote.path, stdin: `${refs.join('\n')}\n` });
    const processor = scene.start();
    expect(await scene.phaseOfHonestRequest()).toBe('succeeded');
    expect(countOf(processor, 'sync-failed')).toBe(0);
  });
});

describe('a cancellation in the inbox', () => {
  it('ends a request that waits, and its ref is removed afterwards', async () => {
    const id = await send(scene.client, quickRequest());
    const ref = inboxRef(NAMESPACE, id, 'cancel');
    const cancel = { [cancelPath(id)]: 'apiVersion: warroom.intility.io/v1\nkind: Cancel\n' };
    await pushFiles(scene.remote, { ...cancel, [signaturePath(cancelPath(id))]: 'signature' }, 'x', { ref });
    const processor = scene.start({}, { once: true });
    await processor.done;
    expect(await scene.ended(id)).toMatchObject({ phase: 'cancelled', attempt: 0 });
    expect(countOf(processor, 'admitted')).toBe(0);
    expect([...(await listRefs(scene.remote, NAMESPACE)).keys()]).toEqual([]);
  });
});

async function blob(content: string): Promise<string> {
  return await git(['hash-object', '-w', '--stdin'], { cwd: scene.remote.path, stdin: content });
}

function claimOf(id: RequestId): string {
  return claimRef(NAMESPACE, 'this-host', id);
}

/** A claim that follows the schema, of a processor that never lived, with the longest lease. */
function claimText(id: RequestId): string {
  const at = new Date().toISOString();
  return formatJson('Claim', {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'Claim',
    id,
    cluster: 'this-host',
    holder: 'nobody',
    incarnation: 'a'.repeat(16),
    attempt: 1,
    attempts: [],
    leaseSeconds: 3600,
    nonce: 'a'.repeat(32),
    requestSha256: 'a'.repeat(64),
    claimedAt: at,
    progress: { phase: 'claimed', message: 'claimed', done: 0, total: 0, updates: 0 },
  });
}
