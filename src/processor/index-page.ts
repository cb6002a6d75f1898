import { isTerminal } from '../domain/phase.ts';
import { aggregatePath, MAX_REQUEST_BYTES, parseRequestPath, RESULTS_FOLDER } from '../domain/repository-layout.ts';
import { isCanary, parseRequestId, type RequestId } from '../domain/request-id.ts';
import { requestTargets } from '../domain/request.ts';
import { renderIndexPage, type EndedRequest, type OpenRequest } from '../report/index-page.ts';
import { fileDocument } from '../repository/file-content.ts';
import type { Snapshot, TreeFile } from '../repository/port.ts';
import type { Status } from '../schema/generated.ts';

const MAX_ROWS = 50;
/** A page that shows the last fifty looks back this far at most. */
const MONTHS = 3;

/** results/README.md from what lies in the war room: open requests on top, then the latest answers. */
export async function renderIndex(snapshot: Snapshot, windowFiles: readonly TreeFile[], now: Date): Promise<string> {
  const results = await snapshot.list(lastMonths(now).map((month) => `${RESULTS_FOLDER}/${month}`));
  const statuses = await readStatuses(snapshot, results);
  const ended = statuses.flatMap(endedRow);
  const done = endedParts(windowFiles);
  for (const { id, part } of ended) note(done, id, part);
  return renderIndexPage({ open: await openRows(snapshot, windowFiles, { done, now }), recent: ended, now });
}

function lastMonths(now: Date): readonly string[] {
  return Array.from({ length: MONTHS }, (_, index) => {
    const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - index, 1));
    return month.toISOString().slice(0, 7).replace('-', '/');
  });
}

/** In the place of a cluster: the request asked one, and that has ended. */
const WHOLE = '';
type EndedParts = ReadonlyMap<string, ReadonlySet<string>>;

/** What has ended, by the manifests: they come with a result and never before. */
function endedParts(files: readonly TreeFile[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const paths = new Set(files.map(({ path }) => path));
  for (const path of paths) {
    const match = /^(results\/\d{4}\/\d{2}\/\d{2}\/([^/]+))\/(?:([^/]+)\/)?manifest\.json$/u.exec(path);
    const [, folder = '', id = '', part] = match ?? [];
    // The page over all parts has a manifest too, from the first part on.
    if (match !== null && (part !== undefined || !paths.has(aggregatePath(folder)))) note(found, id, part);
  }
  return found;
}

function note(found: Map<string, Set<string>>, id: string, part: string = WHOLE): void {
  found.set(id, (found.get(id) ?? new Set()).add(part));
}

interface FoundStatus {
  readonly status: Status;
  readonly part?: string;
}

/** The newest statuses by id; ids begin with their time. */
async function readStatuses(snapshot: Snapshot, files: readonly TreeFile[]): Promise<readonly FoundStatus[]> {
  const found = files
    .flatMap((file) => {
      const match = /^results\/\d{4}\/\d{2}\/\d{2}\/([^/]+)\/(?:([^/]+)\/)?status\.yaml$/u.exec(file.path);
      const id = parseRequestId(match?.[1] ?? '');
      return id === undefined || isCanary(id) || file.mode !== '100644' ? [] : [{ id, part: match?.[2], file }];
    })
    .sort((a, b) => (a.id < b.id ? 1 : -1))
    .slice(0, MAX_ROWS * 2);
  const contents = await snapshot.read(
    found.map(({ file }) => file),
    { maxBytes: MAX_REQUEST_BYTES },
  );
  return found.flatMap(({ file, part }) => {
    const status = fileDocument('Status', contents.get(file.oid), file.path);
    return status !== undefined ? [{ status, ...(part === undefined ? {} : { part }) }] : [];
  });
}

function endedRow({ status, part }: FoundStatus): EndedRequest[] {
  if (!isTerminal(status.phase)) return [];
  const { outcome, quality, times } = status;
  return [
    {
      id: status.id,
      title: status.title ?? status.id,
      cluster: status.cluster,
      phase: status.phase,
      ...(outcome === undefined ? {} : { outcome }),
      ...(quality === undefined ? {} : { quality }),
      bottomLine: status.bottomLine ?? status.reason?.message ?? status.phase,
      createdAt: times.createdAt,
      finishedAt: times.finishedAt ?? times.createdAt,
      ...(part === undefined ? {} : { part }),
    },
  ];
}

/** Requests of the last days without an answer that could still get one. */
async function openRows(
  snapshot: Snapshot,
  files: readonly TreeFile[],
  options: { readonly done: EndedParts; readonly now: Date },
): Promise<readonly OpenRequest[]> {
  const waiting = files
    .flatMap((file): { id: RequestId; file: TreeFile }[] => {
      const parsed = parseRequestPath(file.path);
      const isShown = parsed?.kind === 'request' && file.mode === '100644' && !isCanary(parsed.id);
      return isShown ? [{ id: parsed.id, file }] : [];
    })
    .filter(({ id }) => options.done.get(id)?.has(WHOLE) !== true)
    .sort((a, b) => (a.id < b.id ? 1 : -1))
    .slice(0, MAX_ROWS);
  const contents = await snapshot.read(
    waiting.map(({ file }) => file),
    { maxBytes: MAX_REQUEST_BYTES },
  );
  return waiting.flatMap(({ id, file }): OpenRequest[] => {
    const request = fileDocument('TroubleshootingRequest', contents.get(file.oid), file.path);
    if (request === undefined || Date.parse(request.spec.expiresAt) < options.now.getTime()) return [];
    const { metadata } = request;
    const waitsFor = requestTargets(request).filter(({ name }) => options.done.get(id)?.has(name) !== true);
    if (waitsFor.length === 0) return [];
    const cluster = waitsFor.map(({ name }) => name).join(', ');
    return [
      {
        id,
        title: metadata.title,
        cluster,
        requester: metadata.engineer,
        phase: 'pending',
        createdAt: metadata.timestamp,
      },
    ];
  });
}
