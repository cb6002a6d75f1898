import { readFile } from 'node:fs/promises';
import { WarroomError } from '../domain/errors.ts';
import { parsePublicKey, weaknessOf, type PublicKey } from './public-key.ts';
import type { SigningKey } from './sign-bytes.ts';
import { exitOf, runKeygen } from './ssh-keygen.ts';

/**
 * Public half of a key that signs: of the key itself, of the file beside a private key, or worked out from it. Throws
 * `not-allowed` for a key that nobody would accept.
 */
export async function readPublicKeyOf(
  key: SigningKey,
  options: { readonly env: Readonly<Record<string, string>>; readonly signal?: AbortSignal },
): Promise<PublicKey> {
  const found = key.kind === 'literal' ? parsePublicKey(key.publicKey) : await ofFile(key.path, options);
  if (found === undefined) {
    throw new WarroomError('usage', `there is no SSH key in ${key.kind === 'file' ? key.path : 'the configuration'}`, {
      hint: 'make one: ssh-keygen -t ed25519   or name another with --signing-key FILE',
    });
  }
  const weakness = weaknessOf(found);
  if (weakness === undefined) return found;
  throw new WarroomError('not-allowed', 'this key is not strong enough', {
    why: weakness,
    hint: 'ssh-keygen -t ed25519',
  });
}

async function ofFile(
  path: string,
  options: { readonly env: Readonly<Record<string, string>>; readonly signal?: AbortSignal },
): Promise<PublicKey | undefined> {
  for (const file of [path, `${path}.pub`]) {
    const key = parsePublicKey(await readFile(file, 'utf8').catch(() => ''));
    if (key !== undefined) return key;
  }
  const printed = await runKeygen(['-y', '-P', '', '-f', path], options);
  return exitOf(printed) === 0 ? parsePublicKey(printed.stdout.toString('utf8')) : undefined;
}
