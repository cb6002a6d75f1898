import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manifestPath, MAX_SIGNATURE_BYTES, signaturePath } from '../domain/repository-layout.ts';
import type { RequestId } from '../domain/request-id.ts';
import { SIGNATURE_NAMESPACES } from '../domain/signature.ts';
import { sha256 } from '../lib/digest.ts';
import { fileDocument, fileText } from '../repository/file-content.ts';
import type { Snapshot, TreeFile } from '../repository/port.ts';
import type { Manifest } from '../schema/generated.ts';
import { formatAllowedSigner, type AllowedSigner } from '../signature/allowed-signers.ts';
import { parseSignature, type ClaimedSignature } from '../signature/armor.ts';
import { verifySignature } from '../signature/verify-signature.ts';
import type { ProcessorKeys } from './processor-keys.ts';

/** Whether the processor of a cluster made a result, and nobody changed it since. */
export type ResultVerification =
  | {
      readonly kind: 'verified';
      readonly cluster: string;
      readonly fingerprint: string;
      /** How the key came to be believed; `first-use`: just now, because it was the first of this cluster. */
      readonly by: 'bundle' | 'pinned' | 'first-use';
      /** Of the page over all parts, which `cluster` has put together. */
      readonly isAggregate?: boolean;
    }
  | {
      readonly kind: 'unverified';
      readonly cluster: string;
      readonly why: string;
      readonly hint?: string;
      readonly isAggregate?: boolean;
    };

export interface VerifyResultOptions {
  readonly id: RequestId;
  /** Cluster whose part of the result this is. */
  readonly cluster: string;
  /** Folder of that part. */
  readonly folder: string;
  /** Clusters whose parts lie below the folder: then it is the page over them, which answers for their manifests too. */
  readonly parts?: readonly string[];
  readonly keys: ProcessorKeys;
  readonly mode: 'pin' | 'strict';
  readonly now: Date;
  readonly path: string | undefined;
  /** SHA-256 of the request as it lies in the war room; a result of other bytes answers another question. */
  readonly requestSha256?: string;
  readonly signal?: AbortSignal;
}

const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
const MAX_FILE_BYTES = 16 * 1024 * 1024;

/**
 * Checks the signature over the manifest with the keys of this very cluster, then every file of the folder against the
 * manifest. A folder may hold what a manifest names and nothing else: what somebody slipped in is no part of the result.
 */
export async function verifyResult(snapshot: Snapshot, options: VerifyResultOptions): Promise<ResultVerification> {
  const { cluster, folder, signal, parts = [] } = options;
  const read = signal === undefined ? {} : { signal };
  const below = await snapshot.list([folder], read);
  const files = below.filter(({ path: file }) => !parts.some((part) => file.startsWith(`${folder}/${part}/`)));
  const path = manifestPath(folder);
  const found = await snapshot.readPaths([path, signaturePath(path)], { ...read, maxBytes: MAX_MANIFEST_BYTES });
  const content = found.get(path);
  const signature = fileText(found.get(signaturePath(path)));
  if (content?.kind !== 'bytes') return unverified(cluster, 'there is no manifest');
  if (signature === undefined) return unverified(cluster, 'nobody has signed it');
  if (signature.length > MAX_SIGNATURE_BYTES) return unverified(cluster, 'its signature is not one');
  const signed = await checkSignature(content.bytes, signature, options);
  if (signed.kind === 'unverified') return signed;
  const manifest = fileDocument('Manifest', content, path);
  const mismatch = manifest === undefined ? 'its manifest cannot be read' : mismatchOf(manifest, options);
  if (mismatch !== undefined || manifest === undefined) return unverified(cluster, mismatch ?? '');
  const changed = await changedFile(snapshot, manifest, { files, folder, read });
  if (changed !== undefined) return unverified(cluster, changed, 'somebody changed the result after it was published');
  const stale = parts.length === 0 ? undefined : await otherPart(snapshot, manifest, { below, parts, folder, read });
  if (stale !== undefined) return unverified(cluster, stale, 'it is written again by the next processor that looks');
  // Only what was found whole is remembered.
  if (signed.by === 'first-use') {
    await options.keys.pin(cluster, signed.claimed.key, `first seen ${options.now.toISOString().slice(0, 10)}`);
  }
  return { kind: 'verified', cluster, fingerprint: signed.claimed.key.fingerprint, by: signed.by };
}

type Unverified = Extract<ResultVerification, { readonly kind: 'unverified' }>;
type Signed = {
  readonly kind: 'signed';
  readonly claimed: ClaimedSignature;
  readonly by: 'bundle' | 'pinned' | 'first-use';
};

