import type { Turn } from '../domain/coordination.ts';
import {
  claimRefPrefix,
  inboxRefPrefix,
  MAX_REQUEST_BYTES,
  parseRequestPath,
  requestDayFolder,
  requestPath,
  resultDayFolder,
  signaturePath,
  statusPath,
} from '../domain/repository-layout.ts';
import { isTerminal } from '../domain/phase.ts';
import { parseRequestId, requestMinute, type RequestId } from '../domain/request-id.ts';
import type { RequestFileContent } from '../domain/request.ts';
import type { Signer } from '../domain/signature.ts';
import { sha256 } from '../lib/digest.ts';
import { decodeUtf8 } from '../lib/utf8.ts';
import { fileDocument } from '../repository/file-content.ts';
import type { CommitId, FileContent, RefFile, Snapshot, TreeFile } from '../repository/port.ts';
import type { Status } from '../schema/generated.ts';
import { CancelJudge } from './cancel-judge.ts';
import type { Candidate, ObservedClaim } from './candidate.ts';
import type { ProcessorContext } from './context.ts';
import { OtherParts } from './other-parts.ts';
import { RequestJudge } from './request-judge.ts';
import { signatureText } from './signature-text.ts';

export interface Survey {
  readonly candidates: readonly Candidate[];
  /** Result days and request days of the window, for the index page. */
  readonly files: readonly TreeFile[];
  /** Requests whose signatures there was no time for; the next look goes on with them. */
  readonly waiting: number;
  /** Requests that may be for this cluster, and were not read or not judged yet. */
  readonly undecided: readonly RequestId[];
}

/** Requests live for 7 days at most, and a requester's clock may be a few minutes ahead. */
const WINDOW_DAYS = 8;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Remembers what was read by object id, so that a poll that finds nothing new reads nothing. */
export class Surveyor {
  readonly #context: ProcessorContext;
  readonly #cluster: string;
  readonly #judge: RequestJudge;
  readonly #cancels: CancelJudge;
  readonly #others: OtherParts;
  /** `undefined` is what nobody can answer: too large, not text, or not there. */
  readonly #files = new Map<string, RequestFileContent | undefined>();
  readonly #reported = new Set<string>();
  #listing: { tip: CommitId; day: string; files: readonly TreeFile[] } | undefined;

  constructor(context: ProcessorContext) {
    this.#context = context;
    this.#cluster = context.settings.cluster.name;
    this.#judge = new RequestJudge(context);
    this.#cancels = new CancelJudge(context);
    this.#others = new OtherParts(context);
  }

  /** Refs that the next look needs besides those of this cluster. */
  get refPrefixes(): readonly string[] {
    return this.#others.refPrefixes;
  }

