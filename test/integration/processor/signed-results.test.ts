import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { presenceRef, resultFolder, requestPath } from '../../../src/domain/repository-layout.ts';
import type { RequestId } from '../../../src/domain/request-id.ts';
import { SIGNATURE_NAMESPACES } from '../../../src/domain/signature.ts';
import { parsePublicKey } from '../../../src/signature/public-key.ts';
import { openTrustFolder } from '../../../src/signature/trust-folder.ts';
import { verifySignature } from '../../../src/signature/verify-signature.ts';
import { parseDocument } from '../../../src/schema/parse-document.ts';
import type { Manifest, Presence } from '../../../src/schema/generated.ts';
import { pushFiles, readFileAt } from '../../support/git-rig.ts';
import {
  countOf,
  createScene,
  cycles,
  idOf,
  quickRequest,
  requestText,
  type ProcessorScene,
} from '../../support/processor-scene.ts';
import { allowedLine, createKey } from '../../support/signing-rig.ts';
import { ALICE } from '../../support/test-zone.ts';
import { waitUntil } from '../../support/wait-until.ts';

let scene: ProcessorScene;

afterEach(async () => {
  await scene.close();
});

async function readResult(id: RequestId, name: string): Promise<string> {
  const path = `${resultFolder(id)}/${name}`;
  return await waitUntil(async () => await readFileAt(scene.remote, path), { what: path });
}

async function presence(): Promise<Presence> {
  const ref = presenceRef('refs/warroom', 'this-host', 'processor-a');
  // An answer may be there before the first presence.
  const text = await waitUntil(async () => await readFileAt(scene.remote, 'presence.json', ref), {
    what: 'a presence',
  });
  const parsed = parseDocument('Presence', text, { file: 'presence.json' });
  if (!parsed.ok) throw new Error('no presence');
  return parsed.value;
}

/** What somebody finds who knows the key of the processor. */
async function verdictOf(manifest: string, signature: string): Promise<string> {
  const publicKey = parsePublicKey((await presence()).key?.publicKey ?? '');
  if (publicKey === undefined) throw new Error('no public key');
  const dir = join(scene.folder, 'reader');
  await mkdir(dir, { recursive: true, mode: 0o755 });
  await writeFile(join(dir, 'allowed_signers'), allowedLine('processor-a', { publicKey, file: '', publicText: '' }));
  const folder = await openTrustFolder({ dir, privateDir: join(dir, 'private'), onProblem: () => undefined });
  const verdict = await verifySignature({
    bytes: Buffer.from(manifest),
    signature,
    namespace: SIGNATURE_NAMESPACES.result,
    trust: await folder.current(),
    now: new Date(),
    path: process.env['PATH'],
  });
  return verdict.kind === 'valid' ? 'valid' : verdict.code;
}

function manifestOf(text: string): Manifest {
  const parsed = parseDocument('Manifest', text, { file: 'manifest.json' });
  if (!parsed.ok) throw new Error('not a manifest');
  return parsed.value;
}

