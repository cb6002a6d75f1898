import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SIGNATURE_NAMESPACES, type SignatureNamespace, type SignatureVerdict } from '../../../src/domain/signature.ts';
import { openTrustFolder, type Trust } from '../../../src/signature/trust-folder.ts';
import { verifySignature } from '../../../src/signature/verify-signature.ts';
import { allowedLine, createKey, signWith, writeAllowedSigners, type TestKey } from '../../support/signing-rig.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';

const REQUEST = SIGNATURE_NAMESPACES.request;
const BYTES = Buffer.from('kind: TroubleshootingRequest\n');
const NOW = new Date('2026-11-28T12:00:00Z');

let temp: TempFolder;
let alice: TestKey;
let bob: TestKey;
let stranger: TestKey;

beforeAll(async () => {
  temp = await createTempFolder('signature');
  [alice, bob, stranger] = (await Promise.all(
    ['alice', 'bob', 'stranger'].map(async (name) => await createKey(temp.path, name)),
  )) as [TestKey, TestKey, TestKey];
});
afterAll(async () => {
  await temp.close();
});

async function trustOf(lines: readonly string[], revoked = ''): Promise<Trust> {
  await writeAllowedSigners(temp.path, lines);
  await writeFile(join(temp.path, 'revoked_keys'), revoked);
  const folder = await openTrustFolder({
    dir: temp.path,
    privateDir: join(temp.path, 'private'),
    onProblem: (message) => {
      throw new Error(message);
    },
  });
  return await folder.current();
}

async function verdict(
  signature: string | undefined,
  trust: Trust,
  change: { readonly bytes?: Uint8Array; readonly namespace?: SignatureNamespace; readonly now?: Date } = {},
): Promise<SignatureVerdict> {
  const path = process.env['PATH'];
  return await verifySignature({ bytes: BYTES, signature, namespace: REQUEST, trust, now: NOW, path, ...change });
}

function both(): readonly string[] {
  return [allowedLine('alice@example.com', alice), allowedLine('bob@example.com', bob)];
}

