import { MAX_REQUEST_BYTES, signaturePath } from '../../domain/repository-layout.ts';
import type { RequestId } from '../../domain/request-id.ts';
import {
  parseSessionPath,
  sessionDayFolders,
  sessionInboxPrefix,
  sessionResultFolder,
  type SessionFile,
  type SessionOrderName,
} from '../../domain/session-layout.ts';
import { SIGNATURE_NAMESPACES, type SignatureVerdict } from '../../domain/signature.ts';
import { sha256 } from '../../lib/digest.ts';
import type { AuthoredFile, CommitId, FileContent, RefValue, Snapshot } from '../../repository/port.ts';
import type { SignedFile } from '../../signature/signature-verifier.ts';
import type { SessionContext } from './session-context.ts';
import { signatureText } from '../signature-text.ts';

/** A document about a session, and who vouches for it. */
export interface SessionDocument {
  readonly id: RequestId;
  /** Undefined for the request itself. */
  readonly order: SessionOrderName | undefined;
  readonly file: SignedFile;
  /** Undefined where signatures are not required. */
  readonly verdict: SignatureVerdict | undefined;
}

/** A document in the inbox that somebody vouches for: to be put on the branch. */
export interface WaitingDocument {
  readonly path: string;
  readonly files: readonly AuthoredFile[];
  readonly ref: RefValue;
}

/** A session lives for a day at most; one more for clocks. */
const DAYS_BACK = 2;
const DAY_MS = 86_400_000;
/** Documents that are looked at in one look, newest first; a flood of files costs no more. */
const MAX_DOCUMENTS = 200;
/** Of the inbox in one look. */
const MAX_WAITING = 50;

export async function readSessionDocuments(
  context: Pick<SessionContext, 'clock' | 'verifier'>,
  snapshot: Snapshot,
  options: { readonly isWanted: (id: RequestId) => boolean; readonly signal: AbortSignal },
): Promise<readonly SessionDocument[]> {
  const { signal, isWanted } = options;
  const now = context.clock.now().getTime();
  const days = Array.from({ length: DAYS_BACK + 2 }, (_, back) => new Date(now + (1 - back) * DAY_MS));
  const files = await snapshot.list(days.flatMap(sessionDayFolders), { signal });
  const byPath = new Map(files.map((file) => [file.path, file]));
  const wanted = files
    .flatMap((file) => {
      const parsed = file.mode === '100644' ? parseSessionPath(file.path) : undefined;
      if (parsed === undefined || parsed.kind === 'signature' || !isWanted(parsed.id)) return [];
      // Another start, whose ledger this one does not have, has ended it.
      if (byPath.has(`${sessionResultFolder(parsed.id)}/manifest.json`)) return [];
      const signature = byPath.get(signaturePath(file.path));
      return [{ parsed, file, signature: signature?.mode === '100644' ? signature : undefined }];
    })
    .sort((a, b) => (a.parsed.id < b.parsed.id ? 1 : -1))
    .slice(0, MAX_DOCUMENTS);
  const oids = wanted.flatMap(({ file, signature }) => [file, ...(signature === undefined ? [] : [signature])]);
  const contents = await snapshot.read(oids, { maxBytes: MAX_REQUEST_BYTES, signal });
  const documents: SessionDocument[] = [];
  for (const { parsed, file, signature } of wanted) {
    const signed = signedFile(contents.get(file.oid), signature && contents.get(signature.oid));
    if (signed === undefined) continue;
    documents.push({
      id: parsed.id,
      order: parsed.kind === 'order' ? parsed.order : undefined,
      file: signed,
      verdict: await verdictOf(context, signed, signal),
    });
  }
  return documents;
}

/**
 * Documents that could not be put on the branch by whoever wrote them. Nothing is taken that nobody vouches for: such a ref
 * stays, and is in `passedOver` until all others were looked at too, so that no number of them keeps one behind them waiting
 * for ever. Then the round begins again: a key may have been approved meanwhile.
 */
export async function readSessionInbox(
  context: Pick<SessionContext, 'warRoom' | 'verifier'>,
  snapshot: Snapshot,
  options: { readonly passedOver: Set<string>; readonly signal: AbortSignal },
): Promise<readonly WaitingDocument[]> {
  const { passedOver, signal } = options;
  const prefix = sessionInboxPrefix(context.warRoom.refNamespace);
  const all = [...snapshot.refs].filter(([ref]) => ref.startsWith(prefix));
  const isFresh = ([ref, commit]: readonly [string, CommitId]): boolean => !passedOver.has(inboxKey(ref, commit));
  if (!all.some(isFresh)) passedOver.clear();
  const fresh = all.filter(isFresh);
  const refs = fresh.slice(0, MAX_WAITING).map(([ref]) => ref);
  const contents = await snapshot.readRefs(refs, { maxBytes: MAX_REQUEST_BYTES, signal });
  const waiting: WaitingDocument[] = [];
  for (const [ref, { commit, files }] of contents) {
    const document = await waitingDocument(context, files, signal);
    if (document === undefined) passedOver.add(inboxKey(ref, commit));
    else waiting.push({ ...document, ref: { ref, expected: commit } });
  }
  return waiting;
}

function inboxKey(ref: string, commit: CommitId): string {
  return `${ref} ${commit}`;
}

async function waitingDocument(
  context: Pick<SessionContext, 'verifier'>,
  files: ReadonlyMap<string, FileContent>,
  signal: AbortSignal,
): Promise<Omit<WaitingDocument, 'ref'> | undefined> {
  const path = [...files.keys()].find((each) => documentOf(each) !== undefined);
  if (path === undefined) return undefined;
  const signed = signedFile(files.get(path), files.get(signaturePath(path)));
  if (signed === undefined) return undefined;
  const verdict = await verdictOf(context, signed, signal);
  if (verdict?.kind === 'refused') return undefined;
  const { bytes, signature } = signed;
  const content = Buffer.from(bytes).toString('utf8');
  const signatures = signature === undefined ? [] : [{ path: signaturePath(path), content: signature }];
  return { path, files: [{ path, content }, ...signatures] };
}

function documentOf(path: string): SessionFile | undefined {
  const parsed = parseSessionPath(path);
  return parsed?.kind === 'signature' ? undefined : parsed;
}

async function verdictOf(
  { verifier }: Pick<SessionContext, 'verifier'>,
  file: SignedFile,
  signal: AbortSignal,
): Promise<SignatureVerdict | undefined> {
  if (verifier === undefined) return undefined;
  const trust = await verifier.trust();
  const namespace = SIGNATURE_NAMESPACES.session;
  return verifier.known(file, namespace, trust) ?? (await verifier.verify(file, namespace, { trust, signal }));
}

function signedFile(content: FileContent | undefined, signature: FileContent | undefined): SignedFile | undefined {
  if (content?.kind !== 'bytes') return undefined;
  return { bytes: content.bytes, sha256: sha256(content.bytes), signature: signatureText(signature) };
}
