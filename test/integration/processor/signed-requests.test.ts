import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cancelPath, inboxRef, requestPath, signaturePath } from '../../../src/domain/repository-layout.ts';
import type { RequestId } from '../../../src/domain/request-id.ts';
import { SIGNATURE_NAMESPACES, type SignatureNamespace } from '../../../src/domain/signature.ts';
import { formatYaml } from '../../../src/schema/format-document.ts';
import type { TroubleshootingRequest } from '../../../src/schema/generated.ts';
import { pushFiles, readFileAt } from '../../support/git-rig.ts';
import { createMarker, type Marker } from '../../support/marker.ts';
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
import { allowedLine, signWith, type TestKey } from '../../support/signing-rig.ts';
import { createGate, writePlaybook } from '../../support/site-playbook.ts';
import { ALICE, BOB, MALLORY, type TestZone } from '../../support/test-zone.ts';
import { waitUntil } from '../../support/wait-until.ts';

const { request: REQUEST, cancel: CANCEL } = SIGNATURE_NAMESPACES;
const NAMESPACE = 'refs/warroom';

let scene: ProcessorScene;
let zone: TestZone;
let marker: Marker;

beforeEach(async () => {
  scene = await createScene({ trust: 'required' });
  if (scene.zone === undefined) throw new Error('no zone');
  ({ zone } = scene);
  marker = await createMarker(scene.folder);
});

afterEach(async () => {
  await scene.close();
});

/** A request that leaves a mark when it runs. */
function marked(
  slug: string,
  change: { readonly engineer?: string; readonly repository?: string; readonly at?: Date } = {},
): TroubleshootingRequest {
  const { engineer = ALICE, at = new Date() } = change;
  const request = quickRequest({}, { slug, strategy: 'marked', engineer, at });
  return addressed(request, change.repository ?? scene.remote.url);
}

type Files = Readonly<Record<string, string>>;

function filesOf(request: TroubleshootingRequest, signature?: string, text = requestText(request)): Files {
  const path = requestPath(idOf(request));
  return { [path]: text, ...(signature === undefined ? {} : { [signaturePath(path)]: signature }) };
}

async function signed(
  request: TroubleshootingRequest,
  key: TestKey,
  namespace: SignatureNamespace = REQUEST,
): Promise<Files> {
  return filesOf(request, await signWith(key, requestText(request), namespace));
}

async function expectRejected(expected: ReadonlyMap<RequestId, string>): Promise<void> {
  for (const [id, code] of expected) {
    const status = await scene.ended(id);
    expect(status, id).toMatchObject({ phase: 'rejected', attempt: 0, attempts: [], reason: { code } });
    expect(status.reason?.hint, code).toBeTruthy();
    const folder = requestPath(id).replace('requests/', 'results/').replace('.yaml', '');
    expect(await readFileAt(scene.remote, `${folder}/manifest.json.sig`), code).toMatch(/^-----BEGIN SSH SIGNATURE/u);
  }
}

