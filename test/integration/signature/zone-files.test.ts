import { chmod, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkProcessorFile } from '../../../src/cli/doctor/processor-file.ts';
import { SIGNATURE_NAMESPACES } from '../../../src/domain/signature.ts';
import { sha256 } from '../../../src/lib/digest.ts';
import { runChild } from '../../../src/lib/child-process.ts';
import { openProcessorKey } from '../../../src/signature/processor-key.ts';
import { createSignatureVerifier, type SignatureVerifier } from '../../../src/signature/signature-verifier.ts';
import { openTrustFolder, type TrustFolder } from '../../../src/signature/trust-folder.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { processorConfigText } from '../../support/processor-rig.ts';
import { createQuickSigner } from '../../support/quick-signer.ts';
import { allowedLine, createKey, signWith } from '../../support/signing-rig.ts';
import { createTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import { ALICE, BOB, createZone, type TestZone } from '../../support/test-zone.ts';

const PATH = process.env['PATH'] ?? '/usr/bin:/bin';
const { request: REQUEST, cancel: CANCEL } = SIGNATURE_NAMESPACES;

let temp: TempFolder;
let zone: TestZone;

beforeEach(async () => {
  temp = await createTempFolder('zone');
  zone = await createZone(temp.path);
  await mkdir(join(temp.path, 'state'));
});

afterEach(async () => {
  await temp.close();
});

async function openFolder(problems: string[] = []): Promise<TrustFolder> {
  const privateDir = join(temp.path, 'private');
  return await openTrustFolder({ dir: zone.trustDir, privateDir, onProblem: (message) => problems.push(message) });
}

describe('files of trust', () => {
  it.each([
    ['allowed_signers', 0o664],
    ['allowed_signers', 0o646],
    ['revoked_keys', 0o666],
    ['.', 0o777],
  ])('are refused when others may change them: %s with mode %o', async (name, mode) => {
    await zone.revoke([]);
    const path = join(zone.trustDir, name);
    await chmod(path, mode);
    await expect(openFolder()).rejects.toMatchObject({
      code: 'not-allowed',
      message: `others may change ${path}`,
      why: `its mode is 0${mode.toString(8)}, and whoever writes it decides whose requests run here`,
      hint: expect.stringContaining('chmod ') as string,
    });
  });

  it('that become changeable while they are used keep the last good keys in force', async () => {
    const problems: string[] = [];
    const folder = await openFolder(problems);
    const before = await folder.current();
    await zone.allow([allowedLine(ALICE, zone.mallory)]);
    await chmod(join(zone.trustDir, 'allowed_signers'), 0o666);
    expect((await folder.current()).digest).toBe(before.digest);
    expect(problems).toEqual([expect.stringContaining('others may change')]);
  });

  it('of an earlier process are swept', async () => {
    await openFolder();
    await mkdir(join(temp.path, 'private', 'sig-dead'));
    await openFolder();
    expect(await readdir(join(temp.path, 'private'))).toHaveLength(1);
  });
});

describe('the key of a processor', () => {
  const state = (): string => join(temp.path, 'state');

  it('is made once, for its owner only, and stays the same', async () => {
    const first = await openProcessorKey({ file: undefined, stateDir: state(), path: PATH });
    const second = await openProcessorKey({ file: undefined, stateDir: state(), path: PATH });
    expect(second.fingerprint).toBe(first.fingerprint);
    expect((await stat(first.file)).mode & 0o777).toBe(0o600);
    expect(await first.sign('x', SIGNATURE_NAMESPACES.result)).toMatch(/^-----BEGIN SSH SIGNATURE/u);
    expect((await readdir(state())).sort()).toEqual(['signing-key', 'signing-key.pub']);
  });

  it('is made anew after a start that was killed in between', async () => {
    await writeFile(join(state(), 'signing-key.new'), 'half of a key');
    await writeFile(join(state(), 'signing-key.pub'), 'of a start that was killed');
    const key = await openProcessorKey({ file: undefined, stateDir: state(), path: PATH });
    expect(await key.sign('x', SIGNATURE_NAMESPACES.result)).toMatch(/^-----BEGIN SSH SIGNATURE/u);
  });

  it.each<[string, (file: string) => Promise<unknown>, string, string]>([
    ['is missing', () => Promise.resolve(), 'invalid-file', 'there is no signing key: FILE'],
    [
      'is no key',
      (file) => writeFile(file, 'x', { mode: 0o600 }),
      'invalid-file',
      'the signing key cannot be used: FILE',
    ],
    ['has a passphrase', (file) => keyWith(file, 'secret'), 'invalid-file', 'the signing key cannot be used: FILE'],
    [
      'is weak',
      (file) => keyWith(file, '', ['-t', 'rsa', '-b', '2048']),
      'invalid-file',
      'the signing key cannot be used: FILE',
    ],
    ['may be read by others', readableByOthers, 'not-allowed', 'others may read the private key FILE'],
  ])('is refused when it %s', async (_what, prepare, code, message) => {
    const file = join(temp.path, 'own');
    await prepare(file);
    const error = { code, message: message.replace('FILE', file), hint: expect.any(String) as string };
    await expect(openProcessorKey({ file, stateDir: state(), path: PATH })).rejects.toMatchObject(error);
  });

  async function keyWith(file: string, passphrase: string, type: readonly string[] = ['-t', 'ed25519']): Promise<void> {
    const argv = ['ssh-keygen', '-q', ...type, '-N', passphrase, '-f', file];
    await runChild({ argv, env: { PATH }, timeoutMs: 30_000, maxBytes: 4096 });
  }

  async function readableByOthers(file: string): Promise<void> {
    await keyWith(file, '');
    await chmod(file, 0o644);
  }
});

describe('the verifier', () => {
  const clock = new FakeClock(new Date('2026-11-28T12:00:00Z'));

  async function verifier(): Promise<SignatureVerifier> {
    return createSignatureVerifier({ folder: await openFolder(), clock, path: PATH });
  }

  function fileOf(text: string, signature: string | undefined): Parameters<SignatureVerifier['verifyNow']>[0] {
    const bytes = Buffer.from(text);
    return { bytes, sha256: sha256(bytes), signature };
  }

  it('remembers a verdict for the same bytes, signature, purpose and keys, and for nothing else', async () => {
    const verify = await verifier();
    const file = fileOf('a', await signWith(zone.alice, 'a', REQUEST));
    const trust = await verify.trust();
    expect(verify.known(file, REQUEST, trust)).toBeUndefined();
    expect(await verify.verify(file, REQUEST, { trust })).toMatchObject({
      kind: 'valid',
      signer: { principal: ALICE },
    });
    expect(verify.known(file, REQUEST, trust)).toMatchObject({ kind: 'valid' });
    expect(verify.known(file, CANCEL, trust)).toBeUndefined();
    expect(verify.known({ ...file, signature: undefined }, REQUEST, trust)).toBeUndefined();
    expect(verify.known({ ...file, sha256: 'other' }, REQUEST, trust)).toBeUndefined();
    await zone.revoke([zone.alice]);
    expect(verify.known(file, REQUEST, await verify.trust())).toBeUndefined();
    expect(await verify.verifyNow(file, REQUEST)).toMatchObject({ code: 'revoked-key' });
  });

  it('looks at the time again before something runs', async () => {
    const validBefore = new Date('2026-11-28T12:30:00Z');
    await zone.allow([allowedLine(ALICE, zone.alice, { validBefore })]);
    const verify = await verifier();
    const file = fileOf('a', await signWith(zone.alice, 'a', REQUEST));
    const trust = await verify.trust();
    expect(await verify.verify(file, REQUEST, { trust })).toMatchObject({ kind: 'valid' });
    await clock.sleep(3_600_000);
    expect(await verify.verifyNow(file, REQUEST)).toMatchObject({ kind: 'refused' });
  });

  it('says of a key whether it is unknown, weak, or enrolled for something else', async () => {
    await zone.allow([allowedLine(ALICE, zone.alice), allowedLine(BOB, zone.bob, { namespaces: [CANCEL] })]);
    const verify = await verifier();
    const weak = await createKey(temp.path, 'weak', ['-t', 'rsa', '-b', '2048']);
    const strange = createQuickSigner();
    expect(await verify.verifyNow(fileOf('a', strange.sign('a', REQUEST)), REQUEST)).toMatchObject({
      code: 'unknown-key',
      message: `key ${strange.publicKey.fingerprint} is not enrolled here`,
    });
    expect(await verify.verifyNow(fileOf('a', await signWith(weak, 'a', REQUEST)), REQUEST)).toMatchObject({
      code: 'weak-key',
    });
    expect(await verify.verifyNow(fileOf('a', await signWith(zone.bob, 'a', REQUEST)), REQUEST)).toMatchObject({
      code: 'unknown-key',
      message: `key ${zone.bob.publicKey.fingerprint} of ${BOB} is not enrolled for ${REQUEST}`,
    });
  });
});

describe('doctor with the configuration of a processor', () => {
  const clock = new FakeClock(new Date('2026-11-28T12:00:00Z'));

  async function doctor(change: Parameters<typeof processorConfigText>[0]['change'] = {}): Promise<readonly string[]> {
    const file = join(temp.path, 'processor.yaml');
    await writeFile(file, processorConfigText({ url: '/srv/warroom.git', stateDir: './state', change }));
    const checks = await checkProcessorFile({ env: { PATH }, cwd: temp.path, clock }, file);
    return checks.map(({ name, state, text }) => `${state} ${name}: ${text.replaceAll(temp.path, 'DIR')}`);
  }

  it('counts people and keys, and names keys whose time is over', async () => {
    const [old, ending] = [await zone.createKey('old'), await zone.createKey('ending')];
    await zone.allow([
      allowedLine(ALICE, zone.alice),
      allowedLine(ALICE, old, { validBefore: new Date('2026-11-01T00:00:00Z') }),
      allowedLine(BOB, ending, { validBefore: new Date('2026-12-01T00:00:00Z') }),
    ]);
    await zone.revoke([zone.mallory]);
    expect(await doctor({ trust: 'required', trustDir: './trust' })).toEqual([
      'ok processor: this-host (host) serves /srv/warroom.git',
      'ok trust: required: 2 principals with 3 keys, 1 revoked · DIR/trust',
      `warn trust: a key of ${ALICE} expired on 2026-11-01`,
      `warn trust: a key of ${BOB} expires on 2026-12-01`,
      'ok signing key: none yet; the first start of the processor makes DIR/state/signing-key',
    ]);
  });

  it('says what is wrong with the files', async () => {
    await chmod(join(zone.trustDir, 'allowed_signers'), 0o666);
    const own = await createKey(temp.path, 'own');
    await chmod(own.file, 0o604);
    expect((await doctor({ trust: 'required', trustDir: './trust', signingKeyFile: './own' })).slice(1)).toEqual([
      'fail trust: others may change DIR/trust/allowed_signers: its mode is 0666, and whoever writes it decides whose requests run here',
      'fail signing key: others may read the private key DIR/own: its mode is 0604, and whoever has it can sign results as this processor',
    ]);
  });

  it('says that an open war room asks nobody, and names the key', async () => {
    const key = await openProcessorKey({ file: undefined, stateDir: join(temp.path, 'state'), path: PATH });
    expect((await doctor()).slice(1)).toEqual([
      'ok trust: open: runs unsigned requests, whoever can push asks',
      `ok signing key: ${key.fingerprint} · DIR/state/signing-key`,
    ]);
  });

  it('fails when the configuration cannot be used', async () => {
    expect(await doctor({ trust: 'required' })).toEqual([expect.stringMatching(/^fail processor: .*trustDir/u)]);
  });
});
