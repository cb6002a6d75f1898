import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SIGNATURE_NAMESPACES, type SignatureNamespace } from '../../src/domain/signature.ts';
import { runChild } from '../../src/lib/child-process.ts';
import { formatAllowedSigner, type AllowedSigner } from '../../src/signature/allowed-signers.ts';
import { parsePublicKey, type PublicKey } from '../../src/signature/public-key.ts';
import { signBytes } from '../../src/signature/sign-bytes.ts';

export interface TestKey {
  /** Private key; the public one lies beside it with `.pub`. */
  readonly file: string;
  readonly publicKey: PublicKey;
  readonly publicText: string;
}

const PATH = process.env['PATH'] ?? '/usr/bin:/bin';

/** A key without a passphrase, made by ssh-keygen. */
export async function createKey(
  folder: string,
  name: string,
  type: readonly string[] = ['-t', 'ed25519'],
): Promise<TestKey> {
  const file = join(folder, name);
  const { end, stderr } = await runChild({
    argv: ['ssh-keygen', '-q', ...type, '-N', '', '-C', name, '-f', file],
    env: { PATH },
    timeoutMs: 30_000,
    maxBytes: 4096,
  });
  if (end.kind !== 'exited' || end.exit !== 0) throw new Error(`ssh-keygen failed: ${stderr.toString('utf8')}`);
  const publicText = (await readFile(`${file}.pub`, 'utf8')).trim();
  const publicKey = parsePublicKey(publicText);
  if (publicKey === undefined) throw new Error(`not a public key: ${publicText}`);
  return { file, publicKey, publicText };
}

export async function signWith(
  key: TestKey,
  bytes: string | Uint8Array,
  namespace: SignatureNamespace,
): Promise<string> {
  return await signBytes(bytes, { key: { kind: 'file', path: key.file }, namespace, env: { PATH } });
}

/** A line of the list of allowed signers; every namespace unless others are named. */
export function allowedLine(
  principal: string,
  key: TestKey,
  change: Partial<Pick<AllowedSigner, 'namespaces' | 'validAfter' | 'validBefore'>> = {},
): string {
  const namespaces = Object.values(SIGNATURE_NAMESPACES);
  return formatAllowedSigner({ principal, namespaces, key: key.publicKey, comment: '', ...change });
}

export async function writeAllowedSigners(folder: string, lines: readonly string[]): Promise<string> {
  const file = join(folder, 'allowed_signers');
  await writeFile(file, lines.map((line) => `${line}\n`).join(''));
  return file;
}