describe('threat 1: a forged request', () => {
  it('is rejected with its reason, and nothing runs', async () => {
    const expired = await zone.createKey('expired');
    const revoked = await zone.createKey('revoked');
    const weak = await zone.createKey('weak');
    await zone.allow([
      allowedLine(ALICE, zone.alice),
      allowedLine(BOB, zone.bob),
      allowedLine('carol@example.com', expired, { validBefore: new Date(Date.now() - 600_000) }),
      allowedLine('dave@example.com', revoked),
      allowedLine('erin@example.com', weak, { namespaces: [CANCEL] }),
    ]);
    await zone.revoke([revoked]);
    const unsigned = marked('unsigned');
    const bomb = marked('bomb');
    const oversize = marked('oversize');
    const armored = marked('armored');
    const stranger = marked('stranger', { engineer: MALLORY });
    const git = marked('git');
    const cancel = marked('cancel');
    const impostor = marked('impostor', { engineer: ALICE });
    const elsewhere = marked('elsewhere', { repository: 'https://git.example.com/other.git' });
    // It says that it was made while the key was good.
    const old = marked('old', { engineer: 'carol@example.com', at: new Date(Date.now() - 1_800_000) });
    const stolen = marked('stolen', { engineer: 'dave@example.com' });
    const other = marked('other', { engineer: 'erin@example.com' });
    await pushFiles(
      scene.remote,
      {
        ...filesOf(unsigned),
        ...filesOf(bomb, undefined, `${requestText(bomb)}a: &a [x, x]\nb: [*a, *a]\n: {{{\n`),
        ...filesOf(oversize, 'x'.repeat(100_000)),
        ...filesOf(armored, '-----BEGIN PGP SIGNATURE-----\n'),
        ...(await signed(stranger, zone.mallory)),
        ...(await signed(git, zone.alice, 'git' as SignatureNamespace)),
        ...(await signed(cancel, zone.alice, CANCEL)),
        ...(await signed(impostor, zone.bob)),
        ...(await signed(elsewhere, zone.alice)),
        ...(await signed(old, expired)),
        ...(await signed(stolen, revoked)),
        ...(await signed(other, weak)),
      },
      'forged',
    );
    const processor = scene.start();
    await expectRejected(
      new Map([
        [idOf(unsigned), 'unsigned'],
        // It would be invalid, had anybody parsed it.
        [idOf(bomb), 'unsigned'],
        [idOf(oversize), 'malformed-signature'],
        [idOf(armored), 'malformed-signature'],
        [idOf(stranger), 'unknown-key'],
        [idOf(git), 'wrong-namespace'],
        [idOf(cancel), 'wrong-namespace'],
        [idOf(impostor), 'not-the-signer'],
        [idOf(elsewhere), 'wrong-repository'],
        [idOf(old), 'unknown-key'],
        [idOf(stolen), 'revoked-key'],
        [idOf(other), 'unknown-key'],
      ]),
    );
    expect(countOf(processor, 'admitted')).toBe(0);
    expect(await marker.runs()).toBe(0);
    // Each is told once, and honest people are served.
    await cycles(processor, 2);
    expect(countOf(processor, 'rejected')).toBe(12);
    expect(await scene.phaseOfHonestRequest(BOB)).toBe('succeeded');
  });

  it('is rejected in the inbox as well, and a signed one there runs', async () => {
    const forged = marked('forged');
    const honest = marked('honest');
    for (const [request, files] of [
      [forged, filesOf(forged)],
      [honest, await signed(honest, zone.alice)],
    ] as const) {
      await pushFiles(scene.remote, files, 'inbox', { ref: inboxRef(NAMESPACE, idOf(request), 'request') });
    }
    scene.start();
    await expectRejected(new Map([[idOf(forged), 'unsigned']]));
    expect((await scene.ended(idOf(honest))).phase).toBe('succeeded');
    expect(await readFileAt(scene.remote, signaturePath(requestPath(idOf(honest))))).toMatch(/^-----BEGIN SSH/u);
    expect(await marker.runs()).toBe(1);
  });

  it('for another cluster is left to that one', async () => {
    const request = marked('elsewhere');
    const files = await signed(
      { ...request, spec: { ...request.spec, targetCluster: { type: 'host', name: 'other-host' } } },
      zone.alice,
    );
    await pushFiles(scene.remote, files, 'elsewhere');
    const processor = scene.start();
    await cycles(processor, 3);
    expect(await scene.readStatus(idOf(request))).toBeUndefined();
    expect(countOf(processor, 'claimed')).toBe(0);
  });

  it('gets nowhere through a list of signers with a pattern: such a list refuses to start', async () => {
    await writeFile(join(zone.trustDir, 'allowed_signers'), allowedLine('*@example.com', zone.alice));
    await expect(scene.start().done).rejects.toMatchObject({
      code: 'invalid-file',
      why: expect.stringContaining('line 1: "*@example.com" is not one literal name') as string,
    });
  });
});

