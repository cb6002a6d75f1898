import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadProcessorKeys } from '../../../src/client/processor-keys.ts';
import { verifyResult, type ResultVerification } from '../../../src/client/verify-result.ts';
import { manifestPath, reportPath, resultFolder, signaturePath } from '../../../src/domain/repository-layout.ts';
import { SIGNATURE_NAMESPACES, type SignatureNamespace } from '../../../src/domain/signature.ts';
import { sha256 } from '../../../src/lib/digest.ts';
import { formatJson } from '../../../src/schema/format-document.ts';
import type { Manifest } from '../../../src/schema/generated.ts';
import { MemoryWarRoom } from '../../support/memory-war-room.ts';
import { allowedLine, createKey, signWith, type TestKey } from '../../support/signing-rig.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import { API_TIMEOUT, requestId } from '../../support/war-room-content.ts';

const FOLDER = resultFolder(API_TIMEOUT);
const HUB = 'production-hub';
const REQUEST_SHA = sha256('request');
const FILES = { 'README.md': '# cause\n', 'report.json': '{}\n', 'evidence/E001-disk.txt': 'full\n' };
const RESULT = [SIGNATURE_NAMESPACES.result];

let temp: TempFolder;
let hub: TestKey;
let other: TestKey;
let attacker: TestKey;
let warRoom: MemoryWarRoom;
let pinFile: string;
let pins = 0;

beforeAll(async () => {
  temp = await createTempFolder('verify');
  [hub, other, attacker] = await Promise.all([
    createKey(temp.path, 'hub'),
    createKey(temp.path, 'other'),
    createKey(temp.path, 'attacker'),
  ]);
});
afterAll(async () => {
  await temp.close();
});
beforeEach(async () => {
  warRoom = new MemoryWarRoom();
  pinFile = join(temp.path, `pins-${++pins}`);
  await publish(hub);
});

function manifestOf(change: Partial<Manifest> = {}): string {
  return formatJson('Manifest', {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'Manifest',
    id: API_TIMEOUT,
    cluster: HUB,
    attempt: 1,
    phase: 'succeeded',
    request: { path: 'requests/x.yaml', sha256: REQUEST_SHA },
    files: Object.entries(FILES).map(([path, text]) => ({ path, sha256: sha256(text), bytes: text.length })),
    versions: { 'claude-warroom': '1.0.0' },
    finishedAt: '2026-11-20T14:31:20Z',
    ...change,
  });
}

async function publish(
  key: TestKey,
  change: { readonly manifest?: string; readonly namespace?: SignatureNamespace } = {},
): Promise<void> {
  const { manifest = manifestOf(), namespace = SIGNATURE_NAMESPACES.result } = change;
  for (const [path, text] of Object.entries(FILES)) warRoom.put(`${FOLDER}/${path}`, text);
  warRoom.put(manifestPath(FOLDER), manifest);
  warRoom.put(signaturePath(manifestPath(FOLDER)), await signWith(key, manifest, namespace));
}

async function verify(
  change: {
    readonly mode?: 'pin' | 'strict';
    readonly bundle?: string;
    readonly requestSha256?: string;
    readonly parts?: readonly string[];
  } = {},
): Promise<ResultVerification> {
  const { mode = 'pin', bundle, requestSha256 = REQUEST_SHA, parts } = change;
  return await verifyResult(await warRoom.refresh({ refPrefixes: [] }), {
    id: API_TIMEOUT,
    cluster: HUB,
    folder: FOLDER,
    keys: await loadProcessorKeys({ pinFile, ...(bundle === undefined ? {} : { bundle }) }),
    mode,
    now: new Date('2026-11-20T15:00:00Z'),
    path: process.env['PATH'],
    requestSha256,
    ...(parts === undefined ? {} : { parts }),
  });
}

async function bundleOf(...lines: readonly string[]): Promise<string> {
  const file = join(temp.path, 'bundle');
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}

