import { SESSION_START_MS } from '../admission/admit-session.ts';
import { WarroomError } from '../domain/errors.ts';
import { MAX_REQUEST_BYTES, signaturePath } from '../domain/repository-layout.ts';
import type { RequestId } from '../domain/request-id.ts';
import {
  parseSessionPath,
  sessionDayFolders,
  sessionInboxPrefix,
  sessionInboxRef,
  sessionOrderPath,
  sessionPath,
  sessionStatePath,
  type SessionOrderName,
} from '../domain/session-layout.ts';
import { sha256 } from '../lib/digest.ts';
import { fileDocument } from '../repository/file-content.ts';
import type { FileContent, Snapshot, WarRoom } from '../repository/port.ts';
import type { SessionPodName, SessionReason, SessionRequest } from '../schema/generated.ts';
import { LAST } from './find-request.ts';

export type SessionPhase = 'pending' | 'unanswered' | 'starting' | 'running' | 'ended' | 'refused';

/** A session as the war room shows it. */
export interface SessionView {
  readonly id: RequestId;
  readonly cluster: string;
  readonly requester: string;
  readonly purpose: string | undefined;
  readonly seconds: number;
  /** Of its request as it lies in the war room. */
  readonly requestSha256: string;
  readonly phase: SessionPhase;
  readonly createdAt: string;
  readonly expiresAt: string | undefined;
  readonly pod: SessionPodName | undefined;
  readonly reason: SessionReason | undefined;
  readonly notes: readonly string[];
  /** What was ordered so far. */
  readonly orders: readonly SessionOrderName[];
}

interface LookOptions {
  readonly now: Date;
  readonly days?: number;
  readonly signal?: AbortSignal;
}

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 3;

export async function listSessions(warRoom: WarRoom, options: LookOptions): Promise<readonly SessionView[]> {
  return (await findSessions(warRoom, options)).sessions;
}

export interface FoundSessions {
  /** Newest first. */
  readonly sessions: readonly SessionView[];
  /** Where they were found. */
  readonly snapshot: Snapshot;
}

/** Sessions of the last days. */
export async function findSessions(warRoom: WarRoom, options: LookOptions): Promise<FoundSessions> {
  const { now, days = DEFAULT_DAYS, signal } = options;
  const given = signal === undefined ? {} : { signal };
  const prefix = sessionInboxPrefix(warRoom.refNamespace);
  const snapshot = await warRoom.refresh({ refPrefixes: [prefix], ...given });
  const dates = Array.from({ length: days + 1 }, (_, back) => new Date(now.getTime() + DAY_MS - back * DAY_MS));
  const files = await snapshot.list(dates.flatMap(sessionDayFolders), given);
  const names = [...files.map(({ path }) => path)];
  const contents = new Map<string, FileContent>();
  const refs = [...snapshot.refs.keys()].filter((ref) => ref.startsWith(prefix));
  for (const { files: inside } of (await snapshot.readRefs(refs, { maxBytes: MAX_REQUEST_BYTES, ...given })).values()) {
    for (const [path, content] of inside) contents.set(path, content);
  }
  names.push(...contents.keys());
  const ids = new Set<RequestId>();
  const orders = new Map<RequestId, Set<SessionOrderName>>();
  for (const name of names) {
    const parsed = parseSessionPath(name);
    if (parsed?.kind === 'request') ids.add(parsed.id);
    if (parsed?.kind === 'order') orders.set(parsed.id, (orders.get(parsed.id) ?? new Set()).add(parsed.order));
  }
  const paths = [...ids].flatMap((id) => [sessionPath(id), sessionStatePath(id)]);
  const onBranch = await snapshot.readPaths(paths, { maxBytes: MAX_REQUEST_BYTES, ...given });
  const read = (path: string): FileContent | undefined => onBranch.get(path) ?? contents.get(path);
  const sessions = [...ids]
    .sort((a, b) => (a < b ? 1 : -1))
    .flatMap((id) => viewOf(id, { read, now, orders: [...(orders.get(id) ?? [])].sort() }) ?? []);
  return { sessions, snapshot };
}

interface ViewFacts {
  readonly read: (path: string) => FileContent | undefined;
  readonly now: Date;
  readonly orders: readonly SessionOrderName[];
}

/** Undefined for a file that is no session. */
function viewOf(id: RequestId, { read, now, orders }: ViewFacts): SessionView | undefined {
  const content = read(sessionPath(id));
  const request: SessionRequest | undefined = fileDocument('SessionRequest', content, 'session.yaml');
  if (request === undefined || content?.kind !== 'bytes') return undefined;
  const state = fileDocument('SessionState', read(sessionStatePath(id)), 'session.yaml');
  const { metadata, spec } = request;
  const isOld = now.getTime() - Date.parse(metadata.timestamp) > SESSION_START_MS;
  return {
    id,
    cluster: spec.targetCluster.name,
    requester: state?.requester ?? metadata.engineer,
    purpose: spec.purpose,
    seconds: spec.seconds,
    requestSha256: sha256(content.bytes),
    phase: state?.phase ?? (isOld ? 'unanswered' : 'pending'),
    createdAt: metadata.timestamp,
    expiresAt: state?.times.expiresAt,
    pod: state?.pod,
    reason: state?.reason,
    notes: state?.notes ?? [],
    orders,
  };
}

/** A session by its id, the beginning of exactly one, or `@last`: the newest of this person that is not over. */
export function chooseSession(
  sessions: readonly SessionView[],
  selector: string,
  principal: string | undefined,
): SessionView {
  const mine = sessions.filter(({ requester }) => principal === undefined || requester === principal);
  const fitting =
    selector === LAST
      ? [mine.find(isOpen) ?? mine.at(0)].flatMap((session) => session ?? [])
      : sessions.filter(({ id }) => id.startsWith(selector.toLowerCase()));
  const [first, second] = fitting;
  if (first !== undefined && second === undefined) return first;
  if (first === undefined) {
    throw new WarroomError('not-found', `there is no session ${selector}`, {
      hint: 'see  claude-warroom session list',
    });
  }
  throw new WarroomError('ambiguous', `"${selector}" fits ${fitting.length} sessions`, {
    why: fitting
      .slice(0, 5)
      .map(({ id }) => id)
      .join(', '),
    hint: 'give more of the id',
  });
}

export function isOpen({ phase }: Pick<SessionView, 'phase'>): boolean {
  return phase === 'pending' || phase === 'starting' || phase === 'running';
}

/** It has a record. */
export function isOver({ phase }: Pick<SessionView, 'phase'>): boolean {
  return phase === 'ended' || phase === 'refused';
}

export interface SignedText {
  readonly text: string;
  readonly signature: string | undefined;
}

/** Pushes a request for a session, or an order about one. */
export async function submitSession(
  warRoom: WarRoom,
  document: SignedText & { readonly id: RequestId; readonly order?: SessionOrderName },
  options: { readonly signal?: AbortSignal },
): Promise<{ readonly path: string; readonly commit: string; readonly isWaiting: boolean }> {
  const { id, order, text, signature } = document;
  const path = order === undefined ? sessionPath(id) : sessionOrderPath(id, order);
  const signatures = signature === undefined ? [] : [{ path: signaturePath(path), content: signature }];
  const outcome = await warRoom.submit(
    {
      files: [{ path, content: text }, ...signatures],
      message: `session ${id}${order === undefined ? '' : ` ${order}`}`,
      inboxRef: sessionInboxRef(warRoom.refNamespace, id, order),
    },
    options,
  );
  return { path, commit: outcome.commit, isWaiting: outcome.kind === 'inbox' };
}
