import type { ProcessorSettings } from '../config/processor-settings.ts';
import { isWarroomError, WarroomError } from '../domain/errors.ts';
import { claimRefPrefix, inboxRefPrefix, presenceRefPrefix } from '../domain/repository-layout.ts';
import type { RequestId } from '../domain/request-id.ts';
import { createTokenBucket } from '../lib/token-bucket.ts';
import type { Snapshot } from '../repository/port.ts';
import type { Presence, StatusReason } from '../schema/generated.ts';
import { enginesOf } from './abilities.ts';
import type { ProcessorContext } from './context.ts';
import { dispositionOf } from './disposition.ts';
import { Janitor } from './janitor.ts';
import { LeaseObserver } from './lease-observer.ts';
import { fairOrder } from './next-move.ts';
import { Pace } from './pace.ts';
import { Planner, type ActiveMove } from './planner.ts';
import { PresenceAnnouncer } from './presence.ts';
import { flushOutbox } from './publish-entry.ts';
import { Surveyor, type Survey } from './survey.ts';
import { carryOut } from './carry-out.ts';

export interface RunOptions {
  /** Ends when nothing is pending and nothing runs. */
  readonly once: boolean;
  /** Tip that an administrator accepts although history was rewritten. */
  readonly acceptTip?: string;
  /** First signal: take nothing new, finish what runs within the grace time. */
  readonly stop: AbortSignal;
  /** Second signal: hand back claims at once. */
  readonly abort: AbortSignal;
  /** Why the zone itself pauses execution; undefined when it does not. */
  readonly zonePause: () => string | undefined;
}

/** Time for running work after the first signal; Kubernetes gives a pod 30 s by default. */
const GRACE_MS = 25_000;

