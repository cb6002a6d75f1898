import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { WarroomError } from '../domain/errors.ts';
import { formatAllowedSigner, parseAllowedSigners, type AllowedSigner } from './allowed-signers.ts';
import { formatPublicKey, parsePublicKey, type PublicKey } from './public-key.ts';
import { ALLOWED_SIGNERS_FILE, REVOKED_KEYS_FILE } from './trust-folder.ts';

/** Changes the files of trust for an administrator: whole files, replaced at once, comments kept. */

export type AddedSigner = 'added' | 'widened' | 'present';

/**
 * Adds a key of a principal; a key that is there already gets the purposes that it lacks. Throws `not-allowed` for a key
 * that belongs to somebody else, or that is revoked.
 */
export async function addSigner(dir: string, signer: AllowedSigner): Promise<AddedSigner> {
  const file = join(dir, ALLOWED_SIGNERS_FILE);
  const text = await readText(file);
  const { fingerprint } = signer.key;
  if ((await readRevoked(dir)).some((key) => key.fingerprint === fingerprint)) {
    throw new WarroomError('not-allowed', `key ${fingerprint} is revoked`, {
      why: `it stands in ${join(dir, REVOKED_KEYS_FILE)}`,
      hint: 'let the person make a new key and enrol that',
    });
  }
  const known = signersOf(text, file).find(({ key }) => key.fingerprint === fingerprint);
  if (known === undefined) {
    await replaceFile(file, `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${formatAllowedSigner(signer)}\n`);
    return 'added';
  }
  if (known.principal !== signer.principal) {
    throw new WarroomError('not-allowed', `key ${fingerprint} belongs to ${known.principal}`, {
      why: 'a key under two names would let one person act as the other',
      hint: `approve it for ${known.principal}, or revoke it first`,
    });
  }
  const namespaces = [...new Set([...known.namespaces, ...signer.namespaces])];
  if (namespaces.length === known.namespaces.length) return 'present';
  const widened = formatAllowedSigner({ ...known, namespaces });
  const lines = text.split('\n').map((line) => (holdsKey(line, known.key) ? widened : line));
  await replaceFile(file, lines.join('\n'));
  return 'widened';
}

/** Adds a key to the list of revoked ones; false when it was there. Its line among the allowed stays, as a record. */
export async function revokeKey(dir: string, key: PublicKey, comment: string): Promise<boolean> {
  const file = join(dir, REVOKED_KEYS_FILE);
  if ((await readRevoked(dir)).some(({ fingerprint }) => fingerprint === key.fingerprint)) return false;
  const text = await readText(file);
  const line = `# ${comment.replaceAll(/[\p{Cc}\s]+/gu, ' ')}\n${formatPublicKey(key)}\n`;
  await replaceFile(file, `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}`);
  return true;
}

/** Keys of the list of revoked ones. Throws `invalid-file` for a KRL: that is kept by ssh-keygen alone. */
export async function readRevoked(dir: string): Promise<readonly PublicKey[]> {
  const file = join(dir, REVOKED_KEYS_FILE);
  const text = await readText(file);
  if (text.startsWith('SSHKRL')) {
    throw new WarroomError('invalid-file', `${file} is a binary revocation list`, {
      why: 'only lists of public keys are changed here',
      hint: `ssh-keygen -k -u -f ${file} KEY.pub`,
    });
  }
  return text.split('\n').flatMap((line) => {
    const key = line.startsWith('#') ? undefined : parsePublicKey(line);
    return key === undefined ? [] : [key];
  });
}

/** Signers of the folder; empty when there is no list yet. */
export async function readSigners(dir: string): Promise<readonly AllowedSigner[]> {
  const file = join(dir, ALLOWED_SIGNERS_FILE);
  return signersOf(await readText(file), file);
}

function signersOf(text: string, file: string): readonly AllowedSigner[] {
  const parsed = parseAllowedSigners(text);
  if (parsed.ok) return parsed.signers;
  throw new WarroomError('invalid-file', `the list of allowed signers cannot be used: ${file}`, {
    why: parsed.problems.map(({ line, message }) => `line ${line}: ${message}`).join('; '),
    hint: 'mend these lines first',
  });
}

function holdsKey(line: string, key: PublicKey): boolean {
  return !line.trimStart().startsWith('#') && line.includes(key.blob.toString('base64'));
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'latin1');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

async function replaceFile(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o755 });
  const temporary = `${file}.new`;
  const handle = await open(temporary, 'w', 0o644);
  try {
    await handle.writeFile(text, 'latin1');
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}
