import { WarroomError } from '../domain/errors.ts';
import { aggregatePath, manifestPath, reportPath, resultFolder } from '../domain/repository-layout.ts';
import type { RequestId } from '../domain/request-id.ts';
import type { Snapshot, TreeFile } from '../repository/port.ts';
import type { Aggregate, Report, ReportEvidence } from '../schema/generated.ts';
import type { Kind, Kinds } from '../schema/kinds.ts';
import { parseDocument } from '../schema/parse-document.ts';
import { formatProblem } from '../schema/problem.ts';
import { fileText } from '../repository/file-content.ts';
import { externalFiles, type ExternalFile } from './external-evidence.ts';

/** A report with much evidence stays far below this. */
const MAX_REPORT_BYTES = 16 * 1024 * 1024;
const MAX_RESULT_FILE_BYTES = 16 * 1024 * 1024;

/** Report of one cluster. */
export interface PublishedReport {
  /** Folder that it lies in, with its evidence. */
  readonly folder: string;
  readonly report: Report;
  /** The bytes of report.json. */
  readonly json: string;
}

/** Reports of a request, one per cluster that has published one; empty when there is none yet. */
export async function readReports(
  snapshot: Snapshot,
  id: RequestId,
  signal?: AbortSignal,
): Promise<readonly PublishedReport[]> {
  const files = await resultFiles(snapshot, id, signal);
  const top = resultFolder(id);
  const reports = files.filter(({ path }) => {
    const folder = path.slice(0, path.lastIndexOf('/'));
    const depth = folder.slice(top.length).split('/').length - 1;
    return path === reportPath(folder) && depth <= 1 && !folder.endsWith('/evidence');
  });
  const published: PublishedReport[] = [];
  for (const { path } of reports) {
    const json = await readText(snapshot, path, signal);
    const report = parsed('Report', json, { path, what: `the report of ${id}` });
    published.push({ folder: path.slice(0, path.lastIndexOf('/')), report, json });
  }
  return published;
}

/** README.md of a result folder: the report, or the page over all parts, as people see it in the browser. */
export async function readMarkdown(snapshot: Snapshot, folder: string, signal?: AbortSignal): Promise<string> {
  return await readText(snapshot, `${folder}/README.md`, signal);
}

/** What was put together from the parts of a request to several clusters. */
export interface PublishedAggregate {
  readonly aggregate: Aggregate;
  /** The bytes of aggregate.json. */
  readonly json: string;
}

/** Undefined for a request to one cluster, and while no part has ended; throws `invalid-file` for what cannot be read. */
export async function readAggregate(
  snapshot: Snapshot,
  id: RequestId,
  signal?: AbortSignal,
): Promise<PublishedAggregate | undefined> {
  const path = aggregatePath(resultFolder(id));
  const files = await resultFiles(snapshot, id, signal);
  if (!files.some((file) => file.path === path)) return undefined;
  const json = await readText(snapshot, path, signal);
  return { aggregate: parsed('Aggregate', json, { path, what: `the page over all parts of ${id}` }), json };
}

/**
 * One piece of evidence of any of the reports, from Git or from where its manifest says that it is; throws `not-found`
 * naming those that exist.
 */
