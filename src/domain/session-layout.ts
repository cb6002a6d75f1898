import { dayFolder, parseRequestId, type RequestId } from './request-id.ts';
import { signaturePath } from './repository-layout.ts';

/**
 * Where sessions lie in a war room. People write below `sessions/`, the processor below `results/sessions/`: neither
 * folder is one that requests and their results use, so a session can never be taken for a request.
 */

export const SESSIONS_FOLDER = 'sessions';

/** How often one session can be extended. */
export const MAX_EXTENSIONS = 9;

export type SessionOrderName = 'stop' | `extend-${number}`;

export function sessionPath(id: RequestId): string {
  return `${SESSIONS_FOLDER}/${dayFolder(id)}/${id}.yaml`;
}

export function sessionOrderPath(id: RequestId, order: SessionOrderName): string {
  return `${SESSIONS_FOLDER}/${dayFolder(id)}/${id}.${order}.yaml`;
}

export function sessionResultFolder(id: RequestId): string {
  return `results/${SESSIONS_FOLDER}/${dayFolder(id)}/${id}`;
}

export function sessionStatePath(id: RequestId): string {
  return `${sessionResultFolder(id)}/session.yaml`;
}

/** Folders of the sessions that began on a day of UTC: what people wrote, and what the processor answered. */
export function sessionDayFolders(day: Date): readonly string[] {
  const path = day.toISOString().slice(0, 10).replaceAll('-', '/');
  return [`${SESSIONS_FOLDER}/${path}`, `results/${SESSIONS_FOLDER}/${path}`];
}

/** Where a document waits when the branch is contended or protected. */
export function sessionInboxRef(namespace: string, id: RequestId, order?: SessionOrderName): string {
  return `${sessionInboxPrefix(namespace)}${id}${order === undefined ? '' : `.${order}`}`;
}

export function sessionInboxPrefix(namespace: string): string {
  return `${namespace}/session-inbox/`;
}

/** Name of the pod, from the id alone: the API server lets nobody make a second one. */
export function sessionPodName(id: RequestId): string {
  return `session-${id}`;
}

export type SessionFile =
  | { readonly kind: 'request'; readonly id: RequestId }
  | { readonly kind: 'order'; readonly id: RequestId; readonly order: SessionOrderName }
  | { readonly kind: 'signature' };

/** What a path below `sessions/` holds; undefined when it does not follow the grammar exactly. */
export function parseSessionPath(path: string): SessionFile | undefined {
  const plain = path.endsWith('.sig') ? path.slice(0, -'.sig'.length) : path;
  const name = /^sessions\/\d{4}\/\d{2}\/\d{2}\/([a-z0-9.-]+)\.yaml$/u.exec(plain)?.[1] ?? '';
  const [first = '', word, ...rest] = name.split('.');
  const id = parseRequestId(first);
  if (id === undefined || rest.length > 0) return undefined;
  const order = word === undefined ? undefined : parseOrderName(word);
  if (word !== undefined && order === undefined) return undefined;
  const expected = order === undefined ? sessionPath(id) : sessionOrderPath(id, order);
  if (path === signaturePath(expected)) return { kind: 'signature' };
  if (path !== expected) return undefined;
  return order === undefined ? { kind: 'request', id } : { kind: 'order', id, order };
}

function parseOrderName(word: string): SessionOrderName | undefined {
  if (word === 'stop') return word;
  const number = /^extend-([1-9])$/u.exec(word)?.[1];
  return number === undefined ? undefined : `extend-${Number(number)}`;
}
