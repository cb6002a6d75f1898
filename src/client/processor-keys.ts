import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { WarroomError } from '../domain/errors.ts';
import { SIGNATURE_NAMESPACES } from '../domain/signature.ts';
import { formatAllowedSigner, parseAllowedSigners, type AllowedSigner } from '../signature/allowed-signers.ts';
import type { PublicKey } from '../signature/public-key.ts';

/** A key that signs the results of one cluster. */
export interface ProcessorKey {
  readonly cluster: string;
  readonly signer: AllowedSigner;
  /** `bundle`: an administrator gave it out; `pinned`: this person accepted it. */
  readonly origin: 'bundle' | 'pinned';
}

/** Keys of processors that this person believes. */
export interface ProcessorKeys {
  ofCluster(cluster: string): readonly ProcessorKey[];
  readonly all: readonly ProcessorKey[];
  /** Remembers a key, besides those that are known for the cluster already. */
  pin(cluster: string, key: PublicKey, comment: string): Promise<void>;
  /** Forgets the keys that were pinned for a cluster, then remembers this one. */
  replace(cluster: string, key: PublicKey, comment: string): Promise<void>;
}

export interface ProcessorKeyFiles {
  readonly pinFile: string | undefined;
  readonly bundle?: string;
}

/** Reads both files; throws `invalid-file` with line numbers for one that cannot be used. */
export async function loadProcessorKeys(files: ProcessorKeyFiles): Promise<ProcessorKeys> {
  const { pinFile, bundle } = files;
  const given = bundle === undefined ? [] : await readKeys(bundle, { origin: 'bundle', mayBeAbsent: false });
  const all = [
    ...given,
    ...(pinFile === undefined ? [] : await readKeys(pinFile, { origin: 'pinned', mayBeAbsent: true })),
  ];

  async function write(keys: readonly ProcessorKey[]): Promise<void> {
    if (pinFile === undefined) {
      throw new WarroomError('usage', 'keys of processors cannot be remembered', {
        why: 'neither HOME nor XDG_CONFIG_HOME says where the configuration of this person is',
        hint: 'set HOME',
      });
    }
    const lines = keys.map(({ signer }) => `${formatAllowedSigner(signer)}\n`);
    await mkdir(dirname(pinFile), { recursive: true, mode: 0o700 });
    await writeFile(`${pinFile}.new`, lines.join(''), { mode: 0o600 });
    await rename(`${pinFile}.new`, pinFile);
    all.splice(0, all.length, ...given, ...keys);
  }

  async function add(
    cluster: string,
    key: PublicKey,
    comment: string,
    keeps: (one: ProcessorKey) => boolean,
  ): Promise<void> {
    const kept = all.filter((one) => one.origin === 'pinned' && keeps(one));
    const signer = { principal: cluster, namespaces: [SIGNATURE_NAMESPACES.result], key, comment };
    await write([...kept, { cluster, signer, origin: 'pinned' }]);
  }

  return {
    all,
    ofCluster: (cluster) => all.filter((one) => one.cluster === cluster),
    pin: async (cluster, key, comment) => {
      await add(cluster, key, comment, ({ signer }) => signer.key.fingerprint !== key.fingerprint);
    },
    replace: async (cluster, key, comment) => {
      await add(
        cluster,
        key,
        comment,
        (one) => one.cluster !== cluster && one.signer.key.fingerprint !== key.fingerprint,
      );
    },
  };
}

async function readKeys(
  file: string,
  { origin, mayBeAbsent }: { readonly origin: ProcessorKey['origin']; readonly mayBeAbsent: boolean },
): Promise<ProcessorKey[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (mayBeAbsent && error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new WarroomError('invalid-file', `cannot read the keys of processors: ${file}`, {
      why: error instanceof Error && 'code' in error ? String(error.code) : 'unknown',
      hint: 'correct verification.bundle in the configuration',
      cause: error,
    });
  }
  return parseProcessorKeys(text, file).map((signer) => ({ cluster: signer.principal, signer, origin }));
}

/** Lines `<cluster> namespaces="warroom-result@v1" ssh-ed25519 …`, as an administrator gives them out. */
export function parseProcessorKeys(text: string, file: string): readonly AllowedSigner[] {
  const parsed = parseAllowedSigners(text);
  const problems = parsed.ok ? [] : parsed.problems.map(({ line, message }) => `line ${line}: ${message}`);
  const signers = parsed.ok ? parsed.signers : [];
  for (const { principal, namespaces } of signers) {
    if (!namespaces.includes(SIGNATURE_NAMESPACES.result)) problems.push(`${principal} may not sign results`);
  }
  if (problems.length === 0) return signers;
  throw new WarroomError('invalid-file', `the keys of processors cannot be used: ${file}`, {
    why: problems.slice(0, 5).join('; '),
    hint: 'each line is  CLUSTER namespaces="warroom-result@v1" ssh-ed25519 …',
  });
}
