import type { ProcessorSettings } from '../config/processor-settings.ts';
import { isWarroomError, WarroomError } from '../domain/errors.ts';
import { claimRefPrefix, inboxRefPrefix, presenceRefPrefix } from '../domain/repository-layout.ts';
import { requestMinute, type RequestId } from '../domain/request-id.ts';
import { sessionInboxPrefix } from '../domain/session-layout.ts';
import { createTokenBucket } from '../lib/token-bucket.ts';
import type { Snapshot } from '../repository/port.ts';
import type { Presence } from '../schema/generated.ts';
import { pruneKept } from '../zone/kept-files.ts';
import { answerOrder, takeOrders, type OrderAnswer } from '../zone/orders.ts';
import { readAnnouncedHistory } from '../zone/accepted-history.ts';
import { enginesOf } from './abilities.ts';
import type { ProcessorContext } from './context.ts';
import { Brake } from './brake.ts';
import { checkHistory } from './check-history.ts';
import { dispositionOf } from './disposition.ts';
import { Janitor } from './janitor.ts';
import { LeaseObserver } from './lease-observer.ts';
import { FirstLook, undecidedClaims, type LastLook, type LeftOpen } from './first-look.ts';
import { fairOrder } from './next-move.ts';
import { Pace } from './pace.ts';
import { Planner, type ActiveMove } from './planner.ts';
import { PresenceAnnouncer } from './presence.ts';
import { flushOutbox } from './publish-entry.ts';
import { Surveyor, type Survey } from './survey.ts';
import { discardHeld, releaseHeld } from './held-results.ts';
import { WaitingResults } from './waiting-results.ts';
import { carryOut } from './carry-out.ts';
import { RoomWatch } from './room-watch.ts';
import { RunningBoard } from './running-board.ts';
import type { StoppedBy } from './cancellation.ts';
import type { WorkWatch } from './work.ts';
import { SessionKeeper } from './sessions/session-keeper.ts';
import { startZoneWatch } from './zone-watch.ts';

export interface RunOptions {
  /** Ends when nothing is left to do; what was pending at the first look and has no end is told. */
  readonly once: boolean;
  /** Tip that an administrator accepts although history was rewritten. */
  readonly acceptTip?: string;
  /** First signal: take nothing new, finish what runs within the grace time. */
  readonly stop: AbortSignal;
  /** Second signal: hand back claims at once. */
  readonly abort: AbortSignal;
}

/** Time for running work after the first signal; Kubernetes gives a pod 30 s by default. */
const GRACE_MS = 25_000;

/**
 * The loop of one processor. Resolves after a stop, or with `once` when nothing is left to do; then with the requests that
 * were pending at its first look and have no end, which is none of them when all is well.
 */
export async function runProcessor(context: ProcessorContext, options: RunOptions): Promise<readonly LeftOpen[]> {
  const loop = new ProcessorLoop(context, options);
  return await loop.run();
}

/**
 * starting  ledger and mirror are open; nothing was decided yet
 * working   cycle after cycle: sync, history, outbox, brake, moves, housekeeping
 * stopping  no new work; what runs may finish until the grace time is over or a second signal comes
 * stopped   claims are published or handed back, presence is withdrawn
 */
class ProcessorLoop {
  readonly #context: ProcessorContext;
  readonly #settings: ProcessorSettings;
  readonly #options: RunOptions;
  readonly #surveyor: Surveyor;
  readonly #leases: LeaseObserver;
  readonly #sessions: SessionKeeper;
  readonly #presence: PresenceAnnouncer;
  readonly #janitor: Janitor;
  readonly #pace: Pace;
  readonly #running = new Map<
    RequestId,
    {
      requester: string;
      nonce: string | undefined;
      done: Promise<void>;
      cancel: AbortController;
      halt: AbortController;
      stoppedBy: StoppedBy | undefined;
    }
  >();
  /** Number of the last start for each requester. */
  readonly #served = new Map<string, number>();
  #starts = 0;
  readonly #rejections: ReturnType<typeof createTokenBucket>;
  readonly #planner: Planner;
  readonly #waiting: WaitingResults;
  readonly #board: RunningBoard;
  readonly #grace = new AbortController();
  /** Aborted when claims are to be handed back: by a second signal, or when the grace time is over. */
  readonly #halted: AbortSignal;
  #wake: (() => void) | undefined;
  readonly #brake: Brake;
  readonly #room: RoomWatch;
  #crash: Error | undefined;
  #toldHistory = '';
  readonly #first = new FirstLook();
  #last: LastLook | undefined;