describe('threat 2: a pending request that was tampered with', () => {
  it('is rejected for one changed byte, other line ends, or the signature of another request', async () => {
    const [byte, crlf, one, two] = [marked('byte'), marked('crlf'), marked('one'), marked('two')];
    const [signatureOne, signatureTwo] = await Promise.all(
      [one, two].map(async (request) => await signWith(zone.alice, requestText(request), REQUEST)),
    );
    const text = (request: TroubleshootingRequest): string => requestText(request);
    await pushFiles(
      scene.remote,
      {
        ...(await signed(byte, zone.alice)),
        ...(await signed(crlf, zone.alice)),
        [requestPath(idOf(byte))]: text(byte).replace('timeout: 60', 'timeout: 61'),
        [requestPath(idOf(crlf))]: text(crlf).replaceAll('\n', '\r\n'),
        ...filesOf(one, signatureTwo),
        ...filesOf(two, signatureOne),
      },
      'tampered',
    );
    scene.start();
    await expectRejected(new Map([byte, crlf, one, two].map((request) => [idOf(request), 'bad-signature'])));
    expect(await marker.runs()).toBe(0);
  });

  it('stays rejected when the right signature comes later', async () => {
    const request = marked('late');
    await pushFiles(scene.remote, filesOf(request), 'unsigned');
    const processor = scene.start();
    await expectRejected(new Map([[idOf(request), 'unsigned']]));
    await pushFiles(scene.remote, await signed(request, zone.alice), 'late signature');
    await cycles(processor, 3);
    expect((await scene.readStatus(idOf(request)))?.phase).toBe('rejected');
    expect(await marker.runs()).toBe(0);
  });

  it('goes on when only its signature was swapped after it had been accepted', async () => {
    const gate = await createGate(scene.folder);
    await writePlaybook(scene.folder, 'held', gate.argv);
    const request = quickRequest({}, { strategy: 'held', engineer: ALICE });
    const id = await scene.send(request);
    const processor = scene.start();
    await waitUntil(async () => (await gate.starts()) === 1, { what: 'the start', timeoutMs: 40_000 });
    const swapped = await signWith(zone.mallory, 'something else', REQUEST);
    await pushFiles(scene.remote, { [signaturePath(requestPath(id))]: swapped }, 'swap');
    await cycles(processor, 2);
    await processor.abort();
    await gate.open();
    scene.start();
    expect(await scene.ended(id)).toMatchObject({ phase: 'succeeded', requester: ALICE });
    expect(countOf(processor, 'rejected')).toBe(0);
  });
});

describe('a cancel where signatures are required', () => {
  function cancelText(id: RequestId, engineer: string): string {
    return formatYaml('Cancel', {
      apiVersion: 'warroom.intility.io/v1',
      kind: 'Cancel',
      metadata: { name: id, timestamp: new Date().toISOString(), engineer },
      spec: { nonce: 'a'.repeat(32) },
    });
  }

  it('counts only when the requester signed it; others are told once and change nothing', async () => {
    const gate = await createGate(scene.folder);
    await writePlaybook(scene.folder, 'held', gate.argv);
    const id = await scene.send(quickRequest({}, { strategy: 'held', engineer: ALICE }));
    const processor = scene.start();
    await waitUntil(async () => (await gate.starts()) === 1, { what: 'the start', timeoutMs: 40_000 });
    const path = cancelPath(id);
    const ref = inboxRef(NAMESPACE, id, 'cancel');
    const ours = cancelText(id, ALICE);
    await pushFiles(scene.remote, { [path]: ours }, 'unsigned');
    const bobs = cancelText(id, BOB);
    const bySomebody = { [path]: bobs, [signaturePath(path)]: await signWith(zone.bob, bobs, CANCEL) };
    await pushFiles(scene.remote, bySomebody, 'of bob', { ref });
    const ignored = (): readonly string[] =>
      processor.events.flatMap((event) => (event.type === 'ignored' ? [event.reason] : []));
    await waitUntil(() => ignored().length === 2, { what: 'both refusals' });
    await cycles(processor, 3);
    expect([...ignored()].sort()).toEqual([
      'the cancel does not count: bob@example.com is neither its requester nor an administrator',
      'the cancel does not count: unsigned: there is no signature',
    ]);
    expect(await scene.readStatus(id)).not.toHaveProperty('times.finishedAt');
    await pushFiles(scene.remote, { [signaturePath(path)]: await signWith(zone.alice, ours, CANCEL) }, 'signed');
    expect((await scene.ended(id)).phase).toBe('cancelled');
  });

  it('counts in the inbox before anything ran', async () => {
    const request = marked('withdrawn');
    const id = idOf(request);
    const path = cancelPath(id);
    const text = cancelText(id, ALICE);
    await pushFiles(scene.remote, await signed(request, zone.alice), 'request');
    const files = { [path]: text, [signaturePath(path)]: await signWith(zone.alice, text, CANCEL) };
    await pushFiles(scene.remote, files, 'cancel', { ref: inboxRef(NAMESPACE, id, 'cancel') });
    await scene.start({}, { once: true }).done;
    expect(await scene.readStatus(id)).toMatchObject({ phase: 'cancelled', attempt: 0 });
    expect(await marker.runs()).toBe(0);
  });
});
