import { join } from 'node:path';
import { coordinationOf, partsThatMatter, turnOf, type OtherPart, type Turn } from '../domain/coordination.ts';
import { isTerminal } from '../domain/phase.ts';
import { claimRef, manifestPath, resultFolder, signaturePath, statusPath } from '../domain/repository-layout.ts';
import type { RequestId } from '../domain/request-id.ts';
import type { Snapshot, TreeFile } from '../repository/port.ts';
import type { TroubleshootingRequest } from '../schema/generated.ts';
import type { Candidate } from './candidate.ts';
import { Patience } from './patience.ts';
import type { ProcessorContext } from './context.ts';
import { isTrustedPart, readPublishedPart, type PublishedPart } from './published-part.ts';

type Context = Pick<ProcessorContext, 'settings' | 'warRoom' | 'verifier' | 'clock'>;

interface Places {
  readonly snapshot: Snapshot;
  readonly byPath: ReadonlyMap<string, TreeFile>;
}

/** A request for several clusters whose own part has not begun. */
interface Waiting {
  readonly id: RequestId;
  readonly request: TroubleshootingRequest;
  readonly requestSha256: string;
}

/**
 * Looks at the other parts of requests that ask several clusters, and says whose turn it is. How long somebody has been
 * waited for is measured on this machine's own clock alone.
 */
export class OtherParts {
  readonly #context: Context;
  readonly #patience: Patience;
  /** Parts by what lies there, so that a poll that finds nothing new reads nothing. */
  readonly #read = new Map<string, PublishedPart | undefined>();
  #claimRefs: readonly string[] = [];
  #loading: Promise<void> | undefined;

  constructor(context: Context) {
    this.#context = context;
    const file = join(context.settings.stateDir, 'waits.json');
    this.#patience = new Patience({ file, clock: context.clock });
  }

  /** Claims of the clusters that are waited for, to be fetched with the next look. */
  get refPrefixes(): readonly string[] {
    return this.#claimRefs;
  }

  /** Whose turn it is, for each of these candidates that asks several clusters and has not begun. */
  async turns(candidates: readonly Candidate[], places: Places): Promise<ReadonlyMap<RequestId, Turn>> {
    await (this.#loading ??= this.#patience.load());
    const turns = new Map<RequestId, Turn>();
    const refs: string[] = [];
    const keys = new Set<string>();
    // Another list of keys may judge the same signature in another way.
    const trust = (await this.#context.verifier?.trust())?.digest ?? '';
    for (const { id, content, claim, file } of candidates) {
      if (content.kind !== 'request' || claim !== undefined) continue;
      const waiting = { id, request: content.request, requestSha256: file.sha256 };
      const names = partsThatMatter(waiting.request, this.#context.settings.cluster.name);
      if (names.length === 0) continue;
      const turn = await this.#turnOf(waiting, { names, keys, trust, ...places });
      if (turn.kind === 'wait') refs.push(this.#claimOf(id, turn.cluster));
      turns.set(id, turn);
    }
    for (const key of this.#read.keys()) if (!keys.has(key)) this.#read.delete(key);
    this.#patience.forgetAllBut(new Set(turns.keys()));
    await this.#patience.save();
    this.#claimRefs = refs;
    return turns;
  }

  async #turnOf(
    waiting: Waiting,
    {
      names,
      keys,
      trust,
      snapshot,
      byPath,
    }: Places & { readonly names: readonly string[]; readonly keys: Set<string>; readonly trust: string },
  ): Promise<Turn> {
    const { id, request, requestSha256 } = waiting;
    const coordination = coordinationOf(request);
    const others: OtherPart[] = [];
    for (const cluster of names) {
      const folder = resultFolder(id, cluster);
      const key = `${trust} ${oidsOf(folder, byPath)}`;
      if (!this.#read.has(key)) {
        const place = { id, cluster, folder, requestSha256 };
        this.#read.set(key, await readPublishedPart(this.#context, snapshot, place));
      }
      keys.add(key);
      const part = this.#read.get(key);
      // Only one is waited for at a time: the time of the next begins when that of the one before it is over.
      const isTurn = coordination.mode === 'sequential' && others.every(isSettled);
      others.push(this.#asOther(cluster, part, isTurn && this.#isOverdue(waiting, { cluster, part, snapshot })));
    }
    return turnOf(coordination, others);
  }

  #asOther(cluster: string, part: PublishedPart | undefined, isGivenUp: boolean): OtherPart {
    if (part === undefined) return { cluster, phase: 'pending', isTrusted: false, isGivenUp };
    const { phase, outcome, reason } = part.status;
    return {
      cluster,
      phase,
      outcome,
      reasonCode: reason?.code,
      isTrusted: isTrustedPart(this.#context, part),
      isGivenUp,
    };
  }

  /** Time to begin for somebody who has not claimed; with a claim also the time that the request gives to the work. */
  #isOverdue(
    { id, request }: Waiting,
    {
      cluster,
      part,
      snapshot,
    }: { readonly cluster: string; readonly part: PublishedPart | undefined; readonly snapshot: Snapshot },
  ): boolean {
    if (part !== undefined) return false;
    const { predecessorSeconds } = this.#context.settings;
    const isClaimed = snapshot.refs.has(this.#claimOf(id, cluster));
    const seconds = predecessorSeconds + (isClaimed ? request.spec.investigation.timeout : 0);
    return this.#patience.isOver(id, `${cluster} ${isClaimed ? 'claimed' : 'pending'}`, seconds * 1000);
  }

  #claimOf(id: RequestId, cluster: string): string {
    return claimRef(this.#context.warRoom.refNamespace, cluster, id);
  }
}

function isSettled({ phase, isGivenUp }: OtherPart): boolean {
  return isGivenUp || isTerminal(phase);
}

/** What lies in the place of a part; the same words for the same files. */
function oidsOf(folder: string, byPath: ReadonlyMap<string, TreeFile>): string {
  const manifest = manifestPath(folder);
  const oids = [statusPath(folder), manifest, signaturePath(manifest)].map((path) => byPath.get(path)?.oid ?? '-');
  return `${folder} ${oids.join(' ')}`;
}
