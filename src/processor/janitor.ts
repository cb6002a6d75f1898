import { isTerminal } from '../domain/phase.ts';
import { isWarroomError } from '../domain/errors.ts';
import {
  aggregatePath,
  claimRefPrefix,
  inboxRefPrefix,
  INDEX_FILE,
  presenceRefPrefix,
  requestPath,
  resultFolder,
} from '../domain/repository-layout.ts';
import { parseRequestId, requestMinute } from '../domain/request-id.ts';
import { fileText } from '../repository/file-content.ts';
import type { RefValue, Snapshot, TreeFile } from '../repository/port.ts';
import { AggregateKeeper } from './aggregate-keeper.ts';
import { renderIndex } from './index-page.ts';
import type { ProcessorContext } from './context.ts';
import type { LeaseObserver } from './lease-observer.ts';
import type { Survey } from './survey.ts';

const TIDY_MS = 10 * 60_000;
const DAY_MS = 86_400_000;
/** Inbox refs of requests that nobody may start any more. */
const INBOX_DAYS = 8;

/** What one cycle has seen. */
export interface Seen {
  readonly snapshot: Snapshot;
  readonly survey: Survey;
  /** `Janitor.changes` before the snapshot was taken. */
  readonly changes: number;
}

/** Housekeeping for idle moments: pages over several parts, the index page, refs of the dead, and the cache of the war room. */
export class Janitor {
  readonly #context: ProcessorContext;
  readonly #aggregates: AggregateKeeper;
  /** Counts what was published since the start; the index page knows the count it was made at. */
  #changes = 1;
  #indexedChanges = 0;
  #indexedMs: number | undefined;
  #tidiedMs: number | undefined;

  constructor(context: ProcessorContext) {
    this.#context = context;
    this.#aggregates = new AggregateKeeper(context);
  }

  /** Something was published: the index page is out of date. */
  noteChange(): void {
    this.#changes++;
  }

  /** To be asked before a snapshot is taken: what is counted now is in that snapshot. */
  get changes(): number {
    return this.#changes;
  }

  /** Dead claims are dropped in busy times too: something dead may be what keeps a request from running. */
  async tidy(
    seen: Seen,
    now: { readonly leases: LeaseObserver; readonly isIdle: boolean; readonly isPaused: boolean },
  ): Promise<void> {
    try {
      if (now.isIdle && !now.isPaused) await this.#aggregates.tidy(seen.snapshot, seen.survey.files);
      if (now.isIdle) await this.#refreshIndex(seen);
      await this.#dropDeadRefs(seen, now);
    } catch (error) {
      if (!isWarroomError(error)) throw error;
      this.#context.emit({ type: 'warning', code: error.code, message: `housekeeping: ${error.message}` });
    }
  }

  async #refreshIndex({ snapshot, survey, changes }: Seen): Promise<void> {
    const { clock, settings, warRoom, pushBudget, failpoint, createRedaction } = this.#context;
    const sinceMs = this.#indexedMs === undefined ? Infinity : clock.monotonicMs() - this.#indexedMs;
    if (changes === this.#indexedChanges || sinceMs < settings.indexSeconds * 1000) return;
    this.#indexedChanges = changes;
    this.#indexedMs = clock.monotonicMs();
    const redaction = await createRedaction();
    const content = await redaction.redact(await renderIndex(snapshot, survey.files, clock.now()));
    const current = (await snapshot.readPaths([INDEX_FILE], { maxBytes: 4 * 1024 * 1024 })).get(INDEX_FILE);
    if (fileText(current) === content) return;
    if (!warRoom.isLocal && !pushBudget.tryTake()) return;
    failpoint('before-index');
    // One writer is enough: whoever loses the race leaves it to the winner and to the next change.
    await warRoom.land(
      { files: [{ path: INDEX_FILE, content }], message: 'index\n', within: [INDEX_FILE] },
      { attempts: 2 },
    );
    failpoint('after-index');
  }

  async #dropDeadRefs(
    { snapshot, survey }: Seen,
    { leases, isIdle }: { readonly leases: LeaseObserver; readonly isIdle: boolean },
  ): Promise<void> {
    const { clock, warRoom } = this.#context;
    const sinceMs = this.#tidiedMs === undefined ? Infinity : clock.monotonicMs() - this.#tidiedMs;
    const dead = [...this.#deadClaims(snapshot, survey, leases), ...this.#deadPresences(snapshot, leases)];
    if (isIdle && sinceMs >= TIDY_MS) {
      this.#tidiedMs = clock.monotonicMs();
      dead.push(...this.#deadInbox(snapshot, survey.files));
      await warRoom.maintain();
    }
    if (dead.length > 0) await warRoom.deleteRefs(dead.slice(0, 20));
  }

  /** Claims of finished requests, and refs that hold no claim at all, once nobody has touched them for a lease. */
  #deadClaims(snapshot: Snapshot, survey: Survey, leases: LeaseObserver): RefValue[] {
    const { settings, warRoom } = this.#context;
    const alive = new Set(survey.candidates.flatMap(({ claim }) => (claim === undefined ? [] : [claim.ref])));
    const prefix = claimRefPrefix(warRoom.refNamespace, settings.cluster.name);
    return [...snapshot.refs]
      .filter(([ref]) => ref.startsWith(prefix) && !alive.has(ref) && leases.isDead(ref, settings.lease.seconds))
      .map(([ref, expected]) => ({ ref, expected }));
  }

  #deadPresences(snapshot: Snapshot, leases: LeaseObserver): RefValue[] {
    const { settings, warRoom } = this.#context;
    const prefix = `${presenceRefPrefix(warRoom.refNamespace)}${settings.cluster.name}/`;
    return [...snapshot.refs]
      .filter(([ref]) => ref.startsWith(prefix) && leases.isDead(ref, settings.announceSeconds * 3))
      .map(([ref, expected]) => ({ ref, expected }));
  }

  #deadInbox(snapshot: Snapshot, files: readonly TreeFile[]): RefValue[] {
    const { warRoom, clock, ledger } = this.#context;
    const prefix = inboxRefPrefix(warRoom.refNamespace);
    const onBranch = new Set(files.map(({ path }) => path));
    return [...snapshot.refs].flatMap(([ref, expected]) => {
      if (!ref.startsWith(prefix)) return [];
      const isCancel = ref.endsWith('.cancel');
      const id = parseRequestId(ref.slice(prefix.length, isCancel ? -'.cancel'.length : undefined));
      if (id === undefined) return [{ ref, expected }];
      const isOld = requestMinute(id).getTime() < clock.now().getTime() - INBOX_DAYS * DAY_MS;
      const phase = ledger.request(id)?.phase;
      // Of several clusters others may still have to see it.
      const isOurs = !onBranch.has(aggregatePath(resultFolder(id)));
      const isHeard = isOurs && phase !== undefined && isTerminal(phase);
      const isDone = isCancel ? isHeard : onBranch.has(requestPath(id));
      return isOld || isDone ? [{ ref, expected }] : [];
    });
  }
}