  async survey(snapshot: Snapshot, signal: AbortSignal): Promise<Survey> {
    const files = await this.#list(snapshot, signal);
    const byPath = new Map(files.map((file) => [file.path, file]));
    const found = [...this.#onBranch(files), ...(await this.#inInbox(snapshot, byPath, signal))];
    await this.#read(snapshot, found, byPath, signal);
    this.#forgetAllBut(new Set(found.map(({ id, source }) => keyOf(source, id, byPath))));
    const waiting = await this.#judge.judge(this.#readable(), signal);
    const undecided: RequestId[] = [];
    const ours = found.flatMap(({ id, source }) => {
      const key = keyOf(source, id, byPath);
      const judged = this.#judge.get(key);
      const isRead = this.#files.has(key);
      if (judged === undefined && (!isRead || this.#files.get(key) !== undefined)) undecided.push(id);
      if (judged?.kind === 'ours') return [{ id, source, judged, folder: judged.folder }];
      if (judged?.why !== undefined) this.#ignore(requestPath(id), judged.why);
      // What is for others is not kept in memory.
      if (judged?.isFinal === true) this.#files.set(key, undefined);
      return [];
    });
    const { claims, unreadable } = await this.#claims(snapshot, signal);
    const statuses = await this.#statuses(snapshot, ours, byPath, signal);
    const open: (typeof ours)[number][] = [];
    for (const entry of ours) {
      const status = statuses.get(statusPath(entry.folder));
      if (status !== undefined && isTerminal(status.phase)) await this.#observe(entry.id, status);
      else open.push(entry);
    }
    const withdrawn = await this.#cancels.withdrawn(
      open.map(({ id, judged }) => ({ id, requester: this.#requesterOf(id, judged) })),
      { snapshot, byPath, signal },
      (path, why) => {
        this.#ignore(path, why);
      },
    );
    const candidates = open.map(({ id, source, judged }): Candidate => {
      const { file, content, folder, signer } = judged;
      const claim = claims.get(id);
      return {
        ...{ id, file, content, folder },
        ...(signer === undefined ? {} : { signer }),
        tip: snapshot.tip,
        source: source.kind === 'inbox' ? source : { kind: 'branch' },
        isCancelled: withdrawn.has(id),
        ...(claim === undefined ? { isClaimUnreadable: unreadable.has(id) } : { claim }),
      };
    });
    const turns = await this.#others.turns(candidates, { snapshot, byPath });
    return {
      candidates: candidates.map((candidate) => withTurn(candidate, turns.get(candidate.id))),
      ...{ files, waiting, undecided },
    };
  }

  /** Who signed a request, and so may withdraw it. What was accepted stays theirs, whatever became of their key. */
  #requesterOf(id: RequestId, judged: { readonly signer?: Signer }): string | undefined {
    return this.#context.ledger.request(id)?.signer?.principal ?? judged.signer?.principal;
  }

  #readable(): ReadonlyMap<string, RequestFileContent> {
    const readable = new Map<string, RequestFileContent>();
    for (const [key, file] of this.#files) if (file !== undefined) readable.set(key, file);
    return readable;
  }

  /** A result of somebody else: never run this request again, whatever happens to the files in the war room. */
  async #observe(id: RequestId, status: Status): Promise<void> {
    const known = this.#context.ledger.request(id);
    if (known?.isPublished === true || !isTerminal(status.phase)) return;
    await this.#context.ledger.append({ event: 'observed', id, phase: status.phase });
  }

  async #list(snapshot: Snapshot, signal: AbortSignal): Promise<readonly TreeFile[]> {
    const now = this.#context.clock.now().getTime();
    const day = new Date(now).toISOString().slice(0, 10);
    if (this.#listing?.tip === snapshot.tip && this.#listing.day === day) return this.#listing.files;
    const days = Array.from({ length: WINDOW_DAYS + 1 }, (_, index) => new Date(now + (1 - index) * DAY_MS));
    const folders = days.flatMap((at) => [requestDayFolder(at), resultDayFolder(at)]);
    const files = await snapshot.list(folders, { signal });
    this.#listing = { tip: snapshot.tip, day, files };
    return files;
  }

  #onBranch(files: readonly TreeFile[]): Found[] {
    const found: Found[] = [];
    for (const { path, mode, oid } of files) {
      if (!path.startsWith('requests/')) continue;
      const parsed = parseRequestPath(path);
      if (parsed === undefined) this.#ignore(path, 'the path does not follow requests/yyyy/mm/dd/<id>.yaml');
      else if (mode !== '100644') this.#ignore(path, `mode ${mode} is not a plain file`);
      else if (parsed.kind === 'request' && this.#isWanted(parsed.id)) {
        found.push({ id: parsed.id, source: { kind: 'branch', oid } });
      }
    }
    return found;
  }

  async #inInbox(snapshot: Snapshot, byPath: ReadonlyMap<string, TreeFile>, signal: AbortSignal): Promise<Found[]> {
    const prefix = inboxRefPrefix(this.#context.warRoom.refNamespace);
    const refs = [...snapshot.refs].filter(([ref]) => {
      const id = ref.startsWith(prefix) ? parseRequestId(ref.slice(prefix.length)) : undefined;
      return id !== undefined && this.#isWanted(id) && !byPath.has(requestPath(id));
    });
    const unread = refs.filter(([ref, commit]) => !this.#files.has(inboxKey(ref, commit))).map(([ref]) => ref);
    const contents = await snapshot.readRefs(unread, { maxBytes: MAX_REQUEST_BYTES, signal });
    return refs.flatMap(([ref, commit]): Found[] => {
      const id = parseRequestId(ref.slice(prefix.length));
      if (id === undefined) return [];
      const key = inboxKey(ref, commit);
      const content = contents.get(ref);
      if (content !== undefined) this.#remember(key, id, requestFileOf(id, content), signatureOf(id, content));
      if (!this.#files.has(key)) this.#files.set(key, undefined);
      return [{ id, source: { kind: 'inbox', ref, commit } }];
    });
  }

  async #read(
    snapshot: Snapshot,
    found: readonly Found[],
    byPath: ReadonlyMap<string, TreeFile>,
    signal: AbortSignal,
  ): Promise<void> {
    const unread = found.filter(({ id, source }) => !this.#files.has(keyOf(source, id, byPath)));
    const files = unread.flatMap(({ id }) =>
      [requestPath(id), signaturePath(requestPath(id))].flatMap((path) => byPath.get(path) ?? []),
    );
    const contents = await snapshot.read(files, { maxBytes: MAX_REQUEST_BYTES, signal });
    for (const { id, source } of unread) {
      if (source.kind !== 'branch') continue;
      const signature = byPath.get(signaturePath(requestPath(id)));
      this.#remember(
        keyOf(source, id, byPath),
        id,
        contents.get(source.oid),
        signature === undefined ? undefined : contents.get(signature.oid),
      );
    }
  }

  #forgetAllBut(keys: ReadonlySet<string>): void {
    for (const key of this.#files.keys()) {
      if (!keys.has(key)) this.#files.delete(key);
    }
  }

  #remember(key: string, id: RequestId, content: FileContent | undefined, signature: FileContent | undefined): void {
    const path = requestPath(id);
    if (content === undefined) return;
    this.#files.set(key, undefined);
    if (content.kind === 'too-large') {
      this.#ignore(path, `larger than ${MAX_REQUEST_BYTES} bytes`);
      return;
    }
    const { bytes } = content;
    if (decodeUtf8(bytes) === undefined) {
      this.#ignore(path, 'not UTF-8 text');
      return;
    }
    this.#files.set(key, { id, path, bytes, sha256: sha256(bytes), signature: signatureText(signature) });
  }

  async #claims(
    snapshot: Snapshot,
    signal: AbortSignal,
  ): Promise<{ readonly claims: ReadonlyMap<RequestId, ObservedClaim>; readonly unreadable: ReadonlySet<string> }> {
    const prefix = claimRefPrefix(this.#context.warRoom.refNamespace, this.#cluster);
    const refs = [...snapshot.refs.keys()].filter((ref) => ref.startsWith(prefix));
    const contents = await snapshot.readRefs(refs, { maxBytes: MAX_REQUEST_BYTES, signal });
    const claims = new Map<RequestId, ObservedClaim>();
    for (const [ref, { commit, files }] of contents) {
      const id = parseRequestId(ref.slice(prefix.length));
      const [content] = files.values();
      const claim = fileDocument('Claim', content, ref);
      if (id === undefined || id !== claim?.id || claim.cluster !== this.#cluster) continue;
      claims.set(id, { ref, commit, claim });
    }
    // A ref below the name of a claim keeps that name from being used as well.
    const names = refs.map((ref) => ref.slice(prefix.length).split('/')[0] ?? '');
    const readable = new Set<string>(claims.keys());
    return { claims, unreadable: new Set(names.filter((name) => !readable.has(name))) };
  }

  async #statuses(
    snapshot: Snapshot,
    ours: readonly { readonly folder: string }[],
    byPath: ReadonlyMap<string, TreeFile>,
    signal: AbortSignal,
  ): Promise<Map<string, Status>> {
    const files = ours.flatMap(({ folder }) => byPath.get(statusPath(folder)) ?? []);
    const contents = await snapshot.read(files, { maxBytes: MAX_REQUEST_BYTES, signal });
    const statuses = new Map<string, Status>();
    for (const { path, oid } of files) {
      const status = fileDocument('Status', contents.get(oid), path);
      if (status !== undefined) statuses.set(path, status);
    }
    return statuses;
  }

  /** Finished here, or too old for anybody to start it. */
  #isWanted(id: RequestId): boolean {
    if (this.#context.ledger.request(id)?.isPublished === true) return false;
    return requestMinute(id).getTime() > this.#context.clock.now().getTime() - WINDOW_DAYS * DAY_MS;
  }

  #ignore(path: string, reason: string): void {
    const key = `${path}: ${reason}`;
    if (this.#reported.has(key)) return;
    // Anybody can push bad names: tell each once, and stop telling after many.
    if (this.#reported.size < 1000) this.#reported.add(key);
    if (this.#reported.size < 1000)
      this.#context.emit({ type: 'ignored', path: JSON.stringify(path.slice(0, 200)), reason });
  }
}

function withTurn(candidate: Candidate, turn: Turn | undefined): Candidate {
  return turn === undefined ? candidate : { ...candidate, turn };
}

interface Found {
  readonly id: RequestId;
  readonly source:
    | { readonly kind: 'branch'; readonly oid: string }
    | { readonly kind: 'inbox'; readonly ref: string; readonly commit: CommitId };
}

/** What identifies the bytes of a request and its signature. */
function keyOf(source: Found['source'], id: RequestId, byPath: ReadonlyMap<string, TreeFile>): string {
  if (source.kind === 'inbox') return inboxKey(source.ref, source.commit);
  return `${id} ${source.oid} ${byPath.get(signaturePath(requestPath(id)))?.oid ?? ''}`;
}

/** With the ref, because one commit may lie under the names of several requests. */
function inboxKey(ref: string, commit: CommitId): string {
  return `${ref} ${commit}`;
}

function requestFileOf(id: RequestId, content: RefFile): FileContent | undefined {
  return content.files.get(requestPath(id));
}

function signatureOf(id: RequestId, content: RefFile): FileContent | undefined {
  return content.files.get(signaturePath(requestPath(id)));
}
