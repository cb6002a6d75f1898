import { isWarroomError } from '../domain/errors.ts';
import { requestTargets } from '../domain/request.ts';
import { claimRef, manifestPath, requestPath } from '../domain/repository-layout.ts';
import { parseRequestId, type RequestId } from '../domain/request-id.ts';
import { fileDocument } from '../repository/file-content.ts';
import type { Snapshot, TreeFile } from '../repository/port.ts';
import type { ManifestRequest } from '../schema/generated.ts';
import { aggregateParts, readSharedRequest, UNCLAIMED, type Aggregation, type SharedRequest } from './aggregate.ts';
import type { ProcessorContext } from './context.ts';
import { dispositionOf } from './disposition.ts';
import { LeaseObserver } from './lease-observer.ts';

/** What is known of one request with several parts. */
interface Kept {
  /** Of the files that lie there. */
  readonly fingerprint: string;
  /** When to look again although no file has changed; never when everybody has ended. */
  readonly lookAgainMs: number | undefined;
}

/**
 * Sees to it that the page over all parts says what the parts say, for requests that this processor has a part of: when
 * a part came after its author had looked, when somebody was killed in between, and when a cluster never answered and the
 * time is over. Every processor of the request may find that out at once; the tip decides who writes.
 */
export class AggregateKeeper {
  readonly #context: ProcessorContext;
  readonly #kept = new Map<RequestId, Kept>();
  #listed: { readonly files: readonly TreeFile[]; readonly groups: ReadonlyMap<RequestId, Group> } | undefined;
  /** Claims of those who have begun and never ended. */
  readonly #leases: LeaseObserver;

  constructor(context: ProcessorContext) {
    this.#context = context;
    this.#leases = new LeaseObserver(context.clock);
  }

