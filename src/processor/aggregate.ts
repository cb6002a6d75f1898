import { manifestPath, MAX_REQUEST_BYTES, requestPath, resultFolder } from '../domain/repository-layout.ts';
import type { RequestId } from '../domain/request-id.ts';
import { requestTargets } from '../domain/request.ts';
import { sha256 } from '../lib/digest.ts';
import { buildAggregate } from '../report/aggregate/build-aggregate.ts';
import type { PartSource } from '../report/aggregate/part-summary.ts';
import { fileDocument, fileText } from '../repository/file-content.ts';
import type { FileChange, FileContent, Snapshot } from '../repository/port.ts';
import type { Manifest, ManifestRequest, RequestTarget, TroubleshootingRequest } from '../schema/generated.ts';
import { aggregateFiles, AGGREGATE_FILES, partsOf } from './aggregate-files.ts';
import type { ProcessorContext } from './context.ts';
import { readPublishedPart, type PublishedPart } from './published-part.ts';

const MAX_PAGE_BYTES = 4 * 1024 * 1024;
/** Why a part is called expired. */
export const UNCLAIMED =
  'nobody answered before the request expired: its processor does not run, or cannot reach the war room';

/** A request for several clusters that this processor has found to be what it says. */
export interface SharedRequest {
  readonly id: RequestId;
  readonly request: TroubleshootingRequest;
  readonly named: ManifestRequest;
}

/** `isComplete`: every cluster has ended, or is not waited for any more. */
export type Aggregation =
  | { readonly kind: 'write'; readonly files: readonly FileChange[]; readonly isComplete: boolean }
  /** Exactly that is there already. */
  | { readonly kind: 'current'; readonly isComplete: boolean };

export interface AggregateLook {
  readonly snapshot: Snapshot;
  /** Clusters that are not waited for any more, and why. */
  readonly expired: ReadonlyMap<string, string>;
  /** Files of the own part that are published in the same commit, by path inside its folder. */
  readonly own?: ReadonlyMap<string, string>;
}

/**
 * The request of a part, read again from the branch and compared with the digest that was admitted; undefined when it is
 * not there, asks one cluster, or is not what was admitted. Only bytes that somebody vouched for may be given here.
 */
export async function readSharedRequest(
  snapshot: Snapshot,
  id: RequestId,
  named: ManifestRequest,
): Promise<SharedRequest | undefined> {
  const path = requestPath(id);
  const content = (await snapshot.readPaths([path], { maxBytes: MAX_REQUEST_BYTES })).get(path);
  if (content?.kind !== 'bytes' || sha256(content.bytes) !== named.sha256) return undefined;
  const request = fileDocument('TroubleshootingRequest', content, path);
  return request === undefined || requestTargets(request).length < 2 ? undefined : { id, request, named };
}

/** What has to be written over the parts as one look shows them. */
export async function aggregateParts(
  context: ProcessorContext,
  { id, request, named }: SharedRequest,
  look: AggregateLook,
): Promise<Aggregation> {
  const { settings, versions, clock } = context;
  const folder = resultFolder(id);
  const there = await readPage(look.snapshot, folder);
  const expired = new Map([...expiredBefore(there.manifest), ...look.expired]);
  const sources: PartSource[] = [];
  for (const target of requestTargets(request)) {
    sources.push(await sourceOf(context, { id, target, requestSha256: named.sha256, look: { ...look, expired } }));
  }
  const aggregate = buildAggregate({
    request,
    requestSha256: named.sha256,
    signer: named.signer?.principal,
    sources,
    writer: { cluster: settings.cluster.name, holder: settings.holder, version: versions['claude-warroom'] ?? '' },
    now: clock.now(),
  });
  const { isComplete } = aggregate;
  const isCurrent = there.isWhole && JSON.stringify(there.manifest?.parts) === JSON.stringify(partsOf(aggregate));
  if (isCurrent) return { kind: 'current', isComplete };
  const files = await aggregateFiles(context, aggregate, named);
  return {
    kind: 'write',
    files: [...files].map(([path, content]) => ({ path: `${folder}/${path}`, content })),
    isComplete,
  };
}

async function sourceOf(
  context: ProcessorContext,
  {
    id,
    target,
    requestSha256,
    look,
  }: {
    readonly id: RequestId;
    readonly target: RequestTarget;
    readonly requestSha256: string;
    readonly look: AggregateLook;
  },
): Promise<PartSource> {
  const { snapshot, own, expired } = look;
  const cluster = target.name;
  const isOwn = cluster === context.settings.cluster.name;
  const place = { id, cluster, folder: resultFolder(id, cluster), requestSha256 };
  const part = await readPublishedPart(
    context,
    isOwn && own !== undefined ? withFiles(snapshot, place.folder, own) : snapshot,
    place,
  );
  if (part !== undefined) return ended(target, part, isOwn);
  const reason = expired.get(cluster);
  return reason === undefined ? { target, kind: 'open' } : { target, kind: 'expired', reason };
}

function ended(target: RequestTarget, part: PublishedPart, isOwn: boolean): PartSource {
  const { status, signature, problem, manifestSha256, report } = part;
  return {
    target,
    kind: 'ended',
    status,
    signature: isOwn && signature !== 'broken' ? 'own' : signature,
    ...(problem === undefined ? {} : { problem }),
    ...(manifestSha256 === undefined ? {} : { manifestSha256 }),
    ...(report === undefined ? {} : { report }),
  };
}

/** The snapshot as it will be after the own part has been published. */
function withFiles(snapshot: Snapshot, folder: string, files: ReadonlyMap<string, string>): Snapshot {
  return {
    ...snapshot,
    readPaths: (paths) => {
      const contents = new Map<string, FileContent>();
      for (const path of paths) {
        const text = files.get(path.slice(folder.length + 1));
        if (text !== undefined) contents.set(path, { kind: 'bytes', bytes: Buffer.from(text) });
      }
      return Promise.resolve(contents);
    },
  };
}

/** The page that is there, and whether its files are those that it was signed with. */
async function readPage(
  snapshot: Snapshot,
  folder: string,
): Promise<{ readonly manifest: Manifest | undefined; readonly isWhole: boolean }> {
  const paths = AGGREGATE_FILES.map((name) => `${folder}/${name}`);
  const found = await snapshot.readPaths(paths, { maxBytes: MAX_PAGE_BYTES });
  const manifest = fileDocument('Manifest', found.get(manifestPath(folder)), manifestPath(folder));
  const isWhole =
    manifest?.files.every(({ path, sha256: digest }) => {
      const text = fileText(found.get(`${folder}/${path}`));
      return text !== undefined && sha256(text) === digest;
    }) === true;
  return { manifest, isWhole };
}

/** Who was given up once stays so until its part comes: processors whose clocks differ would write in turn for ever. */
function expiredBefore(manifest: Manifest | undefined): readonly (readonly [string, string])[] {
  return (manifest?.parts ?? []).flatMap(({ cluster, phase, sha256: digest }) =>
    phase === 'expired' && digest === undefined ? [[cluster, UNCLAIMED] as const] : [],
  );
}