/** The loop of one processor. Resolves after a stop, or with `once` when everything is done. */
export async function runProcessor(context: ProcessorContext, options: RunOptions): Promise<void> {
  const loop = new ProcessorLoop(context, options);
  await loop.run();
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
    }
  >();
  /** Number of the last start for each requester. */
  readonly #served = new Map<string, number>();
  #starts = 0;
  readonly #rejections: ReturnType<typeof createTokenBucket>;
  readonly #planner: Planner;
  readonly #grace = new AbortController();
  /** Aborted when claims are to be handed back: by a second signal, or when the grace time is over. */
  readonly #halted: AbortSignal;
  #wake: (() => void) | undefined;
  #pause: Presence['paused'];
  #crash: Error | undefined;

  constructor(context: ProcessorContext, options: RunOptions) {
    this.#context = context;
    this.#settings = context.settings;
    this.#options = options;
    this.#halted = AbortSignal.any([options.abort, this.#grace.signal]);
    this.#surveyor = new Surveyor(context);
    this.#planner = new Planner(context);
    this.#leases = new LeaseObserver(context.clock);
    this.#presence = new PresenceAnnouncer(context);
    this.#janitor = new Janitor(context);
    this.#pace = new Pace(context.settings.polling, Math.random);
    this.#rejections = createTokenBucket({ capacity: 20, perMinute: 10, clock: context.clock });
  }

  async run(): Promise<void> {
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
    try {
      while (!this.#isStopping()) {
        const pauseMs = await this.#turn();
        if (this.#crash !== undefined) throw this.#crash;
        if (pauseMs === undefined) break;
        await this.#waitFor(pauseMs);
      }
    } finally {
      await this.#finish();
    }
    if (this.#crash !== undefined) throw this.#crash;
  }

  #isStopping(): boolean {
    return this.#options.stop.aborted || this.#options.abort.aborted;
  }

  /** One cycle; the pause until the next one, or undefined when there is nothing left to do. */
  async #turn(): Promise<number | undefined> {
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
      const retryMs = this.#pace.afterFailure();
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
    let snapshot = await this.#sync();
    failpoint('after-sync');
    if (!(await this.#isHistoryWhole(snapshot))) return { started: 0, waiting: 0, open: 0 };
    if ((await outbox.ids()).some((id) => !this.#running.has(id))) {
      const survey = await this.#surveyor.survey(snapshot, this.#options.abort);
      await flushOutbox(this.#context, snapshot, {
        busy: new Set(this.#running.keys()),
        claimHolders: new Map(
          survey.candidates.flatMap(({ claim }) => (claim === undefined ? [] : [[claim.ref, claim.claim.holder]])),
        ),
      });
      ({ changes } = this.#janitor);
      snapshot = await this.#sync();
    }
    const survey = await this.#surveyor.survey(snapshot, this.#options.abort);
    this.#leases.observe(snapshot.refs);
    this.#brake(survey);
    this.#passOnCancellations(survey);
    const moves = this.#planner.plan(survey, { running: this.#running, leases: this.#leases });
    const started = this.#start(moves);
    await this.#presence.announce({ running: this.#running.size, pause: this.#pause });
    const isIdle = this.#running.size === 0;
    await this.#janitor.tidy({ snapshot, survey, changes }, { leases: this.#leases, isIdle });
    if (snapshot.tip !== this.#context.ledger.tip)
      await this.#context.ledger.append({ event: 'tip', commit: snapshot.tip });
    this.#context.emit({ type: 'synced', tip: snapshot.tip, pending: moves.length });
    const { waiting } = survey;
    return { started, waiting, open: this.#pause === undefined ? moves.length + waiting : 0 };
  }

  async #sync(): Promise<Snapshot> {
    const { warRoom } = this.#context;
    return await warRoom.refresh({
      refPrefixes: [
        claimRefPrefix(warRoom.refNamespace, this.#settings.cluster.name),
        inboxRefPrefix(warRoom.refNamespace),
        `${presenceRefPrefix(warRoom.refNamespace)}${this.#settings.cluster.name}/`,
      ],
      signal: this.#options.abort,
    });
  }

  /** The branch must contain what was accepted before; otherwise somebody rewrote history and people must look. */
  async #isHistoryWhole(snapshot: Snapshot): Promise<boolean> {
    const { ledger, warRoom, emit } = this.#context;
    const { tip } = ledger;
    const isWhole =
      tip === undefined ||
      this.#options.acceptTip === snapshot.tip ||
      (await warRoom.contains(snapshot.tip, tip, { signal: this.#options.abort }));
    if (isWhole) {
      if (this.#pause?.code === 'history-rewritten') this.#pause = undefined;
      return true;
    }
    const message = `the branch no longer contains commit ${tip} that was accepted before`;
    if (this.#options.once) {
      throw new WarroomError('history-rewritten', message, {
        why: `the tip is ${snapshot.tip} now`,
        hint: `when this was intended, start the processor with  --accept-tip ${snapshot.tip}`,
      });
    }
    if (this.#pause?.code !== 'history-rewritten') emit({ type: 'paused', by: 'history', message });
    this.#pause = {
      code: 'history-rewritten',
      message,
      hint: `when this was intended, start the processor with  --accept-tip ${snapshot.tip}`,
    };
    await this.#presence.announce({ running: this.#running.size, pause: this.#pause });
    return false;
  }

  #brake(survey: Survey): void {
    const zone = this.#options.zonePause();
    const pause =
      zone !== undefined ? pausedBy('environment', zone) : survey.isPaused ? pausedBy('repository') : undefined;
    if (pause !== undefined && this.#pause === undefined) {
      this.#context.emit({
        type: 'paused',
        by: zone === undefined ? 'repository' : 'environment',
        message: pause.message,
      });
    }
    if (pause === undefined && this.#pause !== undefined) this.#context.emit({ type: 'resumed' });
    // What runs is stopped as well and goes back to the queue; the attempt does not count.
    if (pause !== undefined) for (const { halt } of this.#running.values()) halt.abort();
    this.#pause = pause;
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
      startedAt: this.#context.clock.now(),
    })
      .catch((error: unknown) => {
        if (!this.#halted.aborted && !halt.signal.aborted)
          this.#crash = error instanceof Error ? error : new Error(String(error));
      })
      .finally(() => {
        this.#running.delete(id);
        this.#janitor.noteChange();
        this.#wake?.();
      });
    this.#running.set(id, { requester, nonce: nonceOf(active), done, cancel, halt });
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
    await this.#presence.withdraw();
    emit({ type: 'stopped' });
  }
}

function nonceOf({ move }: ActiveMove): string | undefined {
  return move.kind === 'investigate' ? move.request.spec.nonce : undefined;
}

function pausedBy(by: 'environment' | 'repository', reason?: string): StatusReason {
  return by === 'repository'
    ? { code: 'paused', message: 'the file PAUSE lies in the war room', hint: 'claude-warroom resume --reason …' }
    : {
        code: 'paused',
        message: `paused in the secure zone: ${reason ?? ''}`.slice(0, 300),
        hint: 'unset WARROOM_PAUSE there',
      };
}
