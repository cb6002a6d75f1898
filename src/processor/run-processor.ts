import type { ProcessorSettings } from '../config/processor-settings.ts';
import { isWarroomError } from '../domain/errors.ts';
import type { Presence } from '../schema/generated.ts';
import { pruneKept } from '../zone/kept-files.ts';
import { enginesOf } from './abilities.ts';
import { Brake } from './brake.ts';
import type { ProcessorContext } from './context.ts';
import { Cycle } from './cycle.ts';
import { dispositionOf } from './disposition.ts';
import type { LeftOpen } from './first-look.ts';
import { obeyOrders } from './obey-orders.ts';
import { Pace } from './pace.ts';
import { PauseBetweenLooks } from './pause-between-looks.ts';
import { PresenceAnnouncer } from './presence.ts';
import { RoomWatch } from './room-watch.ts';
import { RunningBoard } from './running-board.ts';
import { RunningWork } from './running-work.ts';
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
 * working   cycle after cycle: sync, history, brake, outbox, moves, housekeeping
 * stopping  no new work; what runs may finish until the grace time is over or a second signal comes
 * stopped   claims are published or handed back, presence is withdrawn
 */
class ProcessorLoop {
  readonly #context: ProcessorContext;
  readonly #settings: ProcessorSettings;
  readonly #options: RunOptions;
  readonly #brake: Brake;
  readonly #room: RoomWatch;
  readonly #running: RunningWork;
  readonly #cycle: Cycle;
  readonly #sessions: SessionKeeper;
  readonly #presence: PresenceAnnouncer;
  readonly #board: RunningBoard;
  readonly #pace: Pace;
  readonly #pauseBetween: PauseBetweenLooks;
  readonly #grace = new AbortController();
  #crash: Error | undefined;

  constructor(context: ProcessorContext, options: RunOptions) {
    const { settings, clock, emit } = context;
    this.#context = context;
    this.#settings = settings;
    this.#options = options;
    this.#brake = new Brake(context, {
      environment: settings.pauseReason,
      onSet: () => {
        this.#running.halt();
      },
      onChange: () => {
        this.#pauseBetween.end();
      },
    });
    this.#room = new RoomWatch({ stateDir: settings.stateDir, emit });
    this.#board = new RunningBoard({
      stateDir: settings.stateDir,
      clock,
      facts: {
        cluster: settings.cluster.name,
        holder: settings.holder,
        incarnation: context.incarnation,
        version: context.versions['claude-warroom'] ?? '',
        pid: process.pid,
      },
    });
    this.#running = new RunningWork(context, {
      brake: this.#brake,
      board: this.#board,
      // By a second signal, or when the grace time is over.
      halted: AbortSignal.any([options.abort, this.#grace.signal]),
      onEnd: () => {
        this.#cycle.noteChange();
        this.#pauseBetween.end();
      },
      onCrash: (error) => {
        this.#fail(error);
      },
    });
    this.#sessions = new SessionKeeper(context, context.sessionPods);
    this.#presence = new PresenceAnnouncer(context);
    this.#cycle = new Cycle(context, {
      ...{ once: options.once, acceptTip: options.acceptTip, stop: options.stop, abort: options.abort },
      ...{ brake: this.#brake, room: this.#room, running: this.#running },
      ...{ sessions: this.#sessions, presence: this.#presence },
      onCrash: (error) => {
        this.#fail(error);
      },
    });
    this.#pace = new Pace(settings.polling, Math.random);
    this.#pauseBetween = new PauseBetweenLooks([options.stop, options.abort]);
  }

  async run(): Promise<readonly LeftOpen[]> {
    await this.#start();
    const watch = startZoneWatch(
      async () => {
        await this.#lookAtZone();
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
        await this.#pauseBetween.wait(pauseMs);
      }
    } finally {
      await watch.stop();
      await this.#sessions.close();
      await this.#stop();
    }
    if (this.#crash !== undefined) throw this.#crash;
    return this.#options.once ? await this.#cycle.leftOpen() : [];
  }

  async #start(): Promise<void> {
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
  }

  /** Beside the cycles, which may take long: what the administrator does in the zone counts at once. */
  async #lookAtZone(): Promise<void> {
    await this.#brake.lookAtZone();
    await obeyOrders(this.#context, {
      running: this.#running,
      onChange: () => {
        this.#pauseBetween.end();
      },
    });
    this.#tendSessions();
    this.#board.setPaused(this.#pause?.message);
    this.#board.setPublishers(this.#context.publishers?.states ?? []);
    const failure = this.#context.audit.failure();
    if (failure !== undefined) throw failure;
  }

  /** One cycle; the pause until the next one, or undefined when there is nothing left to do. */
  async #turn(): Promise<number | undefined> {
    this.#context.publishers?.tend();
    // Before the look, which fails where nothing can be written.
    await this.#room.look();
    this.#lookBeside();
    try {
      // What ends during a look is not in it: only a look that began in peace shows that nothing is left.
      const runningBefore = this.#running.size;
      const { started, waiting, open } = await this.#cycle.run();
      if (this.#options.once && open === 0 && runningBefore + this.#running.size === 0) return undefined;
      return started + waiting > 0 || this.#running.size > 0 ? this.#pace.afterActivity() : this.#pace.afterIdle();
    } catch (error) {
      return this.#afterFailure(error);
    }
  }

  /** A cluster that answers slowly, or the self test of a model, keeps nobody waiting. */
  #lookBeside(): void {
    const { access, engines } = this.#context;
    for (const looked of [access?.look(), engines?.look()]) {
      looked?.catch((error: unknown) => {
        this.#fail(error);
      });
    }
  }

  /** The pause until the next try, where there is one. */
  #afterFailure(error: unknown): number | undefined {
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

  /** Beside everything else: pods end in time while the war room, or the cluster, answers slowly. */
  #tendSessions(): void {
    this.#sessions.tend({ isPaused: this.#brake.isSet, signal: this.#options.abort }).catch((error: unknown) => {
      if (!this.#options.abort.aborted) this.#fail(error);
    });
  }

  /** Why nothing is begun. */
  get #pause(): Presence['paused'] {
    return this.#brake.pause ?? this.#room.pause;
  }

  #isStopping(): boolean {
    return this.#options.stop.aborted || this.#options.abort.aborted;
  }

  #fail(error: unknown): void {
    this.#crash ??= error instanceof Error ? error : new Error(String(error));
    this.#running.halt();
    this.#pauseBetween.end();
  }

  /** Waits for what runs, and leaves nothing that says that this processor is still there. */
  async #stop(): Promise<void> {
    const { emit } = this.#context;
    emit({ type: 'stopping', running: this.#running.size });
    const timer = setTimeout(() => {
      this.#grace.abort();
    }, this.#settings.stopSeconds * 1000);
    await this.#running.ended();
    clearTimeout(timer);
    if (this.#options.once) await this.#context.publishers?.settle();
    await this.#presence.withdraw();
    await this.#board.close();
    emit({ type: 'stopped' });
  }
}