describe('a signed result', () => {
  it('is believed on first use, and then only with that key', async () => {
    const { fingerprint } = hub.publicKey;
    expect(await verify()).toEqual({ kind: 'verified', cluster: HUB, fingerprint, by: 'first-use' });
    expect(await verify()).toMatchObject({ by: 'pinned' });
    expect(await readFile(pinFile, 'utf8')).toContain(`${HUB} namespaces="warroom-result@v1" ssh-ed25519`);
    await publish(attacker);
    expect(await verify()).toEqual({
      kind: 'unverified',
      cluster: HUB,
      why: `it is signed by key ${attacker.publicKey.fingerprint}, not by the known ${fingerprint}`,
      hint: expect.stringContaining(`claude-warroom key pin --cluster ${HUB}`) as string,
    });
  });

  it('is believed with a key that an administrator gave out, in strict mode too', async () => {
    const bundle = await bundleOf(allowedLine(HUB, hub, { namespaces: RESULT }));
    expect(await verify({ bundle, mode: 'strict' })).toMatchObject({ kind: 'verified', by: 'bundle' });
  });

  it('is not believed in strict mode before its key is known', async () => {
    expect(await verify({ mode: 'strict' })).toMatchObject({
      kind: 'unverified',
      why: `key ${hub.publicKey.fingerprint} is not known`,
    });
    await expect(readFile(pinFile)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('remembers both keys of a processor whose key is changed', async () => {
    const bundle = await bundleOf(
      allowedLine(HUB, hub, { namespaces: RESULT }),
      allowedLine(HUB, other, { namespaces: RESULT }),
    );
    await publish(other);
    expect(await verify({ bundle, mode: 'strict' })).toMatchObject({ kind: 'verified' });
  });
});

describe('a forged result (threat 6)', () => {
  const manifest = manifestPath(FOLDER);
  it.each<readonly [string, () => Promise<void> | void, string]>([
    [
      'a changed report',
      () => {
        warRoom.put(reportPath(FOLDER), '{"bottomLine":"all is well"}');
      },
      'report.json was changed',
    ],
    [
      'changed evidence',
      () => {
        warRoom.put(`${FOLDER}/evidence/E001-disk.txt`, 'empty\n');
      },
      'evidence/E001-disk.txt was changed',
    ],
    ['a file less', () => void warRoom.files.delete(`${FOLDER}/README.md`), 'README.md is missing'],
    [
      'a file more',
      () => {
        warRoom.put(`${FOLDER}/NOTES.md`, 'run this');
      },
      '"NOTES.md" is not in its manifest',
    ],
    [
      'a link',
      () => {
        warRoom.put(`${FOLDER}/README.md`, FILES['README.md'], '120000');
      },
      '"README.md" is not in its manifest',
    ],
    ['no signature', () => void warRoom.files.delete(signaturePath(manifest)), 'nobody has signed it'],
    ['no manifest', () => void warRoom.files.delete(manifest), 'there is no manifest'],
    [
      'another manifest',
      () => {
        warRoom.put(manifest, manifestOf({ attempt: 2 }));
      },
      'does not fit these bytes',
    ],
    [
      'a signature that is none',
      () => {
        warRoom.put(signaturePath(manifest), 'trust me');
      },
      'its signature is not one',
    ],
    [
      'a signature for something else',
      () => publish(hub, { namespace: SIGNATURE_NAMESPACES.request }),
      'was made for "warroom-request@v1"',
    ],
    [
      'the result of another request',
      () => publish(hub, { manifest: manifestOf({ id: requestId('2026-11-20-1431-other-k7m2') }) }),
      'its manifest is that of 2026-11-20-1431-other-k7m2',
    ],
    [
      'the result of another cluster',
      () => publish(hub, { manifest: manifestOf({ cluster: 'other-hub' }) }),
      'its manifest is that of other-hub',
    ],
    ['the key of another cluster', () => publish(other), 'it is signed by the key of other-hub'],
  ])('with %s is not verified', async (_what, forge, why) => {
    const bundle = await bundleOf(
      allowedLine(HUB, hub, { namespaces: RESULT }),
      allowedLine('other-hub', other, { namespaces: RESULT }),
    );
    await forge();
    const result = await verify({ bundle });
    expect(result).toMatchObject({ kind: 'unverified', why: expect.stringContaining(why) as string });
  });

  it('that answers other bytes than the request is not verified', async () => {
    expect(await verify({ requestSha256: sha256('another question') })).toMatchObject({
      why: 'it answers a request with other bytes than those in the war room',
    });
  });

  it('is not remembered, so that it cannot become the first', async () => {
    await publish(attacker);
    warRoom.put(reportPath(FOLDER), '{}  ');
    expect(await verify()).toMatchObject({ kind: 'unverified' });
    await expect(readFile(pinFile)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('a signed page over several parts', () => {
  const parts = [HUB, 'prod-1'];

  /** The page of the hub, made when only the hub had answered. */
  async function publishPage(named: Manifest['parts']): Promise<void> {
    await publish(hub, { manifest: manifestOf({ parts: named ?? [] }) });
    warRoom.put(`${FOLDER}/${HUB}/manifest.json`, 'the part of the hub');
    warRoom.put(`${FOLDER}/${HUB}/README.md`, 'signed by its own manifest');
  }

  const hubPart = { cluster: HUB, phase: 'succeeded', sha256: sha256('the part of the hub') } as const;
  const openPart = { cluster: 'prod-1', phase: 'pending' } as const;

  it('is verified when the parts are those that it was made of', async () => {
    await publishPage([hubPart, openPart]);
    expect(await verify({ parts })).toMatchObject({ kind: 'verified' });
  });

  it.each<[string, NonNullable<Manifest['parts']>, () => void, string]>([
    [
      'a part came later',
      [hubPart, openPart],
      () => {
        warRoom.put(`${FOLDER}/prod-1/manifest.json`, 'late');
      },
      'the part of prod-1 is another one than it was made of',
    ],
    [
      'a part was changed',
      [hubPart, openPart],
      () => {
        warRoom.put(`${FOLDER}/${HUB}/manifest.json`, 'x');
      },
      `the part of ${HUB} is another one than it was made of`,
    ],
    [
      'a part is gone',
      [hubPart, openPart],
      () => {
        warRoom.files.delete(`${FOLDER}/${HUB}/manifest.json`);
      },
      `the part of ${HUB} is another one than it was made of`,
    ],
    ['a part is left out', [hubPart], () => undefined, 'it says nothing about prod-1'],
    [
      'something lies beside it',
      [hubPart, openPart],
      () => {
        warRoom.put(`${FOLDER}/else/x.md`, 'x');
      },
      '"else/x.md" is not in its manifest',
    ],
  ])('is not verified when %s', async (_, named, change, why) => {
    await publishPage(named);
    change();
    expect(await verify({ parts })).toMatchObject({ kind: 'unverified', why });
    await expect(readFile(pinFile)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('the keys of processors', () => {
  it('are refused with line numbers when they cannot be read', async () => {
    const bundle = await bundleOf('* ssh-ed25519 AAAA');
    await expect(loadProcessorKeys({ pinFile, bundle })).rejects.toMatchObject({
      code: 'invalid-file',
      why: expect.stringContaining('line 1: "*" is not one literal name') as string,
    });
    const wrong = await bundleOf(allowedLine(HUB, hub, { namespaces: [SIGNATURE_NAMESPACES.request] }));
    await expect(loadProcessorKeys({ pinFile, bundle: wrong })).rejects.toMatchObject({
      why: `${HUB} may not sign results`,
    });
    await expect(loadProcessorKeys({ pinFile, bundle: join(temp.path, 'absent') })).rejects.toMatchObject({
      why: 'ENOENT',
      hint: 'correct verification.bundle in the configuration',
    });
  });
});
