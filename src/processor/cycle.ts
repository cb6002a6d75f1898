import type { ProcessorSettings } from '../config/processor-settings.ts';
import { claimRefPrefix, inboxRefPrefix, presenceRefPrefix } from '../domain/repository-layout.ts';
import { requestMinute, type RequestId } from '../domain/request-id.ts';
import { sessionInboxPrefix } from '../domain/session-layout.ts';
import type { Snapshot } from '../repository/port.ts';
import type { Presence } from '../schema/generated.ts';
import type { Brake } from './brake.ts';
import type { ProcessorContext } from './context.ts';
import { FirstLook, undecidedClaims, type LastLook, type LeftOpen } from './first-look.ts';
import { brokenHistoryError, HistoryGuard } from './history-guard.ts';
import { Janitor } from './janitor.ts';
import { LeaseObserver } from './lease-observer.ts';
import { Planner, type ActiveMove } from './planner.ts';
import type { PresenceAnnouncer } from './presence.ts';
import { flushOutbox } from './publish-entry.ts';
import type { RoomWatch } from './room-watch.ts';
import type { RunningWork } from './running-work.ts';
import type { SessionKeeper } from './sessions/session-keeper.ts';
import { Surveyor, type Survey } from './survey.ts';
import { WaitingResults } from './waiting-results.ts';

export interface CycleOptions {
  readonly once: boolean;
  /** Tip that an administrator accepts at this start although history was rewritten. */
  readonly acceptTip: string | undefined;
  /** Takes nothing new. */
  readonly stop: AbortSignal;
  /** Ends a look in the middle. */
  readonly abort: AbortSignal;
  readonly brake: Brake;
  readonly room: RoomWatch;
  readonly running: RunningWork;
  readonly sessions: SessionKeeper;
  readonly presence: PresenceAnnouncer;
  /** A failure that ends the processor. */
  readonly onCrash: (error: unknown) => void;
}

/** What one cycle came to. */
export interface CycleEnd {
  readonly started: number;
  /** Requests whose signature is still waited for. */
  readonly waiting: number;
  /** What is left to do as far as this processor can see; nothing while it is paused. */
  readonly open: number;
}

/** What the war room holds now, and how much had changed here when it was looked at. */
interface Looked {
  readonly snapshot: Snapshot;
  readonly changes: Janitor['changes'];
}

/** One look at the war room after the other, and what follows from it: sync, history, brake, outbox, moves, housekeeping. */
export class Cycle {
  readonly #context: ProcessorContext;
  readonly #settings: ProcessorSettings;
  readonly #options: CycleOptions;
  readonly #history: HistoryGuard;
  readonly #surveyor: Surveyor;
  readonly #leases: LeaseObserver;
  readonly #planner: Planner;
  readonly #waiting: WaitingResults;
  readonly #janitor: Janitor;
  readonly #first = new FirstLook();
  #last: LastLook | undefined;

  constructor(context: ProcessorContext, options: CycleOptions) {
    this.#context = context;
    this.#settings = context.settings;
    this.#options = options;
    this.#history = new HistoryGuard(context, { acceptTip: options.acceptTip, signal: options.abort });
    this.#surveyor = new Surveyor(context);
    this.#leases = new LeaseObserver(context.clock);
    this.#planner = new Planner(context);
    this.#waiting = new WaitingResults(context);
    this.#janitor = new Janitor(context);
  }

  /** Something ended here: what was seen before is not the newest. */
  noteChange(): void {
    this.#janitor.noteChange();
  }

