import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  enrolmentPath,
  enrolmentRef,
  enrolmentRefPrefix,
  KEYS_FOLDER,
  MAX_SIGNATURE_BYTES,
  signaturePath,
} from '../domain/repository-layout.ts';
import { SIGNATURE_NAMESPACES } from '../domain/signature.ts';
import type { Clock } from '../lib/clock.ts';
import { cleanLine } from '../report/untrusted.ts';
import { fileDocument, fileText } from '../repository/file-content.ts';
import type { FileContent, Snapshot, WarRoom } from '../repository/port.ts';
import { formatYaml } from '../schema/format-document.ts';
import type { KeyEnrolment } from '../schema/generated.ts';
import { formatAllowedSigner } from '../signature/allowed-signers.ts';
import { formatPublicKey, parsePublicKey, type PublicKey } from '../signature/public-key.ts';
import { verifySignature } from '../signature/verify-signature.ts';

const MAX_ENROLMENT_BYTES = 16 * 1024;
/** Anybody can push such files; more than these are not looked at. */
const MAX_ENROLMENTS = 500;

export interface EnrolmentOptions {
  readonly principal: string;
  readonly key: PublicKey;
  readonly comment?: string;
  readonly sign: (text: string) => Promise<string>;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/** Puts a key into the war room, signed by itself: whoever asks shows that they hold it. */
export async function enrolKey(
  warRoom: WarRoom,
  options: EnrolmentOptions,
): Promise<{ readonly path: string; readonly commit: string }> {
  const { principal, key, comment, clock, signal } = options;
  const document: KeyEnrolment = {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'KeyEnrolment',
    metadata: { principal, timestamp: clock.now().toISOString() },
    spec: {
      publicKey: formatPublicKey(key),
      ...(comment === undefined ? {} : { comment }),
      repository: warRoom.address,
    },
  };
  const path = enrolmentPath(key.fingerprint);
  const text = formatYaml('KeyEnrolment', document);
  const files = [
    { path, content: text },
    { path: signaturePath(path), content: await options.sign(text) },
  ];
  const { commit } = await warRoom.submit(
    { files, message: 'enrol a key', inboxRef: enrolmentRef(warRoom.refNamespace, key.fingerprint) },
    signal === undefined ? {} : { signal },
  );
  return { path, commit };
}

/** A key that somebody asks to have accepted, and who has shown to hold it. */
export interface Enrolment {
  readonly principal: string;
  readonly key: PublicKey;
  readonly comment: string;
  readonly askedAt: Date;
}

/** Enrolments whose signature by their own key holds; others are left out, for they prove nothing. */
export async function readEnrolments(
  snapshot: Snapshot,
  options: {
    readonly namespace: string;
    readonly now: Date;
    readonly path: string | undefined;
    readonly signal?: AbortSignal;
  },
): Promise<readonly Enrolment[]> {
  const read = { maxBytes: MAX_ENROLMENT_BYTES, ...(options.signal === undefined ? {} : { signal: options.signal }) };
  const files = (await snapshot.list([KEYS_FOLDER], read)).filter(({ mode }) => mode === '100644');
  const paths = files
    .map(({ path }) => path)
    .filter((path) => path.endsWith('.yaml'))
    .slice(0, MAX_ENROLMENTS);
  const contents = await snapshot.readPaths(
    paths.flatMap((path) => [path, signaturePath(path)]),
    read,
  );
  const prefix = enrolmentRefPrefix(options.namespace);
  const refs = [...snapshot.refs.keys()].filter((ref) => ref.startsWith(prefix)).slice(0, MAX_ENROLMENTS);
  const sources: ReadonlyMap<string, FileContent>[] = [
    ...paths.map((path) => new Map([...contents].filter(([each]) => each === path || each === signaturePath(path)))),
    ...[...(await snapshot.readRefs(refs, read)).values()].map((ref) => ref.files),
  ];
  const found = new Map<string, Enrolment>();
  for (const source of sources) {
    const enrolment = await readEnrolment(source, options);
    if (enrolment !== undefined) found.set(enrolment.key.fingerprint, enrolment);
  }
  return [...found.values()].sort((a, b) => a.askedAt.getTime() - b.askedAt.getTime());
}

async function readEnrolment(
  files: ReadonlyMap<string, FileContent>,
  { now, path, signal }: Parameters<typeof readEnrolments>[1],
): Promise<Enrolment | undefined> {
  const [name, content] = [...files].find(([each]) => each.endsWith('.yaml')) ?? [];
  if (name === undefined || content?.kind !== 'bytes') return undefined;
  const document = fileDocument('KeyEnrolment', content, name);
  const key = parsePublicKey(document?.spec.publicKey ?? '');
  if (document === undefined || key === undefined || enrolmentPath(key.fingerprint) !== name) return undefined;
  const signature = fileText(files.get(signaturePath(name)));
  if (signature === undefined || signature.length > MAX_SIGNATURE_BYTES) return undefined;
  const { principal, timestamp } = document.metadata;
  const folder = await mkdtemp(join(tmpdir(), 'warroom-enrol-'));
  try {
    const allowedSigners = join(folder, 'allowed_signers');
    const namespaces = [SIGNATURE_NAMESPACES.enrolment];
    await writeFile(allowedSigners, `${formatAllowedSigner({ principal, namespaces, key, comment: '' })}\n`);
    const verdict = await verifySignature({
      bytes: content.bytes,
      signature,
      namespace: SIGNATURE_NAMESPACES.enrolment,
      trust: { folder, allowedSigners },
      now,
      path,
      ...(signal === undefined ? {} : { signal }),
    });
    if (verdict.kind !== 'valid') return undefined;
    return { principal, key, comment: cleanLine(document.spec.comment ?? ''), askedAt: new Date(timestamp) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
