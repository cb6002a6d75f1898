import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WarroomError } from '../domain/errors.ts';
import type { SignatureNamespace } from '../domain/signature.ts';
import { exitOf, runKeygen } from './ssh-keygen.ts';

/** Where the key is that signs. */
export type SigningKey =
  /** A private key, or a public key whose private half the ssh-agent holds. */
  | { readonly kind: 'file'; readonly path: string }
  /** A public key as git's `user.signingkey` may hold it; the ssh-agent has the private half. */
  | { readonly kind: 'literal'; readonly publicKey: string };

export interface SignOptions {
  readonly key: SigningKey;
  readonly namespace: SignatureNamespace;
  /** Must hold PATH; SSH_AUTH_SOCK for keys of an agent. */
  readonly env: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** A person may have to touch a security key. */
const TIMEOUT_MS = 60_000;

/** Armored SSH signature over the bytes. Throws `not-allowed` when the key cannot be used. */
export async function signBytes(bytes: string | Uint8Array, options: SignOptions): Promise<string> {
  const { key, namespace, env, signal } = options;
  if (key.kind === 'file') return await sign(bytes, { file: key.path, namespace, env, signal });
  const folder = await mkdtemp(join(tmpdir(), 'warroom-key-'));
  try {
    const file = join(folder, 'key.pub');
    await writeFile(file, `${key.publicKey}\n`, { mode: 0o600 });
    return await sign(bytes, { file, namespace, env, signal });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function sign(
  bytes: string | Uint8Array,
  { file, namespace, env, signal }: Omit<SignOptions, 'key'> & { readonly file: string },
): Promise<string> {
  const args = ['-Y', 'sign', '-f', file, '-n', namespace, '-q'];
  const result = await runKeygen(args, { env, stdin: bytes, signal, timeoutMs: TIMEOUT_MS });
  const signature = result.stdout.toString('utf8');
  if (exitOf(result) === 0 && signature.startsWith('-----BEGIN SSH SIGNATURE-----')) return signature;
  const said = result.stderr.toString('utf8').trim().split('\n').at(-1) ?? '';
  throw new WarroomError('not-allowed', `cannot sign with the key ${file}`, {
    why: said === '' ? `ssh-keygen ended with ${exitOf(result)}` : said.slice(0, 200),
    hint: 'load it into the agent with  ssh-add FILE, or name another one with --signing-key',
  });
}