describe('threat 6: a forged result', () => {
  it('does not verify: every terminal record is signed with the key that the processor announces', async () => {
    scene = await createScene({ trust: 'required' });
    const processor = scene.start();
    const good = await scene.send(quickRequest({}, { engineer: ALICE }));
    const forged = quickRequest({}, { slug: 'forged', engineer: ALICE });
    await pushFiles(scene.remote, { [requestPath(idOf(forged))]: requestText(forged) }, 'forged');
    for (const id of [good, idOf(forged)]) {
      await scene.ended(id);
      const manifest = await readResult(id, 'manifest.json');
      const signature = await readResult(id, 'manifest.json.sig');
      expect(await verdictOf(manifest, signature), id).toBe('valid');
      expect(await verdictOf(manifest.replace('"attempt"', '"attempt" '), signature), id).toBe('bad-signature');
    }
    const fingerprint = scene.zone?.alice.publicKey.fingerprint;
    expect(manifestOf(await readResult(good, 'manifest.json')).request.signer).toEqual({
      principal: ALICE,
      fingerprint,
    });
    expect(manifestOf(await readResult(idOf(forged), 'manifest.json')).request).not.toHaveProperty('signer');
    expect(await readResult(good, 'README.md')).toContain('requester: "signed as alice@example.com"');
    expect(JSON.parse(await readResult(good, 'report.json'))).toMatchObject({
      requester: { name: ALICE, verified: true, key: fingerprint },
    });
    expect(await readResult(idOf(forged), 'README.md')).not.toContain(ALICE);
    const { key } = await presence();
    expect(processor.events[0]).toMatchObject({ type: 'started', key: key?.fingerprint });
    const file = join(scene.folder, 'processor-a', 'signing-key');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).toContain('PRIVATE KEY');
  });

  it('is signed in an open war room as well, and says that nobody checked who asked', async () => {
    scene = await createScene();
    const first = scene.start();
    const id = await scene.send(quickRequest({}, { engineer: ALICE }));
    await scene.ended(id);
    const manifest = await readResult(id, 'manifest.json');
    expect(await verdictOf(manifest, await readResult(id, 'manifest.json.sig'))).toBe('valid');
    expect(await readResult(id, 'README.md')).toContain('requester: "alice@example.com (unverified)"');
    // The key stays the same over restarts.
    const before = (await presence()).key;
    await first.stop();
    const second = scene.start();
    await cycles(second, 1);
    expect((await presence()).key).toEqual(before);
  });

  it('is signed with the configured key, unless others may read that', async () => {
    scene = await createScene();
    const own = await createKey(scene.folder, 'own');
    const first = scene.start({ signingKeyFile: own.file });
    await cycles(first, 1);
    expect((await presence()).key?.fingerprint).toBe(own.publicKey.fingerprint);
    await first.stop();
    await chmod(own.file, 0o640);
    await expect(scene.start({ signingKeyFile: own.file }).done).rejects.toMatchObject({
      code: 'not-allowed',
      message: `others may read the private key ${own.file}`,
      hint: `make a new key when somebody may have read it; else  chmod 600 ${own.file}`,
    });
  });
});

describe('threat 21: a person with all rights in the repository and no key', () => {
  it('can delay and hide, and neither start, forge nor run anything again', async () => {
    scene = await createScene({ trust: 'required' });
    const processor = scene.start();
    const request = quickRequest({}, { engineer: ALICE });
    const id = await scene.send(request);
    await scene.ended(id);
    const manifest = await readResult(id, 'manifest.json');
    const signature = await readResult(id, 'manifest.json.sig');
    const folder = resultFolder(id);
    // Rewrites the answer, and signs it with a key of their own making.
    const report = (await readResult(id, 'report.json')).replaceAll('no-problem', 'root-cause');
    await pushFiles(scene.remote, { [`${folder}/report.json`]: report }, 'rewrite');
    expect(manifestOf(manifest).files.find(({ path }) => path === 'report.json')?.sha256).toBeDefined();
    expect(await verdictOf(manifest.replaceAll('report.json', 'other.json'), signature)).toBe('bad-signature');
    // Removes it, puts the request back, and asks for more in the name of alice.
    await pushFiles(scene.remote, { [folder]: undefined }, 'remove');
    const copy = quickRequest({ nonce: request.spec.nonce }, { slug: 'copy', engineer: ALICE });
    await pushFiles(scene.remote, { [requestPath(idOf(copy))]: requestText(copy) }, 'copy');
    expect(await scene.ended(idOf(copy))).toMatchObject({ phase: 'rejected', reason: { code: 'unsigned' } });
    await cycles(processor, 2);
    expect(countOf(processor, 'admitted')).toBe(1);
    expect(await scene.readStatus(id)).toBeUndefined();
    expect(await scene.phaseOfHonestRequest()).toBe('succeeded');
  });
});
