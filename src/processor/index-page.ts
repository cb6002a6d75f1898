import { isTerminal } from '../domain/phase.ts';
import { MAX_REQUEST_BYTES, parseRequestPath, RESULTS_FOLDER } from '../domain/repository-layout.ts';
import { parseRequestId, type RequestId } from '../domain/request-id.ts';
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
  const done = new Set(ended.map(({ id }) => id));
  return renderIndexPage({ open: await openRows(snapshot, windowFiles, { done, now }), recent: ended, now });
}

function lastMonths(now: Date): readonly string[] {
  return Array.from({ length: MONTHS }, (_, index) => {
    const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - index, 1));
    return month.toISOString().slice(0, 7).replace('-', '/');
  });
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
      return id === undefined || file.mode !== '100644' ? [] : [{ id, part: match?.[2], file }];
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
  options: { readonly done: ReadonlySet<string>; readonly now: Date },
): Promise<readonly OpenRequest[]> {
  const waiting = files
    .flatMap((file): { id: RequestId; file: TreeFile }[] => {
      const parsed = parseRequestPath(file.path);
      return parsed?.kind === 'request' && file.mode === '100644' && !options.done.has(parsed.id)
        ? [{ id: parsed.id, file }]
        : [];
    })
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
    const cluster = requestTargets(request)
      .map(({ name }) => name)
      .join(', ');
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
