import {
  cancelPath,
  claimRefPrefix,
  inboxRef,
  inboxRefPrefix,
  MAX_REQUEST_BYTES,
  parseRequestPath,
  presenceRefPrefix,
  requestPath,
  resultFolder,
  signaturePath,
  statusPath,
} from '../domain/repository-layout.ts';
import { parseRequestId, type RequestId } from '../domain/request-id.ts';
import { fileDocument, fileText } from '../repository/file-content.ts';
import type { FileContent, RefFile, Snapshot, TreeFile } from '../repository/port.ts';
import type { Claim, Status } from '../schema/generated.ts';
import { parseDocument } from '../schema/parse-document.ts';
import type { Problem } from '../schema/problem.ts';
import { requestView, type RequestFacts, type RequestView } from './request-view.ts';

/** Refs that tell where requests stand, and who could answer them. */
export function requestRefPrefixes(namespace: string): readonly string[] {
  return [claimRefPrefix(namespace), inboxRefPrefix(namespace), presenceRefPrefix(namespace)];
}

/** Plain files only: a symlink or a submodule with the right name is not a request. */
const PLAIN_FILE = '100644';

interface LoadOptions {
  readonly namespace: string;
  readonly now: Date;
  readonly signal?: AbortSignal;
}

/**
 * Views of `ids`, in their order. `files` are the tree entries of their request days and result folders. Ids of which
 * nothing exists are left out. Everything missing is fetched at once.
 */
export async function loadRequests(
  snapshot: Snapshot,
  ids: readonly RequestId[],
  files: readonly TreeFile[],
  options: LoadOptions,
): Promise<readonly RequestView[]> {
  const { namespace, now } = options;
  const read = options.signal === undefined ? {} : { signal: options.signal };
  const byPath = new Map(files.map((file) => [file.path, file]));
  const statusFiles = groupStatusFiles(files);
  const claimRefs = groupClaimRefs(snapshot, namespace);
  const wanted: TreeFile[] = [];
  const refs: string[] = [];
  for (const id of ids) {
    const file = byPath.get(requestPath(id));
    if (file?.mode === PLAIN_FILE) wanted.push(file);
    else if (snapshot.refs.has(inboxRef(namespace, id, 'request'))) refs.push(inboxRef(namespace, id, 'request'));
    wanted.push(...(statusFiles.get(id) ?? []));
    refs.push(...(claimRefs.get(id) ?? []).map(({ ref }) => ref));
  }
  const contents = await snapshot.read(wanted, { ...read, maxBytes: MAX_REQUEST_BYTES });
  const refFiles = await snapshot.readRefs(refs, { ...read, maxBytes: MAX_REQUEST_BYTES });

  const views: RequestView[] = [];
  for (const id of ids) {
    const path = requestPath(id);
    const file = byPath.get(path);
    const inbox = refFiles.get(inboxRef(namespace, id, 'request'));
    const statuses = new Map<string, Status>();
    for (const statusFile of statusFiles.get(id) ?? []) {
      const status = fileDocument('Status', contents.get(statusFile.oid), statusFile.path);
      if (status?.id === id) statuses.set(status.cluster, status);
    }
    const claims = new Map<string, Claim>();
    const heardAt = new Map<string, Date>();
    for (const { ref, cluster } of claimRefs.get(id) ?? []) {
      const file = refFiles.get(ref);
      const claim = fileDocument('Claim', onlyFile(file), 'claim');
      if (claim?.id !== id || claim.cluster !== cluster) continue;
      claims.set(cluster, claim);
      if (file?.committedAt !== undefined) heardAt.set(cluster, file.committedAt);
    }
    const content = file === undefined ? inbox?.files.get(path) : contents.get(file.oid);
    const requestFile =
      file !== undefined && file.mode !== PLAIN_FILE
        ? { problem: `not a plain file (mode ${file.mode})` }
        : readRequestFile(id, content, file !== undefined || inbox !== undefined);
    if (requestFile === undefined && statuses.size === 0 && claims.size === 0) continue;
    const facts: RequestFacts = {
      id,
      file: requestFile,
      isSigned: byPath.has(signaturePath(path)) || inbox?.files.has(signaturePath(path)) === true,
      isInInbox: file === undefined && inbox !== undefined,
      isCancelled: byPath.has(cancelPath(id)) || snapshot.refs.has(inboxRef(namespace, id, 'cancel')),
      statuses,
      claims,
      heardAt,
    };
    views.push(requestView(facts, now));
  }
  return views;
}

