import { dayFolder, parseRequestId, type RequestId } from './request-id.ts';

/** The only place that spells the paths and refs of a war room. */

export const PAUSE_FILE = 'PAUSE';
/** Why the last pause was lifted. */
export const RESUMED_FILE = 'RESUMED';
export const INDEX_FILE = 'results/README.md';
export const REQUESTS_FOLDER = 'requests';
export const RESULTS_FOLDER = 'results';
export const CLUSTERS_FOLDER = 'clusters';
export const KEYS_FOLDER = 'keys';
export const RESUMES_FOLDER = 'resumes';

/** Largest sizes in bytes of files that anybody may push (facts of the threat model: bounded before parsing). */
export const MAX_REQUEST_BYTES = 64 * 1024;
export const MAX_SIGNATURE_BYTES = 4 * 1024;

export function requestPath(id: RequestId): string {
  return `${REQUESTS_FOLDER}/${dayFolder(id)}/${id}.yaml`;
}

export function cancelPath(id: RequestId): string {
  return `${REQUESTS_FOLDER}/${dayFolder(id)}/${id}.cancel.yaml`;
}

/** Detached SSH signature beside the file that it covers. */
export function signaturePath(path: string): string {
  return `${path}.sig`;
}

/** Folder of a whole request; the part of a cluster lies below it when a request has several targets. */
export function resultFolder(id: RequestId, part?: string): string {
  const folder = `${RESULTS_FOLDER}/${dayFolder(id)}/${id}`;
  return part === undefined ? folder : `${folder}/${part}`;
}

export function statusPath(folder: string): string {
  return `${folder}/status.yaml`;
}

export function reportPath(folder: string): string {
  return `${folder}/report.json`;
}

/** What was put together from all parts, in the folder of the request. */
export function aggregatePath(folder: string): string {
  return `${folder}/aggregate.json`;
}

/** Enrolment of a key, by its fingerprint `SHA256:…`; the name is safe on every file system. */
export function enrolmentPath(fingerprint: string): string {
  return `${KEYS_FOLDER}/${keyName(fingerprint)}.yaml`;
}

/** Where an enrolment waits when the branch is protected. */
export function enrolmentRef(namespace: string, fingerprint: string): string {
  return `${enrolmentRefPrefix(namespace)}${keyName(fingerprint)}`;
}

export function enrolmentRefPrefix(namespace: string): string {
  return `${namespace}/enrolments/`;
}

/** Hex digits: base64 has both cases and slashes, and names that differ only by case are one file for some people. */
function keyName(fingerprint: string): string {
  return Buffer.from(fingerprint.slice('SHA256:'.length), 'base64').toString('hex');
}

/** Digests of every file of a result; its signature covers them all. */
export function manifestPath(folder: string): string {
  return `${folder}/manifest.json`;
}

export function clusterPath(cluster: string): string {
  return `${CLUSTERS_FOLDER}/${cluster}.yaml`;
}

/** Where the document lies that lifts the pause whose file has this digest. */
export function resumePath(pauseSha256: string): string {
  return `${RESUMES_FOLDER}/${pauseSha256}.yaml`;
}

/** Names that mean something to git, to hosts of repositories or to agents, wherever they lie. */
const STEERING_NAMES = new Set([
  '.git',
  '.gitattributes',
  '.gitignore',
  '.gitmodules',
  '.github',
  '.gitlab-ci.yml',
  '.claude',
  '.mcp.json',
  'claude.md',
  'claude.local.md',
  'agents.md',
  'codeowners',
]);

/** Whether a file at this path would change what other programs do with the war room. */
export function isSteeringPath(path: string): boolean {
  return path.split('/').some((name) => STEERING_NAMES.has(name.toLowerCase()));
}

/** `requests/2026/11/20`. */
export function requestDayFolder(day: Date): string {
  return `${REQUESTS_FOLDER}/${day.toISOString().slice(0, 10).replaceAll('-', '/')}`;
}

/** `results/2026/11/20`. */
export function resultDayFolder(day: Date): string {
  return `${RESULTS_FOLDER}/${day.toISOString().slice(0, 10).replaceAll('-', '/')}`;
}

export type RequestFile =
  | { readonly kind: 'request'; readonly id: RequestId }
  | { readonly kind: 'cancel'; readonly id: RequestId }
  | { readonly kind: 'signature'; readonly of: 'request' | 'cancel'; readonly id: RequestId };

/** What a path below `requests/` holds; undefined when it does not follow the grammar exactly. */
export function parseRequestPath(path: string): RequestFile | undefined {
  const name = /^requests\/\d{4}\/\d{2}\/\d{2}\/([^/]+)$/u.exec(path)?.[1];
  const parts = name === undefined ? null : /^([a-z0-9-]+)(\.cancel)?\.yaml(\.sig)?$/u.exec(name);
  const id = parseRequestId(parts?.[1] ?? '');
  if (parts === null || id === undefined) return undefined;
  const of = parts[2] === undefined ? 'request' : 'cancel';
  const expected = of === 'request' ? requestPath(id) : cancelPath(id);
  if (parts[3] !== undefined) return path === signaturePath(expected) ? { kind: 'signature', of, id } : undefined;
  return path === expected ? { kind: of, id } : undefined;
}

/** Refs under a namespace such as `refs/warroom`. */
export function claimRef(namespace: string, cluster: string, id: RequestId): string {
  return `${namespace}/claims/${cluster}/${id}`;
}

export function claimRefPrefix(namespace: string, cluster?: string): string {
  return cluster === undefined ? `${namespace}/claims/` : `${namespace}/claims/${cluster}/`;
}

export function inboxRef(namespace: string, id: RequestId, kind: 'request' | 'cancel'): string {
  return kind === 'request' ? `${namespace}/inbox/${id}` : `${namespace}/inbox/${id}.cancel`;
}

export function inboxRefPrefix(namespace: string): string {
  return `${namespace}/inbox/`;
}

export function presenceRef(namespace: string, cluster: string, holder: string): string {
  return `${namespace}/processors/${cluster}/${holder}`;
}

export function presenceRefPrefix(namespace: string): string {
  return `${namespace}/processors/`;
}
