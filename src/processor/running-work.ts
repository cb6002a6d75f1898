import type { RequestId } from '../domain/request-id.ts';
import { createTokenBucket, type TokenBucket } from '../lib/token-bucket.ts';
import type { Brake } from './brake.ts';
import type { StoppedBy } from './cancellation.ts';
import { carryOut } from './carry-out.ts';
import type { ProcessorContext } from './context.ts';
import { fairOrder } from './next-move.ts';
import type { ActiveMove } from './planner.ts';
import type { RunningBoard } from './running-board.ts';
import type { WorkWatch } from './work.ts';

export interface RunningWorkOptions {
  readonly brake: Brake;
  readonly board: RunningBoard;
  /** Aborted when claims are to be handed back. */
  readonly halted: AbortSignal;
  readonly onEnd: () => void;
  /** A failure that ends the processor. */
  readonly onCrash: (error: unknown) => void;
}

interface Running {
  readonly requester: string;
  readonly nonce: string | undefined;
  readonly done: Promise<void>;
  readonly cancel: AbortController;
  readonly halt: AbortController;
  stoppedBy: StoppedBy | undefined;
}

/** Requesters whose last start is remembered: anybody can make up names. */
const MAX_SERVED = 1000;

/** What runs here now: begun fairly between requesters, and ended by whoever may end it. */
export class RunningWork {
  readonly #context: ProcessorContext;
  readonly #options: RunningWorkOptions;
  readonly #running = new Map<RequestId, Running>();
  /** Number of the last start for each requester. */
  readonly #served = new Map<string, number>();
  #starts = 0;
  readonly #rejections: TokenBucket;

  constructor(context: ProcessorContext, options: RunningWorkOptions) {
    this.#context = context;
    this.#options = options;
    this.#rejections = createTokenBucket({ capacity: 20, perMinute: 10, clock: context.clock });
  }

  get size(): number {
    return this.#running.size;
  }

  has(id: RequestId): boolean {
    return this.#running.has(id);
  }

  ids(): ReadonlySet<RequestId> {
    return new Set(this.#running.keys());
  }

  /** Starts as many moves as there is room for. Records cost no room, but rejections are rationed. */
  start(moves: readonly ActiveMove[]): number {
    const load = new Map<string, number>();
    for (const { requester } of this.#running.values()) load.set(requester, (load.get(requester) ?? 0) + 1);
    let started = 0;
    for (const active of fairOrder(moves, load, this.#served)) {
      if (this.#running.size >= this.#context.settings.concurrency) break;
      // Of two new requests with one nonce the second waits until the ledger knows the first, and is rejected then.
      if ([...this.#running.values()].some(({ nonce }) => nonce !== undefined && nonce === nonceOf(active))) continue;
      if (active.move.kind === 'conclude' && active.move.phase === 'rejected' && !this.#rejections.tryTake()) continue;
      this.#launch(active);
      started++;
    }
    return started;
  }

  /** The requester does not want it any more, or an administrator ends it; false when it does not run here. */
  cancel(id: RequestId, stoppedBy?: StoppedBy): boolean {
    const work = this.#running.get(id);
    if (work === undefined) return false;
    if (stoppedBy !== undefined) work.stoppedBy = stoppedBy;
    work.cancel.abort();
    return true;
  }

  /** What runs is stopped and goes back to the queue; the attempt does not count. */
  halt(): void {
    for (const { halt } of this.#running.values()) halt.abort();
  }

  async ended(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  #launch(active: ActiveMove): void {
    const { id, requester, candidate, move } = active;
    const { board, brake, halted, onEnd, onCrash } = this.#options;
    this.#noteServed(requester);
    const cancel = new AbortController();
    const halt = new AbortController();
    const done = carryOut({
      context: this.#context,
      candidate,
      move,
      signal: AbortSignal.any([halted, halt.signal]),
      cancelled: cancel.signal,
      brake,
      watch: this.#watchOf(id),
      stoppedBy: () => this.#running.get(id)?.stoppedBy,
      startedAt: this.#context.clock.now(),
    })
      .catch((error: unknown) => {
        if (!halted.aborted && !halt.signal.aborted) onCrash(error);
      })
      .finally(() => {
        this.#running.delete(id);
        board.end(id);
        onEnd();
      });
    this.#running.set(id, { requester, nonce: nonceOf(active), done, cancel, halt, stoppedBy: undefined });
    if (move.kind === 'investigate') board.begin({ id, requester, attempt: move.attempt });
  }

  /** What the board and the audit log hear of one investigation. */
  #watchOf(id: RequestId): WorkWatch {
    const { board } = this.#options;
    return {
      progress: (change) => {
        board.progress(id, change);
      },
      commandStarted: (argv) => {
        board.commandStarted(id, argv);
      },
      commandEnded: (command) => {
        board.commandEnded(id, command);
        const argv = command.argv.map((word) => word.slice(0, 1000)).slice(0, 100);
        this.#context.audit.record({ event: 'command', id, ...command, argv, ms: Math.round(command.ms) });
      },
    };
  }

  #noteServed(requester: string): void {
    this.#served.delete(requester);
    this.#served.set(requester, ++this.#starts);
    const [oldest] = this.#served.keys();
    if (this.#served.size > MAX_SERVED && oldest !== undefined) this.#served.delete(oldest);
  }
}

function nonceOf({ move }: ActiveMove): string | undefined {
  return move.kind === 'investigate' ? move.request.spec.nonce : undefined;
}
