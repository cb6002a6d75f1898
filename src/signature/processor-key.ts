import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { WarroomError } from '../domain/errors.ts';
import type { SignatureNamespace } from '../domain/signature.ts';
import { refuseReadableKey } from './file-modes.ts';
import { formatPublicKey, parsePublicKey, weaknessOf } from './public-key.ts';
import { signBytes } from './sign-bytes.ts';
import { exitOf, runKeygen } from './ssh-keygen.ts';

/** The key of a processor; its private half stays in the file. */
export interface ProcessorKey {
  readonly file: string;
  /** `ssh-ed25519 AAAA…` */
  readonly publicKey: string;
  readonly fingerprint: string;
  /** Armored signature over the bytes. */
  sign(bytes: string | Uint8Array, namespace: SignatureNamespace): Promise<string>;
}

export interface ProcessorKeyOptions {
  /** Configured key; without one a key is kept in `stateDir`. */
  readonly file: string | undefined;
  readonly stateDir: string;
  readonly path: string;
}

/** Name of the key in the folder of state. */
export const PROCESSOR_KEY_FILE = 'signing-key';

/** Opens the key that signs results, or makes it. Throws `not-allowed` or `invalid-file` when it cannot be used. */
export async function openProcessorKey(options: ProcessorKeyOptions): Promise<ProcessorKey> {
  const { stateDir, path } = options;
  const env = { PATH: path, LC_ALL: 'C', HOME: join(stateDir, 'home') };
  const file = options.file ?? join(stateDir, PROCESSOR_KEY_FILE);
  if (options.file === undefined && !(await exists(file))) await makeKey(file, env);
  const { publicKey, fingerprint } = await readProcessorKey(file, env);
  return {
    file,
    publicKey,
    fingerprint,
    sign: async (bytes, namespace) => await signBytes(bytes, { key: { kind: 'file', path: file }, namespace, env }),
  };
}

/** The public half of a private key without a passphrase, after a look at who may read it. */
export async function readProcessorKey(
  file: string,
  env: Readonly<Record<string, string>>,
): Promise<Pick<ProcessorKey, 'publicKey' | 'fingerprint'>> {
  if (!(await exists(file))) {
    throw new WarroomError('invalid-file', `there is no signing key: ${file}`, {
      why: 'signingKeyFile names it',
      hint: "make one with  ssh-keygen -t ed25519 -N '' -f FILE   or leave signingKeyFile out",
    });
  }
  await refuseReadableKey(file);
  const result = await runKeygen(['-y', '-P', '', '-f', file], { env });
  const key = exitOf(result) === 0 ? parsePublicKey(result.stdout.toString('utf8')) : undefined;
  const weakness = key === undefined ? undefined : weaknessOf(key);
  if (key !== undefined && weakness === undefined) {
    return { publicKey: formatPublicKey(key), fingerprint: key.fingerprint };
  }
  throw new WarroomError('invalid-file', `the signing key cannot be used: ${file}`, {
    why: weakness ?? 'ssh-keygen cannot read it, or it has a passphrase',
    hint: "nobody is there to type one: make a key with  ssh-keygen -t ed25519 -N '' -f FILE",
  });
}

/** Beside its place first: a killed start leaves no half of a key. */
async function makeKey(file: string, env: Readonly<Record<string, string>>): Promise<void> {
  const temporary = `${file}.new`;
  for (const name of [temporary, `${temporary}.pub`]) await rm(name, { force: true });
  const args = ['-q', '-t', 'ed25519', '-N', '', '-C', 'claude-warroom', '-f', temporary];
  const result = await runKeygen(args, { env });
  if (exitOf(result) !== 0) {
    throw new WarroomError('invalid-file', `cannot make a signing key: ${file}`, {
      why: result.stderr.toString('utf8').trim().slice(0, 200),
      hint: 'make stateDir writable, or set signingKeyFile',
    });
  }
  await rename(`${temporary}.pub`, `${file}.pub`);
  await rename(temporary, file);
}

async function exists(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return false;
    throw new WarroomError('invalid-file', `cannot look at the signing key ${file}`, {
      why: error instanceof Error && 'code' in error ? String(error.code) : 'unknown',
      hint: 'let the user of the processor read it',
      cause: error,
    });
  }
}