describe('verifying a signature', () => {
  it('names the principal and the key', async () => {
    const trust = await trustOf(both());
    const signer = { principal: 'alice@example.com', fingerprint: alice.publicKey.fingerprint };
    expect(await verdict(await signWith(alice, BYTES, REQUEST), trust)).toEqual({ kind: 'valid', signer });
  });

  it.each([
    ['ecdsa 256', ['-t', 'ecdsa', '-b', '256']],
    ['ecdsa 384', ['-t', 'ecdsa', '-b', '384']],
    ['rsa 3072', ['-t', 'rsa', '-b', '3072']],
  ])('accepts %s', async (name, type) => {
    const key = await createKey(temp.path, name.replace(' ', '-'), type);
    const trust = await trustOf([allowedLine('alice@example.com', key)]);
    expect(await verdict(await signWith(key, BYTES, REQUEST), trust)).toMatchObject({ kind: 'valid' });
  });

  it('refuses short RSA keys, both in the list and in a signature', async () => {
    const key = await createKey(temp.path, 'rsa-2048', ['-t', 'rsa', '-b', '2048']);
    await expect(trustOf([allowedLine('alice@example.com', key)])).rejects.toThrow(/cannot be used/u);
    expect(await verdict(await signWith(key, BYTES, REQUEST), await trustOf(both()))).toMatchObject({
      code: 'weak-key',
      message: 'an RSA key of 2048 bits is not accepted; use ed25519, or at least 3072 bits',
    });
  });

  it.each([
    ['nothing', () => Promise.resolve(undefined), 'unsigned'],
    ['something else', () => Promise.resolve('-----BEGIN PGP SIGNATURE-----\n'), 'malformed-signature'],
    ["git's namespace", () => signWith(alice, BYTES, 'git' as SignatureNamespace), 'wrong-namespace'],
    ['the namespace of cancels', () => signWith(alice, BYTES, SIGNATURE_NAMESPACES.cancel), 'wrong-namespace'],
    ['a key that nobody enrolled', () => signWith(stranger, BYTES, REQUEST), 'unknown-key'],
    ['a signature over other bytes', () => signWith(alice, 'other', REQUEST), 'bad-signature'],
  ])('refuses %s', async (_what, sign, code) => {
    expect(await verdict(await sign(), await trustOf(both()))).toMatchObject({ kind: 'refused', code });
  });

  it('refuses one changed byte, and other line ends', async () => {
    const trust = await trustOf(both());
    const signature = await signWith(alice, BYTES, REQUEST);
    for (const bytes of [
      Buffer.from('kind: TroubleshootingRequesu\n'),
      Buffer.from('kind: TroubleshootingRequest\r\n'),
    ]) {
      expect(await verdict(signature, trust, { bytes })).toMatchObject({ code: 'bad-signature' });
    }
  });

  it('refuses a key outside its namespaces', async () => {
    const namespaces = [SIGNATURE_NAMESPACES.cancel];
    const trust = await trustOf([allowedLine('alice@example.com', alice, { namespaces })]);
    expect(await verdict(await signWith(alice, BYTES, REQUEST), trust)).toMatchObject({ kind: 'refused' });
  });

  it('refuses a key whose time is over or has not come, by our clock', async () => {
    const validBefore = new Date('2026-11-01T00:00:00Z');
    const expired = await trustOf([allowedLine('alice@example.com', alice, { validBefore })]);
    const signature = await signWith(alice, BYTES, REQUEST);
    expect(await verdict(signature, expired)).toMatchObject({ kind: 'refused' });
    expect(await verdict(signature, expired, { now: new Date('2026-10-01T00:00:00Z') })).toMatchObject({
      kind: 'valid',
    });
    const early = await trustOf([
      allowedLine('alice@example.com', alice, { validAfter: new Date('2026-12-01T00:00:00Z') }),
    ]);
    expect(await verdict(signature, early)).toMatchObject({ kind: 'refused' });
  });

  it('refuses a revoked key and names it', async () => {
    const trust = await trustOf(both(), `${alice.publicText}\n`);
    expect(await verdict(await signWith(alice, BYTES, REQUEST), trust)).toMatchObject({
      code: 'revoked-key',
      message: `key ${alice.publicKey.fingerprint} of alice@example.com is revoked`,
    });
    expect(await verdict(await signWith(bob, BYTES, REQUEST), trust)).toMatchObject({ kind: 'valid' });
  });

  it('refuses everybody while the list of revoked keys cannot be read', async () => {
    const trust = await trustOf(both(), 'not a key\n');
    expect(await verdict(await signWith(alice, BYTES, REQUEST), trust)).toMatchObject({ kind: 'refused' });
  });

  it('accepts both keys of a person who rotates', async () => {
    const second = await createKey(temp.path, 'alice-new');
    const trust = await trustOf([...both(), allowedLine('alice@example.com', second)]);
    for (const key of [alice, second]) {
      expect(await verdict(await signWith(key, BYTES, REQUEST), trust)).toMatchObject({
        signer: { principal: 'alice@example.com', fingerprint: key.publicKey.fingerprint },
      });
    }
  });
});

describe('the folder of trust', () => {
  it('takes up changes, and keeps the last good state when a file goes bad', async () => {
    const problems: string[] = [];
    await rm(join(temp.path, 'revoked_keys'), { force: true });
    const file = await writeAllowedSigners(temp.path, [allowedLine('alice@example.com', alice)]);
    const privateDir = join(temp.path, 'private');
    const folder = await openTrustFolder({
      dir: temp.path,
      privateDir,
      onProblem: (message) => problems.push(message),
    });
    const before = await folder.current();
    await writeAllowedSigners(temp.path, both());
    const after = await folder.current();
    expect([before.signers.length, after.signers.length]).toEqual([1, 2]);
    await writeFile(file, `*@example.com namespaces="git"\n`);
    expect((await folder.current()).digest).toBe(after.digest);
    expect((await folder.current()).digest).toBe(after.digest);
    expect(problems).toEqual([expect.stringContaining('line 1: "*@example.com" is not')]);
    expect(await readFile(after.allowedSigners, 'utf8')).toContain('bob@example.com');
  });

  it('refuses to start without a list of signers', async () => {
    const empty = await createTempFolder('trust');
    try {
      await expect(
        openTrustFolder({ dir: empty.path, privateDir: join(empty.path, 'p'), onProblem: () => undefined }),
      ).rejects.toMatchObject({ code: 'invalid-file', hint: 'enrol people with  claude-warroom key approve' });
    } finally {
      await empty.close();
    }
  });
});