  async run(): Promise<CycleEnd> {
    // What ends during this look is still pending in what it sees.
    const busy = this.#options.running.ids();
    const first = await this.#look();
    this.#context.failpoint('after-sync');
    if (!(await this.#isHistoryWhole(first.snapshot))) return { started: 0, waiting: 0, open: 0 };
    await this.#options.brake.lookAtWarRoom(first.snapshot);
    const held = await this.#waiting.ids(this.#options.brake.isSetInZone, busy);
    const looked = await this.#publishStored(first, { busy, held });
    const survey = await this.#survey(looked.snapshot, held);
    const { started, moves, undecided } = await this.#move(survey, busy);
    await this.#keepHouse(looked, survey);
    const { waiting } = survey;
    const queue = queueOf(moves, { begun: this.#options.running, waiting });
    this.#context.emit({ type: 'synced', tip: looked.snapshot.tip, pending: moves.length, queue });
    return { started, waiting, open: this.#pause === undefined ? moves.length + waiting + undecided : 0 };
  }

  async #look(): Promise<Looked> {
    const { changes } = this.#janitor;
    const { warRoom } = this.#context;
    const snapshot = await warRoom.refresh({
      refPrefixes: [
        claimRefPrefix(warRoom.refNamespace, this.#settings.cluster.name),
        inboxRefPrefix(warRoom.refNamespace),
        sessionInboxPrefix(warRoom.refNamespace),
        `${presenceRefPrefix(warRoom.refNamespace)}${this.#settings.cluster.name}/`,
        ...this.#surveyor.refPrefixes,
      ],
      signal: this.#options.abort,
    });
    await this.#options.room.noteFetched();
    return { snapshot, changes };
  }

  /** With a history that is not whole nothing is decided, and everybody is told why. */
  async #isHistoryWhole(snapshot: Snapshot): Promise<boolean> {
    const broken = await this.#history.check(snapshot);
    if (broken !== undefined && this.#options.once) throw brokenHistoryError(broken, snapshot.tip);
    this.#options.brake.setHistory(broken);
    if (broken === undefined) return true;
    await this.#options.presence.announce({ running: this.#options.running.size, pause: this.#options.brake.pause });
    return false;
  }

  /** Results that an earlier cycle, or an earlier start, could not publish; what the war room holds after that. */
  async #publishStored(
    looked: Looked,
    { busy, held }: { readonly busy: ReadonlySet<RequestId>; readonly held: ReadonlySet<RequestId> },
  ): Promise<Looked> {
    const stored = await this.#context.outbox.ids();
    if (!stored.some((id) => !busy.has(id) && !held.has(id))) return looked;
    const survey = await this.#surveyor.survey(looked.snapshot, this.#options.abort);
    await flushOutbox(this.#context, looked.snapshot, {
      busy: new Set([...busy, ...held]),
      claimHolders: new Map(
        survey.candidates.flatMap(({ claim }) => (claim === undefined ? [] : [[claim.ref, claim.claim.holder]])),
      ),
    });
    return await this.#look();
  }

  /** What is asked, and what has come of it elsewhere. */
  async #survey(snapshot: Snapshot, held: ReadonlySet<RequestId>): Promise<Survey> {
    await this.#context.policy?.refresh();
    const survey = await this.#surveyor.survey(snapshot, this.#options.abort);
    this.#leases.observe(snapshot.refs);
    for (const { id, isCancelled } of survey.candidates) {
      if (isCancelled) this.#options.running.cancel(id);
    }
    await this.#waiting.tend(held, snapshot, survey);
    return survey;
  }

  async #move(
    survey: Survey,
    busy: ReadonlySet<RequestId>,
  ): Promise<{ readonly started: number; readonly moves: readonly ActiveMove[]; readonly undecided: number }> {
    const taken = new Set([...busy, ...(await this.#context.outbox.ids())]);
    // Before the plan: a claim that dies between the two is left alone by neither.
    const undecided = this.#options.once ? this.#undecidedClaims(survey) : 0;
    const { moves, left } = this.#planner.plan(survey, { taken, leases: this.#leases });
    this.#first.note(survey);
    this.#last = { survey, left, pause: this.#pause?.message };
    const { stop, abort } = this.#options;
    const mayStart = this.#pause === undefined && !stop.aborted && !abort.aborted;
    return { started: mayStart ? this.#options.running.start(moves) : 0, moves, undecided };
  }

  #undecidedClaims({ candidates }: Survey): number {
    const { holder, lease } = this.#settings;
    return undecidedClaims(candidates, { holder, leaseSeconds: Math.ceil(lease.seconds), leases: this.#leases }).length;
  }

  async #keepHouse({ snapshot, changes }: Looked, survey: Survey): Promise<void> {
    const { ledger } = this.#context;
    const looked = this.#lookAtSessions(snapshot);
    if (this.#options.once) await looked;
    await this.#options.presence.announce({ running: this.#options.running.size, pause: this.#pause });
    await this.#janitor.tidy(
      { snapshot, survey, changes },
      { leases: this.#leases, isIdle: this.#options.running.size === 0, isPaused: this.#options.brake.isSet },
    );
    if (snapshot.tip !== ledger.tip) await ledger.append({ event: 'tip', commit: snapshot.tip });
  }

  async #lookAtSessions(snapshot: Snapshot): Promise<void> {
    const { isSet: isPaused, isSetInZone } = this.#options.brake;
    const { abort: signal, onCrash } = this.#options;
    await this.#options.sessions
      .look({ snapshot, isPaused, mayPublish: !isSetInZone, signal })
      .catch((error: unknown) => {
        if (!signal.aborted) onCrash(error);
      });
  }

  /** Why nothing is begun. */
  get #pause(): Presence['paused'] {
    return this.#options.brake.pause ?? this.#options.room.pause;
  }

  /** What was pending at the first look and has no end; only a run that promises an end looks back. */
  async leftOpen(): Promise<readonly LeftOpen[]> {
    if (this.#last === undefined) return [];
    const { ledger, outbox } = this.#context;
    const stored = new Set(await outbox.ids());
    const held = await this.#waiting.ids(false, new Set());
    const isPublished = (id: RequestId): boolean => ledger.request(id)?.isPublished === true;
    return this.#first.leftOpen(this.#last, { isPublished, stored, held });
  }
}

/** What waits for room, for the brake, or for its signature to be looked at. */
function queueOf(
  moves: readonly ActiveMove[],
  { begun, waiting }: { readonly begun: Pick<RunningWork, 'has'>; readonly waiting: number },
): { readonly length: number; readonly since?: Date } {
  const left = moves.filter(({ id }) => !begun.has(id));
  const [oldest] = left.map(({ id }) => requestMinute(id).getTime()).sort((a, b) => a - b);
  return { length: left.length + waiting, ...(oldest === undefined ? {} : { since: new Date(oldest) }) };
}