  /** `files` are the tree entries of the results of the last days. */
  async tidy(snapshot: Snapshot, files: readonly TreeFile[]): Promise<void> {
    // The same list as long as the branch has not moved.
    if (this.#listed?.files !== files) {
      this.#listed = { files, groups: sharedResults(files, this.#context.settings.cluster.name) };
    }
    const { groups } = this.#listed;
    for (const id of this.#kept.keys()) if (!groups.has(id)) this.#kept.delete(id);
    for (const [id, { fingerprint, folder }] of groups) {
      if (this.#isDue(id, fingerprint)) await this.#lookSafely(id, { fingerprint, folder, snapshot });
    }
  }

  /** What cannot be put together, whatever a part holds, keeps nothing else waiting. */
  async #lookSafely(id: RequestId, group: Group & { readonly snapshot: Snapshot }): Promise<void> {
    try {
      await this.#look(id, group);
    } catch (error) {
      if (!isWarroomError(error) || dispositionOf(error) !== 'give-up') throw error;
      this.#kept.set(id, { fingerprint: group.fingerprint, lookAgainMs: undefined });
      this.#context.emit({
        type: 'warning',
        code: error.code,
        message: `${id}: no page over all parts: ${error.message}`,
      });
    }
  }

  #isDue(id: RequestId, fingerprint: string): boolean {
    const kept = this.#kept.get(id);
    if (kept?.fingerprint !== fingerprint) return true;
    return kept.lookAgainMs !== undefined && this.#context.clock.now().getTime() >= kept.lookAgainMs;
  }

  async #look(
    id: RequestId,
    { fingerprint, folder, snapshot }: Group & { readonly snapshot: Snapshot },
  ): Promise<void> {
    const { clock } = this.#context;
    const named = await this.#requestOf(id, folder, snapshot);
    const shared = named === undefined ? undefined : await readSharedRequest(snapshot, id, named);
    if (shared === undefined) {
      this.#kept.set(id, { fingerprint, lookAgainMs: undefined });
      return;
    }
    const expiresMs = Date.parse(shared.request.spec.expiresAt);
    const isOver = clock.now().getTime() > expiresMs;
    // Nobody else looks at the claims of other clusters, so this is a look of its own.
    const seen = isOver ? await this.#withClaims(shared) : snapshot;
    const expired = isOver ? await this.#expired(shared, seen) : new Map<string, string>();
    const page = await aggregateParts(this.#context, shared, { snapshot: seen, expired });
    if (page.kind === 'write') {
      // What was written has another fingerprint, so the next look sees whether it stands; what was not is tried again.
      this.#kept.delete(id);
      await this.#write(id, page, seen);
      return;
    }
    const lookAgainMs = isOver ? clock.now().getTime() + this.#claimPauseMs() : expiresMs + 1;
    this.#kept.set(id, { fingerprint, lookAgainMs: page.isComplete ? undefined : lookAgainMs });
  }

  async #write(id: RequestId, page: Extract<Aggregation, { readonly kind: 'write' }>, seen: Snapshot): Promise<void> {
    const { warRoom, failpoint, emit } = this.#context;
    const within = page.files.map(({ path }) => path);
    failpoint('before-aggregate');
    const change = { files: page.files, within, message: `aggregate ${id}\n`, onto: seen.tip };
    const outcome = await warRoom.land(change, { attempts: 1 });
    failpoint('after-aggregate');
    if (outcome.kind === 'landed') emit({ type: 'aggregated', id, isComplete: page.isComplete });
  }

  /** Often enough to see that a claim is not renewed. */
  #claimPauseMs(): number {
    return (this.#context.settings.lease.seconds * 1000) / 2;
  }

  /** What the own part was admitted as; undefined where nobody vouches for the bytes any more. */
  async #requestOf(id: RequestId, folder: string, snapshot: Snapshot): Promise<ManifestRequest | undefined> {
    const { settings, ledger } = this.#context;
    const path = manifestPath(`${folder}/${settings.cluster.name}`);
    const content = (await snapshot.readPaths([path], { maxBytes: 4 * 1024 * 1024 })).get(path);
    const request = fileDocument('Manifest', content, path)?.request;
    if (request === undefined) return undefined;
    const named = { path: requestPath(id), sha256: request.sha256 };
    if (settings.trust === 'open') return named;
    // Anybody may have written what lies there; the ledger is ours.
    const known = ledger.request(id);
    if (known?.sha256 !== request.sha256 || known.signer === undefined) return undefined;
    const { principal, fingerprint } = known.signer;
    return { ...named, signer: { principal, fingerprint } };
  }

  async #withClaims({ id, request }: SharedRequest): Promise<Snapshot> {
    const { warRoom } = this.#context;
    const refPrefixes = requestTargets(request).map(({ name }) => claimRef(warRoom.refNamespace, name, id));
    const snapshot = await warRoom.refresh({ refPrefixes });
    this.#leases.observe(snapshot.refs);
    return snapshot;
  }

  /** Clusters that have no claim, or one whose holder no longer renews it. */
  async #expired({ id, request }: SharedRequest, snapshot: Snapshot): Promise<ReadonlyMap<string, string>> {
    const { warRoom } = this.#context;
    const expired = new Map<string, string>();
    const claims = await snapshot.readRefs(snapshot.refs.keys(), { maxBytes: 64 * 1024 });
    for (const { name } of requestTargets(request)) {
      const ref = claimRef(warRoom.refNamespace, name, id);
      if (!snapshot.refs.has(ref)) {
        expired.set(name, UNCLAIMED);
        continue;
      }
      const claim = fileDocument('Claim', [...(claims.get(ref)?.files.values() ?? [])].at(0), ref);
      const leaseSeconds = claim?.leaseSeconds ?? this.#context.settings.lease.seconds;
      if (this.#leases.isDead(ref, leaseSeconds)) {
        expired.set(name, `${claim?.holder ?? 'its processor'} began and has not been heard of since`);
      }
    }
    return expired;
  }
}

interface Group {
  readonly folder: string;
  readonly fingerprint: string;
}

/** Requests with parts of which one is ours, and what lies there. */
function sharedResults(files: readonly TreeFile[], cluster: string): ReadonlyMap<RequestId, Group> {
  const groups = new Map<RequestId, { folder: string; isOurs: boolean; entries: string[] }>();
  for (const { path, oid } of files) {
    const match =
      /^(results\/\d{4}\/\d{2}\/\d{2}\/([^/]+))\/(?:([^/]+)\/)?(manifest\.json|status\.yaml|README\.md|aggregate\.json)$/u.exec(
        path,
      );
    const id = parseRequestId(match?.[2] ?? '');
    const [, folder, , part, name = ''] = match ?? [];
    if (id === undefined || folder === undefined) continue;
    const group = groups.get(id) ?? { folder, isOurs: false, entries: [] };
    group.entries.push(`${part ?? ''}/${name} ${oid}`);
    if (part === cluster && name === 'manifest.json') group.isOurs = true;
    groups.set(id, group);
  }
  return new Map(
    [...groups].flatMap(([id, { folder, isOurs, entries }]) =>
      isOurs ? [[id, { folder, fingerprint: entries.sort().join('\n') }] as const] : [],
    ),
  );
}