  constructor(context: ProcessorContext, options: RunOptions) {
    this.#context = context;
    this.#settings = context.settings;
    this.#options = options;
    this.#halted = AbortSignal.any([options.abort, this.#grace.signal]);
    this.#surveyor = new Surveyor(context);
    this.#planner = new Planner(context);
    this.#waiting = new WaitingResults(context);
    this.#board = new RunningBoard({
      stateDir: context.settings.stateDir,
      clock: context.clock,
      facts: {
        cluster: context.settings.cluster.name,
        holder: context.settings.holder,
        incarnation: context.incarnation,
        version: context.versions['claude-warroom'] ?? '',
        pid: process.pid,
      },
    });
    this.#leases = new LeaseObserver(context.clock);
    this.#sessions = new SessionKeeper(context, context.sessionPods);
    this.#presence = new PresenceAnnouncer(context);
    this.#janitor = new Janitor(context);
    this.#pace = new Pace(context.settings.polling, Math.random);
    this.#brake = new Brake(context, {
      environment: context.settings.pauseReason,
      onSet: () => {
        this.#halt();
      },
      onChange: () => this.#wake?.(),
    });
    this.#room = new RoomWatch({ stateDir: context.settings.stateDir, emit: context.emit });
    this.#rejections = createTokenBucket({ capacity: 20, perMinute: 10, clock: context.clock });
  }

  async run(): Promise<readonly LeftOpen[]> {
    const { ledger, incarnation, versions, emit, warRoom } = this.#context;
    await ledger.append({ event: 'opened', incarnation, version: versions['claude-warroom'] ?? '' });
    emit({
      type: 'started',
      cluster: this.#settings.cluster.name,
      holder: this.#settings.holder,
      incarnation,
      repository: warRoom.address,
      engines: enginesOf(this.#context),
      trust: this.#settings.trust,
      key: this.#context.key.fingerprint,
    });
    await this.#context.policy?.begin();
    await pruneKept(this.#settings.stateDir, {
      keepMs: this.#settings.retention.days * 86_400_000,
      now: this.#context.clock.now(),
    });
    await this.#brake.open();
    const watch = startZoneWatch(
      async () => {
        await this.#brake.lookAtZone();
        await this.#obey();
        this.#tendSessions();
        this.#board.setPaused(this.#pause?.message);
        this.#board.setPublishers(this.#context.publishers?.states ?? []);
        const failure = this.#context.audit.failure();
        if (failure !== undefined) throw failure;
      },
      (error) => {
        this.#fail(error);
      },
    );
    try {
      while (!this.#isStopping()) {
        const pauseMs = await this.#turn();
        if (this.#crash !== undefined) throw this.#crash;
        if (pauseMs === undefined) break;
        await this.#waitFor(pauseMs);
      }
    } finally {
      await watch.stop();
      await this.#sessions.close();
      await this.#finish();
    }
    if (this.#crash !== undefined) throw this.#crash;
    return await this.#leftOpen();
  }

  /** Only a run that promises an end looks back. */
  async #leftOpen(): Promise<readonly LeftOpen[]> {
    if (!this.#options.once || this.#last === undefined) return [];
    const { ledger, outbox } = this.#context;
    const stored = new Set(await outbox.ids());
    const held = await this.#waiting.ids(false, new Set());
    const isPublished = (id: RequestId): boolean => ledger.request(id)?.isPublished === true;
    return this.#first.leftOpen(this.#last, { isPublished, stored, held });
  }

  /** Why nothing is begun. */
  get #pause(): Presence['paused'] {
    return this.#brake.pause ?? this.#room.pause;
  }

  #isStopping(): boolean {
    return this.#options.stop.aborted || this.#options.abort.aborted;
  }

  /** Beside everything else: pods end in time while the war room, or the cluster, answers slowly. */
  #tendSessions(): void {
    this.#sessions.tend({ isPaused: this.#brake.isSet, signal: this.#options.abort }).catch((error: unknown) => {
      if (!this.#options.abort.aborted) this.#fail(error);
    });
  }

  async #lookAtSessions(snapshot: Snapshot): Promise<void> {
    const { isSet: isPaused, isSetInZone } = this.#brake;
    const { abort: signal } = this.#options;
    await this.#sessions.look({ snapshot, isPaused, mayPublish: !isSetInZone, signal }).catch((error: unknown) => {
      if (!signal.aborted) this.#fail(error);
    });
  }

  /** One cycle; the pause until the next one, or undefined when there is nothing left to do. */
  async #turn(): Promise<number | undefined> {
    this.#context.publishers?.tend();
    // Before the look, which fails where nothing can be written.
    await this.#room.look();
    // Beside the work: a cluster that answers slowly, or the self test of a model, keeps nobody waiting.
    const { access, engines } = this.#context;
    for (const looked of [access?.look(), engines?.look()]) {
      looked?.catch((error: unknown) => {
        this.#fail(error);
      });
    }
    try {
      // What ends during a look is not in it: only a look that began in peace shows that nothing is left.
      const runningBefore = this.#running.size;
      const { started, waiting, open } = await this.#cycle();
      if (this.#options.once && open === 0 && runningBefore + this.#running.size === 0) return undefined;
      return started + waiting > 0 || this.#running.size > 0 ? this.#pace.afterActivity() : this.#pace.afterIdle();
    } catch (error) {
      if (this.#isStopping() && isWarroomError(error, 'interrupted')) return undefined;
      if (!isWarroomError(error) || dispositionOf(error) === 'crash') throw error;
      if (this.#options.once) throw error;
      const isFull = isWarroomError(error, 'disk-full');
      if (isFull) this.#room.noteFull(error);
      const retryMs = this.#pace.afterFailure({ ofThisMachine: isFull });
      this.#context.emit({
        type: 'sync-failed',
        code: error.code,
        message: error.why === undefined ? error.message : `${error.message}: ${error.why}`,
        retryMs: Math.round(retryMs),
      });
      return retryMs;
    }
  }

  async #cycle(): Promise<{ started: number; waiting: number; open: number }> {
    const { failpoint, outbox } = this.#context;
    let { changes } = this.#janitor;
    // What ends during this look is still pending in what it sees.
    const busy = new Set(this.#running.keys());
    let snapshot = await this.#sync();
    await this.#room.noteFetched();
    failpoint('after-sync');
    if (!(await this.#isHistoryWhole(snapshot))) return { started: 0, waiting: 0, open: 0 };
    await this.#brake.lookAtWarRoom(snapshot);
    const held = await this.#waiting.ids(this.#brake.isSetInZone, busy);
    if ((await outbox.ids()).some((id) => !busy.has(id) && !held.has(id))) {
      const survey = await this.#surveyor.survey(snapshot, this.#options.abort);
      await flushOutbox(this.#context, snapshot, {
        busy: new Set([...busy, ...held]),
        claimHolders: new Map(
          survey.candidates.flatMap(({ claim }) => (claim === undefined ? [] : [[claim.ref, claim.claim.holder]])),
        ),
      });
      ({ changes } = this.#janitor);
      snapshot = await this.#sync();
    }
    await this.#context.policy?.refresh();
    const survey = await this.#surveyor.survey(snapshot, this.#options.abort);
    this.#leases.observe(snapshot.refs);
    this.#passOnCancellations(survey);
    await this.#waiting.tend(held, snapshot, survey);
    const taken = new Set([...busy, ...(await outbox.ids())]);
    // Before the plan: a claim that dies between the two is left alone by neither.
    const undecided = this.#options.once ? this.#undecidedClaims(survey) : 0;
    const { moves, left } = this.#planner.plan(survey, { taken, leases: this.#leases });
    this.#first.note(survey);
    this.#last = { survey, left, pause: this.#pause?.message };
    const started = this.#start(moves);
    const looked = this.#lookAtSessions(snapshot);
    if (this.#options.once) await looked;
    await this.#presence.announce({ running: this.#running.size, pause: this.#pause });
    const isIdle = this.#running.size === 0;
    await this.#janitor.tidy(
      { snapshot, survey, changes },
      {
        leases: this.#leases,
        isIdle,
        isPaused: this.#brake.isSet,
      },
    );
    if (snapshot.tip !== this.#context.ledger.tip)
      await this.#context.ledger.append({ event: 'tip', commit: snapshot.tip });
    const { waiting } = survey;
    const queue = queueOf(moves, { begun: this.#running, waiting });
    this.#context.emit({ type: 'synced', tip: snapshot.tip, pending: moves.length, queue });
    return { started, waiting, open: this.#pause === undefined ? moves.length + waiting + undecided : 0 };
  }

  #undecidedClaims({ candidates }: Survey): number {
    const { holder, lease } = this.#settings;
    return undecidedClaims(candidates, { holder, leaseSeconds: Math.ceil(lease.seconds), leases: this.#leases }).length;
  }

  async #sync(): Promise<Snapshot> {
    const { warRoom } = this.#context;
    return await warRoom.refresh({
      refPrefixes: [
        claimRefPrefix(warRoom.refNamespace, this.#settings.cluster.name),
        inboxRefPrefix(warRoom.refNamespace),
        sessionInboxPrefix(warRoom.refNamespace),
        `${presenceRefPrefix(warRoom.refNamespace)}${this.#settings.cluster.name}/`,
        ...this.#surveyor.refPrefixes,
      ],
      signal: this.#options.abort,
    });
  }

  /** The branch must contain what was accepted before; otherwise somebody rewrote history and people must look. */
  async #isHistoryWhole(snapshot: Snapshot): Promise<boolean> {
    const { ledger, warRoom } = this.#context;
    const { tip } = ledger;
    const isWhole =
      tip === undefined ||
      this.#options.acceptTip === snapshot.tip ||
      (await warRoom.contains(snapshot.tip, tip, { signal: this.#options.abort }));
    if (isWhole || (await this.#isAnnounced(snapshot, tip))) {
      this.#brake.setHistory(undefined);
      return true;
    }
    const message = `the branch no longer contains commit ${tip} that was accepted before`;
    const hint = `when this was intended:  claude-warroom admin accept-history --to ${snapshot.tip} --reason "…"`;
    if (this.#options.once) {
      throw new WarroomError('history-rewritten', message, { why: `the tip is ${snapshot.tip} now`, hint });
    }
    this.#brake.setHistory({ code: 'history-rewritten', message, hint });
    await this.#presence.announce({ running: this.#running.size, pause: this.#brake.pause });
    return false;
  }

  /** An administrator may have said in the zone that this was intended. */
  async #isAnnounced(snapshot: Snapshot, accepted: string): Promise<boolean> {
    const { settings, ledger, warRoom, verifyAdministrator, emit } = this.#context;
    const announced = await readAnnouncedHistory(settings.trustDir ?? settings.stateDir);
    if (announced === undefined || (settings.trust === 'required' && verifyAdministrator === undefined)) return false;
    const verdict = await checkHistory({
      announced,
      accepted,
      contains: async (commit) => await warRoom.contains(snapshot.tip, commit, { signal: this.#options.abort }),
      verify: verifyAdministrator,
    });
    if (verdict.kind === 'accepted') {
      const { to, who, reason } = verdict;
      await ledger.append({ event: 'history', from: accepted, to, who, reason });
      emit({ type: 'history-accepted', from: accepted, to, who, reason });
      return true;
    }
    const message = `the announced history is not accepted: ${verdict.message}`;
    if (this.#toldHistory !== message) emit({ type: 'warning', code: `history-${verdict.code}`, message });
    this.#toldHistory = message;
    return false;
  }

  /** What runs is stopped and goes back to the queue; the attempt does not count. */
  #halt(): void {
    for (const { halt } of this.#running.values()) halt.abort();
  }

  #fail(error: unknown): void {
    this.#crash ??= error instanceof Error ? error : new Error(String(error));
    this.#halt();
    this.#wake?.();
  }

  /** What the administrator of the zone has ordered since the last look. */
  async #obey(): Promise<void> {
    const { stateDir } = this.#settings;
    for (const order of await takeOrders(stateDir)) {
      const { action, number, who, reason } = order;
      const by = { who: await this.#safe(who), reason: await this.#safe(reason) };
      const answer =
        order.id === 'all' || action === 'kill'
          ? await this.#kill(order.id, by)
          : await this.#let(order.id, action, by);
      await answerOrder(stateDir, number, answer);
    }
  }

  /** Ends investigations: each is published as cancelled, with who and why. */
  async #kill(id: RequestId | 'all', by: StoppedBy): Promise<OrderAnswer> {
    const ids = id === 'all' ? [...this.#running.keys()] : [id];
    const stopped: RequestId[] = [];
    for (const one of ids) {
      const work = this.#running.get(one);
      if (work === undefined) continue;
      work.stoppedBy = by;
      work.cancel.abort();
      stopped.push(one);
      await this.#context.ledger.append({ event: 'stopped', id: one, ...by });
      this.#context.emit({ type: 'stopped-by-administrator', id: one, ...by });
    }
    return stopped.length === 0 && id !== 'all'
      ? { kind: 'refused', why: `${id} does not run here` }
      : { kind: 'done', ids: stopped };
  }

  async #let(id: RequestId, action: 'release' | 'discard', by: StoppedBy): Promise<OrderAnswer> {
    const why =
      action === 'release' ? await releaseHeld(this.#context, id, by) : await discardHeld(this.#context, id, by);
    if (why !== undefined) return { kind: 'refused', why };
    this.#context.emit({ type: action === 'release' ? 'released' : 'withheld', id, ...by });
    this.#wake?.();
    return { kind: 'done', ids: [id] };
  }

  async #safe(text: string): Promise<string> {
    return await (await this.#context.createRedaction()).redact(text);
  }

  #passOnCancellations(survey: Survey): void {
    for (const { id, isCancelled } of survey.candidates) {
      if (isCancelled) this.#running.get(id)?.cancel.abort();
    }
  }

  /** Starts as many moves as there is room for. Records cost no room, but rejections are rationed. */
  #start(moves: readonly ActiveMove[]): number {
    if (this.#pause !== undefined || this.#isStopping()) return 0;
    const load = new Map<string, number>();
    for (const { requester } of this.#running.values()) load.set(requester, (load.get(requester) ?? 0) + 1);
    let started = 0;
    for (const active of fairOrder(moves, load, this.#served)) {
      if (this.#running.size >= this.#settings.concurrency) break;
      // Of two new requests with one nonce the second waits until the ledger knows the first, and is rejected then.
      if ([...this.#running.values()].some(({ nonce }) => nonce !== undefined && nonce === nonceOf(active))) continue;
      if (active.move.kind === 'conclude' && active.move.phase === 'rejected' && !this.#rejections.tryTake()) continue;
      this.#launch(active);
      started++;
    }
    return started;
  }

  #launch(active: ActiveMove): void {
    const { id, requester, candidate, move } = active;
    this.#noteServed(requester);
    const cancel = new AbortController();
    const halt = new AbortController();
    const done = carryOut({
      context: this.#context,
      candidate,
      move,
      signal: AbortSignal.any([this.#halted, halt.signal]),
      cancelled: cancel.signal,
      brake: this.#brake,
      watch: this.#watchOf(id),
      stoppedBy: () => this.#running.get(id)?.stoppedBy,
      startedAt: this.#context.clock.now(),
    })
      .catch((error: unknown) => {
        if (!this.#halted.aborted && !halt.signal.aborted) this.#fail(error);
      })
      .finally(() => {
        this.#running.delete(id);
        this.#board.end(id);
        this.#janitor.noteChange();
        this.#wake?.();
      });
    this.#running.set(id, { requester, nonce: nonceOf(active), done, cancel, halt, stoppedBy: undefined });
    if (move.kind === 'investigate') this.#board.begin({ id, requester, attempt: move.attempt });
  }

  /** What the board and the audit log hear of one investigation. */
  #watchOf(id: RequestId): WorkWatch {
    return {
      progress: (change) => {
        this.#board.progress(id, change);
      },
      commandStarted: (argv) => {
        this.#board.commandStarted(id, argv);
      },
      commandEnded: (command) => {
        this.#board.commandEnded(id, command);
        const argv = command.argv.map((word) => word.slice(0, 1000)).slice(0, 100);
        this.#context.audit.record({ event: 'command', id, ...command, argv, ms: Math.round(command.ms) });
      },
    };
  }

  /** Anybody can make up names, so only the last thousand are remembered. */
  #noteServed(requester: string): void {
    this.#served.delete(requester);
    this.#served.set(requester, ++this.#starts);
    const [oldest] = this.#served.keys();
    if (this.#served.size > 1000 && oldest !== undefined) this.#served.delete(oldest);
  }

  /** Waits until it is time for the next look, or until something happens here. */
  async #waitFor(ms: number): Promise<void> {
    if (this.#isStopping()) return;
    const { stop, abort } = this.#options;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        stop.removeEventListener('abort', end);
        abort.removeEventListener('abort', end);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#wake = end;
      stop.addEventListener('abort', end, { once: true });
      abort.addEventListener('abort', end, { once: true });
    });
  }

  async #finish(): Promise<void> {
    const { emit } = this.#context;
    emit({ type: 'stopping', running: this.#running.size });
    const timer = setTimeout(() => {
      this.#grace.abort();
    }, GRACE_MS);
    await Promise.all([...this.#running.values()].map(({ done }) => done));
    clearTimeout(timer);
    if (this.#options.once) await this.#context.publishers?.settle();
    await this.#presence.withdraw();
    await this.#board.close();
    emit({ type: 'stopped' });
  }
}

function nonceOf({ move }: ActiveMove): string | undefined {
  return move.kind === 'investigate' ? move.request.spec.nonce : undefined;
}

/** What waits for room, for the brake, or for its signature to be looked at. */
function queueOf(
  moves: readonly ActiveMove[],
  { begun, waiting }: { readonly begun: ReadonlyMap<RequestId, unknown>; readonly waiting: number },
): { readonly length: number; readonly since?: Date } {
  const left = moves.filter(({ id }) => !begun.has(id));
  const [oldest] = left.map(({ id }) => requestMinute(id).getTime()).sort((a, b) => a - b);
  return { length: left.length + waiting, ...(oldest === undefined ? {} : { since: new Date(oldest) }) };
}