/** View of one request; undefined when nothing of it exists. */
export async function loadRequest(
  snapshot: Snapshot,
  id: RequestId,
  options: LoadOptions,
): Promise<RequestView | undefined> {
  const day = requestPath(id).slice(0, requestPath(id).lastIndexOf('/'));
  const read = options.signal === undefined ? {} : { signal: options.signal };
  const files = await snapshot.list([day, resultFolder(id)], read);
  return (await loadRequests(snapshot, [id], files, options)).at(0);
}

/** Ids of which a file, or a ref in the inbox, exists. */
export function requestIds(files: readonly TreeFile[], refs: Iterable<string>, namespace: string): Set<RequestId> {
  const ids = new Set<RequestId>();
  for (const { path } of files) {
    const found = parseRequestPath(path);
    if (found?.kind === 'request') ids.add(found.id);
  }
  const prefix = inboxRefPrefix(namespace);
  for (const ref of refs) {
    const id = ref.startsWith(prefix) ? parseRequestId(ref.slice(prefix.length)) : undefined;
    if (id !== undefined) ids.add(id);
  }
  return ids;
}

/** Ids that have a status file; those without one are open. */
export function idsWithStatus(files: readonly TreeFile[]): ReadonlySet<RequestId> {
  return new Set(groupStatusFiles(files).keys());
}

/** Ids that somebody works on. */
export function claimedIds(snapshot: Snapshot, namespace: string): ReadonlySet<RequestId> {
  return new Set(groupClaimRefs(snapshot, namespace).keys());
}

function groupStatusFiles(files: readonly TreeFile[]): ReadonlyMap<RequestId, readonly TreeFile[]> {
  const groups = new Map<RequestId, TreeFile[]>();
  for (const file of files) {
    const name = /^results\/\d{4}\/\d{2}\/\d{2}\/([^/]+)\/(?:[^/]+\/)?status\.yaml$/u.exec(file.path)?.[1];
    const id = parseRequestId(name ?? '');
    if (id === undefined || file.mode !== PLAIN_FILE) continue;
    if (!file.path.startsWith(statusPath(resultFolder(id)).slice(0, -'status.yaml'.length))) continue;
    groups.set(id, [...(groups.get(id) ?? []), file]);
  }
  return groups;
}

function groupClaimRefs(
  snapshot: Snapshot,
  namespace: string,
): ReadonlyMap<RequestId, readonly { readonly ref: string; readonly cluster: string }[]> {
  const groups = new Map<RequestId, { ref: string; cluster: string }[]>();
  const prefix = claimRefPrefix(namespace);
  for (const ref of snapshot.refs.keys()) {
    if (!ref.startsWith(prefix)) continue;
    const [cluster, name, ...rest] = ref.slice(prefix.length).split('/');
    const id = parseRequestId(name ?? '');
    if (cluster === undefined || id === undefined || rest.length > 0) continue;
    groups.set(id, [...(groups.get(id) ?? []), { ref, cluster }]);
  }
  return groups;
}

function readRequestFile(id: RequestId, content: FileContent | undefined, exists: boolean): RequestFacts['file'] {
  if (!exists) return undefined;
  if (content === undefined) return { problem: 'the file cannot be read' };
  if (content.kind === 'too-large') return { problem: `larger than ${MAX_REQUEST_BYTES} bytes` };
  const text = fileText(content);
  if (text === undefined) return { problem: 'not UTF-8 text' };
  const path = requestPath(id);
  const result = parseDocument('TroubleshootingRequest', text, { file: path });
  if (!result.ok) {
    const [first] = result.problems;
    return { problem: first === undefined ? 'does not follow the schema' : problemText(first) };
  }
  if (result.value.metadata.name !== id) return { problem: `metadata.name is "${result.value.metadata.name}"` };
  return { request: result.value };
}

/** The path is that of the request, so that the line is enough. */
function problemText({ line, path, message }: Problem): string {
  return `line ${line}: ${path === '' ? '' : `${path}: `}${message}`;
}

function onlyFile(refFile: RefFile | undefined): FileContent | undefined {
  return refFile === undefined || refFile.files.size !== 1 ? undefined : [...refFile.files.values()].at(0);
}
