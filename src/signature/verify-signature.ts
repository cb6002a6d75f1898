import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SignatureNamespace, SignatureVerdict } from '../domain/signature.ts';
import { formatTime } from './allowed-signers.ts';
import { parseSignature, type ClaimedSignature } from './armor.ts';
import { weaknessOf } from './public-key.ts';
import { exitOf, runKeygen } from './ssh-keygen.ts';

/** Files that ssh-keygen reads; private to this process, so that they cannot change between two looks. */
export interface TrustFiles {
  /** Folder of mode 0700 for temporary files. */
  readonly folder: string;
  readonly allowedSigners: string;
  /** Public keys or a KRL (ssh-keygen(1), KEY REVOCATION LISTS); absent when nothing is revoked. */
  readonly revokedKeys?: string;
}

export interface VerifyOptions {
  readonly bytes: Uint8Array;
  /** Text of the `.sig` file; undefined when there is none. */
  readonly signature: string | undefined;
  readonly namespace: SignatureNamespace;
  readonly trust: TrustFiles;
  readonly now: Date;
  readonly path: string | undefined;
  readonly signal?: AbortSignal;
}

const HASHES = new Set(['sha512', 'sha256']);

/**
 * Verifies a detached signature over exactly these bytes. ssh-keygen decides; before it is asked, only the form is
 * checked. The time is ours, never one that the signature or a commit names: a stolen key cannot be dated back.
 */
export async function verifySignature(options: VerifyOptions): Promise<SignatureVerdict> {
  const { signature, namespace } = options;
  if (signature === undefined) return refused('unsigned', 'there is no signature');
  const claimed = parseSignature(signature);
  if (claimed === undefined) return refused('malformed-signature', 'the signature file is not one SSH signature');
  const { fingerprint } = claimed.key;
  const formal = formalRefusal(claimed, namespace);
  if (formal !== undefined) return { ...formal, fingerprint };
  const verdict = await askKeygen(options, signature, claimed);
  return verdict.kind === 'valid' ? verdict : { ...verdict, fingerprint };
}

type Refused = Extract<SignatureVerdict, { kind: 'refused' }>;

function formalRefusal({ key, namespace, hash }: ClaimedSignature, wanted: SignatureNamespace): Refused | undefined {
  if (namespace !== wanted) {
    const shown = JSON.stringify(namespace.slice(0, 60));
    return refused('wrong-namespace', `the signature was made for ${shown}, not for ${wanted}`);
  }
  if (!HASHES.has(hash)) return refused('weak-key', `hash ${JSON.stringify(hash.slice(0, 20))} is not accepted`);
  const weakness = weaknessOf(key);
  return weakness === undefined ? undefined : refused('weak-key', weakness);
}

async function askKeygen(
  options: VerifyOptions,
  signature: string,
  { key }: ClaimedSignature,
): Promise<SignatureVerdict> {
  const { trust, namespace, now, bytes, signal } = options;
  const env = { PATH: options.path ?? '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', HOME: trust.folder };
  const folder = await mkdtemp(join(trust.folder, 'sig-'));
  try {
    const file = join(folder, 'signature');
    await writeFile(file, signature, { mode: 0o600 });
    const at = `-Overify-time=${formatTime(now)}`;
    const common = ['-s', file, '-f', trust.allowedSigners, at];
    const found = await runKeygen(['-Y', 'find-principals', ...common], { env, signal });
    const principals = exitOf(found) === 0 ? found.stdout.toString('utf8').trim().split('\n') : [];
    const [principal] = principals;
    if (principal === undefined || principals.length !== 1) {
      return refused('unknown-key', `key ${key.fingerprint} is not enrolled for this`);
    }
    const verify = ['-Y', 'verify', ...common, '-n', namespace, '-I', principal];
    const revocation = trust.revokedKeys === undefined ? [] : ['-r', trust.revokedKeys];
    const verified = await runKeygen([...verify, ...revocation], { env, stdin: bytes, signal });
    if (exitOf(verified) === 0) return { kind: 'valid', signer: { principal, fingerprint: key.fingerprint } };
    return await whyNot({ verify, revocation, env, principal, options, fingerprint: key.fingerprint });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** For the message only: asked again without the list of revoked keys. The verdict stays a refusal. */
async function whyNot(facts: {
  readonly verify: readonly string[];
  readonly revocation: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly principal: string;
  readonly options: VerifyOptions;
  readonly fingerprint: string;
}): Promise<Refused> {
  const { verify, revocation, env, principal, options, fingerprint } = facts;
  const { bytes, signal, namespace } = options;
  const without = revocation.length === 0 ? undefined : await runKeygen(verify, { env, stdin: bytes, signal });
  if (without !== undefined && exitOf(without) === 0) {
    return refused('revoked-key', `key ${fingerprint} of ${principal} is revoked`);
  }
  const message = `the signature of ${principal} does not fit these bytes, or the key may not sign ${namespace}`;
  return refused('bad-signature', message);
}

function refused(code: Refused['code'], message: string): Refused {
  return { kind: 'refused', code, message };
}
