import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WarroomError } from '../domain/errors.ts';
import { sha256 } from '../lib/digest.ts';
import { parseAllowedSigners, type AllowedSigner } from './allowed-signers.ts';
import { refuseChangeableFile, refuseChangeableFolder } from './file-modes.ts';
import type { TrustFiles } from './verify-signature.ts';

/** Files of the folder of trust, which lives in the secure zone and which only administrators write. */
export const ALLOWED_SIGNERS_FILE = 'allowed_signers';
export const REVOKED_KEYS_FILE = 'revoked_keys';

/** Keys as they were read at one moment; checked, and copied to where nobody else changes them. */
export interface Trust extends TrustFiles {
  readonly signers: readonly AllowedSigner[];
  /** Of both files: a new digest means that verdicts may differ. */
  readonly digest: string;
}

/** Whose signatures count here. Changes of the files take effect without a restart. */
export interface TrustFolder {
  readonly dir: string;
  /** What holds now. A file that cannot be used any more keeps the last good state, and `onProblem` is told once. */
  current(): Promise<Trust>;
}

export interface TrustFolderOptions {
  readonly dir: string;
  /** Private folder for copies and temporary files. */
  readonly privateDir: string;
  readonly onProblem: (message: string) => void;
}

/** Opens the folder; throws `invalid-file` when it cannot be used at the start: nothing runs on keys that nobody can read. */
export async function openTrustFolder(options: TrustFolderOptions): Promise<TrustFolder> {
  const { dir, privateDir, onProblem } = options;
  await mkdir(privateDir, { recursive: true, mode: 0o700 });
  await chmod(privateDir, 0o700);
  await sweep(privateDir);
  const first = await readTrustFiles(dir);
  let trust = await keep(first, privateDir);
  let told = '';

  async function current(): Promise<Trust> {
    try {
      const files = await readTrustFiles(dir);
      if (files.digest !== trust.digest) trust = await keep(files, privateDir);
      told = '';
    } catch (error) {
      if (!(error instanceof WarroomError)) throw error;
      const message = `${error.message}: ${error.why ?? ''}`;
      if (message !== told) onProblem(message);
      told = message;
    }
    return trust;
  }
  return { dir, current };
}

interface ReadFiles {
  readonly signers: readonly AllowedSigner[];
  readonly allowed: string;
  readonly revoked: string;
  readonly digest: string;
}

/** Reads and checks both files; throws `invalid-file` with line numbers, and `not-allowed` when others may change them. */
export async function readTrustFiles(dir: string): Promise<ReadFiles> {
  const file = join(dir, ALLOWED_SIGNERS_FILE);
  const allowed = await readOptional(file);
  if (allowed === undefined) {
    throw new WarroomError('invalid-file', `there is no list of allowed signers: ${file}`, {
      why: 'only signed requests run here, and nobody is enrolled',
      hint: 'enrol people with  claude-warroom key approve',
    });
  }
  const parsed = parseAllowedSigners(allowed);
  if (!parsed.ok) {
    throw new WarroomError('invalid-file', `the list of allowed signers cannot be used: ${file}`, {
      why: parsed.problems
        .slice(0, 5)
        .map(({ line, message }) => `line ${line}: ${message}`)
        .join('; '),
      hint: 'mend these lines; see docs/security.md',
    });
  }
  const revoked = (await readOptional(join(dir, REVOKED_KEYS_FILE))) ?? '';
  await refuseChangeableFolder(dir);
  return { signers: parsed.signers, allowed, revoked, digest: sha256(JSON.stringify([allowed, revoked])) };
}

/** Removes what an earlier process left behind: copies, and files of verifications that were killed. */
async function sweep(privateDir: string): Promise<void> {
  for (const name of await readdir(privateDir)) {
    if (/^(?:sig-.*|[0-9a-f]{16}(?:\.new)?)$/u.test(name))
      await rm(join(privateDir, name), { recursive: true, force: true });
  }
}

/** Copies under the name of their digest: what ssh-keygen reads is what was checked. */
async function keep(files: ReadFiles, privateDir: string): Promise<Trust> {
  const folder = join(privateDir, files.digest.slice(0, 16));
  const temporary = `${folder}.new`;
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true, mode: 0o700 });
  await writeFile(join(temporary, ALLOWED_SIGNERS_FILE), files.allowed, { mode: 0o600 });
  await writeFile(join(temporary, REVOKED_KEYS_FILE), files.revoked, { mode: 0o600 });
  await rm(folder, { recursive: true, force: true });
  await rename(temporary, folder);
  return {
    signers: files.signers,
    digest: files.digest,
    folder: privateDir,
    allowedSigners: join(folder, ALLOWED_SIGNERS_FILE),
    // An empty list is left out: then one fewer file decides.
    ...(files.revoked.trim() === '' ? {} : { revokedKeys: join(folder, REVOKED_KEYS_FILE) }),
  };
}

/** Undefined when there is no such file. */
async function readOptional(file: string): Promise<string | undefined> {
  try {
    const text = await readFile(file, 'utf8');
    await refuseChangeableFile(file);
    return text;
  } catch (error) {
    if (error instanceof WarroomError) throw error;
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new WarroomError('invalid-file', `cannot read ${file}`, {
      why: error instanceof Error && 'code' in error ? String(error.code) : 'unknown',
      hint: 'let the user of the processor read it, and only administrators write it',
      cause: error,
    });
  }
}
