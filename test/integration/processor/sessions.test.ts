import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRequestId } from '../../../src/domain/request-id.ts';
import type { RequestId } from '../../../src/domain/request-id.ts';
import { signaturePath } from '../../../src/domain/repository-layout.ts';
import { sessionInboxRef, sessionPath, sessionResultFolder } from '../../../src/domain/session-layout.ts';
import { SIGNATURE_NAMESPACES, type SignatureNamespace } from '../../../src/domain/signature.ts';
import { randomHex, systemRandom } from '../../../src/lib/random-text.ts';
import { formatYaml } from '../../../src/schema/format-document.ts';
import { pushFiles, readFileAt } from '../../support/git-rig.ts';
import { createScene, type ProcessorScene } from '../../support/processor-scene.ts';
import { signWith } from '../../support/signing-rig.ts';
import { ALICE, MALLORY, type TestZone } from '../../support/test-zone.ts';

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

async function send(
  slug: string,
  by: string,
  options: { readonly namespace?: SignatureNamespace; readonly isInInbox?: boolean } = {},
): Promise<RequestId> {
  const at = new Date();
  const id = createRequestId({ at, slug, random: systemRandom });
  const text = formatYaml('SessionRequest', {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'SessionRequest',
    metadata: { name: id, timestamp: at.toISOString(), engineer: by },
    spec: {
      targetCluster: { type: 'hub', name: 'this-host' },
      seconds: 3600,
      nonce: randomHex(16, systemRandom),
      repository: scene.remote.url,
    },
  });
  const path = sessionPath(id);
  const signature = await signWith(zone.keyOf(by), text, options.namespace ?? SIGNATURE_NAMESPACES.session);
  const ref = options.isInInbox === true ? { ref: sessionInboxRef('refs/warroom', id) } : {};
  await pushFiles(scene.remote, { [path]: text, [signaturePath(path)]: signature }, `session ${id}`, ref);
  return id;
}

it('answers a session where none are configured, in words and once, and nobody whose signature does not count', async () => {
  const asked = await send('asked', ALICE);
  const waiting = await send('waiting', ALICE, { isInInbox: true });
  const stranger = await send('stranger', MALLORY);
  const request = await send('for-a-request', ALICE, { namespace: SIGNATURE_NAMESPACES.request });
  const first = scene.start({}, { once: true });
  await first.done;
  const second = scene.start({}, { once: true });
  await second.done;
  for (const id of [asked, waiting]) {
    const folder = sessionResultFolder(id);
    const state = await readFileAt(scene.remote, `${folder}/session.yaml`);
    expect(state).toContain('code: unsupported');
    expect(await readFileAt(scene.remote, `${folder}/manifest.json.sig`)).toContain('SSH SIGNATURE');
    expect(await readFileAt(scene.remote, sessionPath(id))).toContain(id);
  }
  const events = [...first.events, ...second.events];
  expect(events.filter((event) => event.type === 'session').map(({ id }) => id)).toEqual([asked, waiting]);
  for (const id of [stranger, request]) {
    expect(await readFileAt(scene.remote, `${sessionResultFolder(id)}/session.yaml`)).toBeUndefined();
    expect(events).toContainEqual(expect.objectContaining({ type: 'ignored', path: sessionPath(id) }));
  }
});