export async function readEvidence(
  snapshot: Snapshot,
  reports: readonly PublishedReport[],
  options: {
    readonly evidence: string;
    /** Brings what lies in an object store, checked against the manifest. */
    readonly fetchExternal: (file: ExternalFile) => Promise<Uint8Array>;
    readonly signal?: AbortSignal;
  },
): Promise<{ readonly evidence: ReportEvidence; readonly text: string }> {
  const wanted = options.evidence
    .toUpperCase()
    .replace(/^E?(\d+)$/u, (_, digits: string) => `E${digits.padStart(3, '0')}`);
  const found = reports.flatMap(({ folder, report }) => {
    const evidence = report.evidence.find(({ id }) => id === wanted);
    return evidence === undefined ? [] : [{ folder, evidence, cluster: report.cluster.name }];
  });
  const [first, second] = found;
  if (first !== undefined && second !== undefined) {
    throw new WarroomError('ambiguous', `several clusters have recorded ${wanted}`, {
      why: found.map(({ cluster }) => cluster).join(', '),
      hint: `name one with  --cluster ${first.cluster}`,
    });
  }
  if (first !== undefined) {
    const { folder, evidence } = first;
    const external = await readExternal(snapshot, { folder, path: evidence.file, signal: options.signal });
    const text =
      external === undefined
        ? await readText(snapshot, `${folder}/${evidence.file}`, options.signal)
        : Buffer.from(await options.fetchExternal(external)).toString('utf8');
    return { evidence, text };
  }
  const known = reports.flatMap(({ report }) => report.evidence.map(({ id }) => id));
  throw new WarroomError('not-found', `there is no evidence "${options.evidence}"`, {
    why: known.length === 0 ? 'the report has none' : `the report has ${known.join(', ')}`,
  });
}

/** Where the manifest of a result says that one of its files is, when that is not Git. */
async function readExternal(
  snapshot: Snapshot,
  {
    folder,
    path,
    signal,
  }: { readonly folder: string; readonly path: string; readonly signal: AbortSignal | undefined },
): Promise<ExternalFile | undefined> {
  const manifest = manifestPath(folder);
  const read = { maxBytes: MAX_REPORT_BYTES, ...(signal === undefined ? {} : { signal }) };
  const content = (await snapshot.readPaths([manifest], read)).get(manifest);
  if (content?.kind !== 'bytes') return undefined;
  return externalFiles(new Map([['manifest.json', content.bytes]])).find((file) => file.path === path);
}

/** Every plain file of a result, or of one part of it, by its path below that folder. */
export async function readResultFiles(
  snapshot: Snapshot,
  {
    id,
    folder = resultFolder(id),
    signal,
  }: { readonly id: RequestId; readonly folder?: string; readonly signal?: AbortSignal },
): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = (await resultFiles(snapshot, id, signal)).filter(({ mode }) => mode === '100644');
  const read = { maxBytes: MAX_RESULT_FILE_BYTES, ...(signal === undefined ? {} : { signal }) };
  const contents = await snapshot.read(files, read);
  const prefix = `${folder}/`;
  const found = new Map<string, Uint8Array>();
  for (const { path, oid } of files) {
    const content = contents.get(oid);
    if (content?.kind === 'bytes' && path.startsWith(prefix)) found.set(path.slice(prefix.length), content.bytes);
  }
  return found;
}

function parsed<Name extends Kind>(
  kind: Name,
  json: string,
  { path, what }: { readonly path: string; readonly what: string },
): Kinds[Name] {
  const result = parseDocument(kind, json, { file: path });
  if (result.ok) return result.value;
  throw new WarroomError('invalid-file', `${what} cannot be read`, {
    why: result.problems
      .slice(0, 3)
      .map((problem) => formatProblem(problem))
      .join('\n'),
    hint: 'it may come from a newer version of claude-warroom',
  });
}

async function resultFiles(snapshot: Snapshot, id: RequestId, signal?: AbortSignal): Promise<readonly TreeFile[]> {
  return await snapshot.list([resultFolder(id)], signal === undefined ? {} : { signal });
}

async function readText(snapshot: Snapshot, path: string, signal?: AbortSignal): Promise<string> {
  const read = { maxBytes: MAX_REPORT_BYTES, ...(signal === undefined ? {} : { signal }) };
  const content = (await snapshot.readPaths([path], read)).get(path);
  const text = fileText(content);
  if (text !== undefined) return text;
  throw new WarroomError('not-found', `${path} cannot be read`, {
    why: content === undefined ? 'the file does not exist' : 'it is too large or not UTF-8 text',
    ...(content === undefined ? { hint: 'a cluster may keep its evidence in the secure zone: see manifest.json' } : {}),
  });
}
