import { isTerminal } from '../domain/phase.ts';
import { manifestPath, reportPath, signaturePath, statusPath } from '../domain/repository-layout.ts';
import { SIGNATURE_NAMESPACES } from '../domain/signature.ts';
import { sha256 } from '../lib/digest.ts';
import { fileDocument, fileText } from '../repository/file-content.ts';
import type { FileContent, Snapshot } from '../repository/port.ts';
import type { Manifest, Report, Status } from '../schema/generated.ts';
import type { ProcessorContext } from './context.ts';
import { signatureText } from './signature-text.ts';

/**
 * What a look at the signature of a part says.
 *
 * own        this processor has made it
 * verified   the key is enrolled here for results of that very cluster
 * unchecked  no key of that cluster is enrolled, or signatures are not required here
 * broken     a key is enrolled and this is not its signature, or the files are not those of the manifest
 */
export type PartSignature = 'own' | 'verified' | 'unchecked' | 'broken';

/** The part of another cluster as it lies in the war room, after it has ended. Its text is that of others. */
export interface PublishedPart {
  readonly cluster: string;
  readonly status: Status;
  readonly signature: PartSignature;
  /** What is wrong with it, when it is broken. */
  readonly problem?: string;
  readonly manifestSha256?: string;
  /** Absent when there is none, or when it does not leave that zone. */
  readonly report?: Report;
}

export interface PartPlace {
  readonly id: string;
  readonly cluster: string;
  /** Its result folder. */
  readonly folder: string;
  readonly requestSha256: string;
}

type Verifier = Pick<ProcessorContext, 'verifier'>;

const MAX_BYTES = 8 * 1024 * 1024;

/** Reads one part; undefined while it has not ended. */
export async function readPublishedPart(
  context: Verifier,
  snapshot: Snapshot,
  place: PartPlace,
): Promise<PublishedPart | undefined> {
  const { cluster, folder } = place;
  const manifestFile = manifestPath(folder);
  const paths = [statusPath(folder), manifestFile, signaturePath(manifestFile), reportPath(folder)];
  const found = await snapshot.readPaths(paths, { maxBytes: MAX_BYTES });
  const status = fileDocument('Status', found.get(statusPath(folder)), statusPath(folder));
  if (status === undefined || !isTerminal(status.phase)) return undefined;
  const content = found.get(manifestFile);
  const bytes = content?.kind === 'bytes' ? content.bytes : undefined;
  const known = bytes === undefined ? {} : { manifestSha256: sha256(bytes) };
  const manifest = fileDocument('Manifest', content, manifestFile);
  if (bytes === undefined || manifest === undefined) {
    return { cluster, status, ...known, signature: 'broken', problem: 'it has no manifest that can be read' };
  }
  const problem = mismatch(manifest, place) ?? changedFile(manifest, { folder, found });
  if (problem !== undefined) return { cluster, status, ...known, signature: 'broken', problem };
  const signature = await judgeSignature(
    context,
    cluster,
    bytes,
    signatureText(found.get(signaturePath(manifestFile))),
  );
  if (signature === 'broken') {
    return { cluster, status, ...known, signature, problem: 'its signature is not that of its processor' };
  }
  const report = fileDocument('Report', found.get(reportPath(folder)), reportPath(folder));
  return { cluster, status, ...known, signature, ...(report === undefined ? {} : { report }) };
}

/** Whether the word of a part counts: where signatures are required, only a verified one does. */
export function isTrustedPart(
  { settings }: Pick<ProcessorContext, 'settings'>,
  { signature }: Pick<PublishedPart, 'signature'>,
): boolean {
  if (signature === 'own' || signature === 'verified') return true;
  return signature === 'unchecked' && settings.trust === 'open';
}

function mismatch(manifest: Manifest, { id, cluster, requestSha256 }: PartPlace): string | undefined {
  if (manifest.id !== id || manifest.cluster !== cluster) return 'its manifest belongs to something else';
  return manifest.request.sha256 === requestSha256 ? undefined : 'it answers a request with other bytes';
}

/** Only the files that are read here; whoever shows a result checks all of them. */
function changedFile(
  manifest: Manifest,
  { folder, found }: { readonly folder: string; readonly found: ReadonlyMap<string, FileContent> },
): string | undefined {
  const digests = new Map(manifest.files.map(({ path, sha256: digest }) => [path, digest]));
  for (const name of ['status.yaml', 'report.json']) {
    const text = fileText(found.get(`${folder}/${name}`));
    if ((text === undefined ? undefined : sha256(text)) !== digests.get(name)) {
      return `${name} is not the one that its manifest names`;
    }
  }
  return undefined;
}

async function judgeSignature(
  { verifier }: Verifier,
  cluster: string,
  bytes: Uint8Array,
  signature: string | undefined,
): Promise<PartSignature> {
  if (verifier === undefined) return 'unchecked';
  const trust = await verifier.trust();
  const namespace = SIGNATURE_NAMESPACES.result;
  const isEnrolled = trust.signers.some(
    ({ principal, namespaces }) => principal === cluster && namespaces.includes(namespace),
  );
  if (!isEnrolled) return 'unchecked';
  const file = { bytes, sha256: sha256(bytes), signature };
  const verdict = verifier.known(file, namespace, trust) ?? (await verifier.verify(file, namespace, { trust }));
  return verdict.kind === 'valid' && verdict.signer.principal === cluster ? 'verified' : 'broken';
}