async function checkSignature(
  bytes: Uint8Array,
  signature: string,
  options: VerifyResultOptions,
): Promise<Signed | Unverified> {
  const { cluster, keys, mode } = options;
  const claimed = parseSignature(signature);
  if (claimed === undefined) return unverified(cluster, 'its signature is not one');
  const { fingerprint } = claimed.key;
  const known = keys.ofCluster(cluster);
  const match = known.find(({ signer }) => signer.key.fingerprint === fingerprint);
  if (match === undefined) {
    const owner = keys.all.find(({ signer }) => signer.key.fingerprint === fingerprint);
    if (owner !== undefined) return unverified(cluster, `it is signed by the key of ${owner.cluster}`);
    if (known.length > 0)
      return otherKey(
        cluster,
        fingerprint,
        known.map(({ signer }) => signer.key.fingerprint),
      );
    if (mode === 'strict') {
      const hint = `when its administrator confirms the key: claude-warroom key pin --cluster ${cluster} --fingerprint ${fingerprint}`;
      return unverified(cluster, `key ${fingerprint} is not known`, hint);
    }
  }
  const signer: AllowedSigner = match?.signer ?? {
    principal: cluster,
    namespaces: [SIGNATURE_NAMESPACES.result],
    key: claimed.key,
    comment: '',
  };
  const verdict = await judge(bytes, signature, { ...options, signer });
  if (verdict !== undefined) return unverified(cluster, verdict);
  return { kind: 'signed', claimed, by: match?.origin ?? 'first-use' };
}

function otherKey(cluster: string, fingerprint: string, known: readonly string[]): Unverified {
  return unverified(
    cluster,
    `it is signed by key ${fingerprint}, not by the known ${known.join(' or ')}`,
    `ask the administrator of ${cluster}; when the key was changed: claude-warroom key pin --cluster ${cluster} --fingerprint ${fingerprint}`,
  );
}

/** ssh-keygen's verdict for exactly one allowed signer; undefined when the signature holds. */
async function judge(
  bytes: Uint8Array,
  signature: string,
  options: VerifyResultOptions & { readonly signer: AllowedSigner },
): Promise<string | undefined> {
  const { signer, now, path, signal } = options;
  const folder = await mkdtemp(join(tmpdir(), 'warroom-verify-'));
  try {
    const allowedSigners = join(folder, 'allowed_signers');
    await writeFile(allowedSigners, `${formatAllowedSigner(signer)}\n`, { mode: 0o600 });
    const verdict = await verifySignature({
      bytes,
      signature,
      namespace: SIGNATURE_NAMESPACES.result,
      trust: { folder, allowedSigners },
      now,
      path,
      ...(signal === undefined ? {} : { signal }),
    });
    return verdict.kind === 'valid' ? undefined : verdict.message;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function mismatchOf(manifest: Manifest, { id, cluster, requestSha256 }: VerifyResultOptions): string | undefined {
  if (manifest.id !== id) return `its manifest is that of ${manifest.id}`;
  if (manifest.cluster !== cluster) return `its manifest is that of ${manifest.cluster}`;
  if (requestSha256 === undefined || manifest.request.sha256 === requestSha256) return undefined;
  return 'it answers a request with other bytes than those in the war room';
}

/** The page over all parts says what it was made of: by now another result may lie there. */
async function otherPart(
  snapshot: Snapshot,
  manifest: Manifest,
  around: {
    readonly below: readonly TreeFile[];
    readonly parts: readonly string[];
    readonly folder: string;
    readonly read: { readonly signal?: AbortSignal };
  },
): Promise<string | undefined> {
  const { below, parts, folder, read } = around;
  const named = new Map((manifest.parts ?? []).map(({ cluster, sha256: digest }) => [cluster, digest]));
  const manifests = below.filter(({ path }) => parts.some((part) => path === manifestPath(`${folder}/${part}`)));
  const contents = await snapshot.read(manifests, { ...read, maxBytes: MAX_MANIFEST_BYTES });
  for (const part of parts) {
    if (!named.has(part)) return `it says nothing about ${part}`;
    const content = contents.get(manifests.find(({ path }) => path === manifestPath(`${folder}/${part}`))?.oid ?? '');
    const digest = content?.kind === 'bytes' ? sha256(content.bytes) : undefined;
    if (digest !== named.get(part)) return `the part of ${part} is another one than it was made of`;
  }
  return undefined;
}

async function changedFile(
  snapshot: Snapshot,
  manifest: Manifest,
  around: {
    readonly files: readonly TreeFile[];
    readonly folder: string;
    readonly read: { readonly signal?: AbortSignal };
  },
): Promise<string | undefined> {
  const { files, folder, read } = around;
  // What lies in an object store is checked when it is fetched.
  const inGit = manifest.files.filter(({ external }) => external === undefined);
  const named = new Map(inGit.map(({ path, sha256: digest }) => [path, digest]));
  const own = new Set(['manifest.json', signaturePath('manifest.json')]);
  const present = new Map(files.map((file) => [file.path.slice(folder.length + 1), file]));
  const missing = [...named.keys()].find((path) => !present.has(path));
  if (missing !== undefined) return `${missing} is missing`;
  const extra = [...present].find(([path, { mode }]) => (!named.has(path) && !own.has(path)) || mode !== '100644');
  if (extra !== undefined) return `${JSON.stringify(extra[0])} is not in its manifest`;
  const contents = await snapshot.read([...present.values()], { ...read, maxBytes: MAX_FILE_BYTES });
  for (const [path, digest] of named) {
    const content = contents.get(present.get(path)?.oid ?? '');
    if (content?.kind !== 'bytes' || sha256(content.bytes) !== digest) return `${path} was changed`;
  }
  return undefined;
}

function unverified(cluster: string, why: string, hint?: string): Unverified {
  return { kind: 'unverified', cluster, why, ...(hint === undefined ? {} : { hint }) };
}
