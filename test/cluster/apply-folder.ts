import { parseAllDocuments } from 'yaml';
import { runChild } from '../../src/lib/child-process.ts';
import { isRecord } from '../../src/schema/record.ts';
import type { ApiReply, ClusterApi } from './cluster-api.ts';

export interface AppliedFolder {
  /** Objects of the folder, as `Kind namespace/name`. */
  readonly objects: readonly string[];
  /** What the API server says against an object. */
  readonly refused: readonly string[];
  /** Objects that change each time: something in them is written in another way than the server keeps it. */
  readonly drift: readonly string[];
}

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

const APPLY = 'fieldManager=warroom-install&fieldValidation=Strict';
const ATTEMPTS_TO_SETTLE = 5;
/** What others lie in or are made of comes first. */
const FIRST = ['CustomResourceDefinition', 'Namespace'];

export async function applyFolderTwice(
  api: ClusterApi,
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<AppliedFolder> {
  return await applyTwice(api, await renderFolder(folder, env));
}

/**
 * Applies objects again and again, server-side and with strict validation of fields, as Argo CD does. What is well
 * written is accepted, and from the second time on changes nothing: neither its resource version nor who owns which field.
 */
export async function applyTwice(api: ClusterApi, manifests: readonly Manifest[]): Promise<AppliedFolder> {
  const ordered = [...manifests].sort((a, b) => rank(a) - rank(b));
  const refused: string[] = [];
  const drift: string[] = [];
  for (const manifest of ordered) {
    const path = await pathOf(api, manifest);
    if (path === undefined) {
      refused.push(`${titleOf(manifest)}: the server knows no ${manifest.kind} of ${manifest.apiVersion}`);
      continue;
    }
    const first = await apply(api, path, manifest);
    if (first.status >= 300) {
      refused.push(`${titleOf(manifest)}: ${messageOf(first)}`);
      continue;
    }
    const change = await lastingChange(api, path, manifest);
    if (change !== undefined) drift.push(`${titleOf(manifest)}: ${change}`);
  }
  return { objects: ordered.map(titleOf), refused, drift };
}

/** What a kustomize folder comes to. */
export async function renderFolder(
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<readonly Manifest[]> {
  const argv = ['kubectl', 'kustomize', folder];
  const { end, stdout, stderr } = await runChild({ argv, env, timeoutMs: 60_000, maxBytes: 8 * 1024 * 1024 });
  if (end.kind !== 'exited' || end.exit !== 0) throw new Error(`${argv.join(' ')}: ${stderr.toString('utf8')}`);
  return parseManifests(stdout.toString('utf8'));
}

/** Objects of a YAML stream. */
export function parseManifests(text: string): readonly Manifest[] {
  return parseAllDocuments(text).map((document) => {
    const value: unknown = document.toJS();
    if (!isManifest(value)) throw new Error(`this is no object: ${JSON.stringify(value)}`);
    return value;
  });
}

async function apply(api: ClusterApi, path: string, body: Manifest): Promise<ApiReply> {
  return await api.send('PATCH', `${path}?${APPLY}`, { body, contentType: 'application/apply-patch+yaml' });
}

/** Server and controllers may complete what was just created; what settles once is not changed by being applied. */
async function lastingChange(api: ClusterApi, path: string, manifest: Manifest): Promise<string | undefined> {
  let last = await apply(api, path, manifest);
  let change: string | undefined;
  for (let attempt = 0; attempt < ATTEMPTS_TO_SETTLE; attempt++) {
    const next = await apply(api, path, manifest);
    change = whatChanged(last, next);
    if (change === undefined) return undefined;
    last = next;
  }
  return change;
}

/** Asks the server itself which resource a kind is. */
async function pathOf(api: ClusterApi, { apiVersion, kind, metadata }: Manifest): Promise<string | undefined> {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const { status, text } = await api.send('GET', root);
  const answer: unknown = status === 200 ? JSON.parse(text) : {};
  const resources: unknown = isRecord(answer) ? answer['resources'] : undefined;
  const found = (Array.isArray(resources) ? resources : []).find(
    (each: unknown) => isRecord(each) && each['kind'] === kind && !String(each['name']).includes('/'),
  ) as unknown;
  if (!isRecord(found)) return undefined;
  const { namespace = 'default', name } = metadata;
  return `${root}${found['namespaced'] === true ? `/namespaces/${namespace}` : ''}/${String(found['name'])}/${name}`;
}

function whatChanged(first: ApiReply, second: ApiReply): string | undefined {
  if (second.status >= 300) return `the second time: ${messageOf(second)}`;
  const [before, after] = [metadataOf(first), metadataOf(second)];
  if (before['resourceVersion'] !== after['resourceVersion']) return 'another resource version';
  const owners = (metadata: Readonly<Record<string, unknown>>): string => JSON.stringify(metadata['managedFields']);
  return owners(before) === owners(after) ? undefined : 'other owners of its fields';
}

function metadataOf({ text }: ApiReply): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(text);
  const metadata = isRecord(value) ? value['metadata'] : undefined;
  return isRecord(metadata) ? metadata : {};
}

function messageOf({ status, text }: ApiReply): string {
  const value: unknown = JSON.parse(text);
  return isRecord(value) ? String(value['message']) : `status ${status}`;
}

function titleOf({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
}

function rank({ kind }: Manifest): number {
  const index = FIRST.indexOf(kind);
  return index === -1 ? FIRST.length : index;
}

function isManifest(value: unknown): value is Manifest {
  return isRecord(value) && typeof value['kind'] === 'string' && isRecord(value['metadata']);
}
