import { isWarroomError } from '../domain/errors.ts';
import type { ProcessorEvent } from '../domain/events.ts';
import { backoffDelayMs, type Backoff } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import type { RequestId } from '../domain/request-id.ts';
import type { OffloadedFile, Publication, Publisher, PublisherState } from './port.ts';
import type { PublisherQueue } from './queue.ts';

export interface PublisherLane {
  readonly publisher: Publisher;
  readonly queue: PublisherQueue;
}

export interface ExtraPublishersOptions {
  readonly lanes: readonly PublisherLane[];
  readonly clock: Clock;
  readonly random: () => number;
  readonly emit: (event: ProcessorEvent) => void;
  /** Between attempts; 5 s up to 5 minutes by default. */
  readonly backoff?: Backoff;
  /** For everything of one result; a minute by default. */
  readonly timeoutMs?: number;
}

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly since: string;
  /** In a row. */
  readonly count: number;
  /** By the monotonic clock. */
  readonly nextMs: number;
}

interface Lane extends PublisherLane {
  failure: Failure | undefined;
  running: Promise<void> | undefined;
}

/**
 * Places that results go to besides Git. Each has a queue on the disk and works it off beside the loop:
 *
 * idle     nothing waits
 * working  the oldest result is delivered, then the next one
 * waiting  the last delivery failed; the next attempt comes after a pause that grows, also after a restart
 *
 * No failure here reaches the loop: it is told as an event, on the board and in the presence.
 */
export class ExtraPublishers {
  readonly #lanes: readonly Lane[];
  readonly #options: Required<ExtraPublishersOptions>;
  readonly #closing = new AbortController();

  constructor(options: ExtraPublishersOptions) {
    this.#options = { backoff: { firstMs: 5000, maxMs: 300_000 }, timeoutMs: 60_000, ...options };
    this.#lanes = options.lanes.map((lane) => ({ ...lane, failure: undefined, running: undefined }));
  }

  get states(): readonly PublisherState[] {
    return this.#lanes.map(({ publisher: { name }, queue, failure }) => ({
      name,
      waiting: queue.size,
      ...(failure === undefined
        ? {}
        : { failure: { code: failure.code, message: failure.message, since: failure.since } }),
    }));
  }

  /**
   * Delivers files that would make Git large before the result is published, and resolves to those that are delivered.
   * Never throws and never takes longer than the publisher is given; one that just failed is not asked at all.
   */
  async offload(publication: Publication): Promise<readonly OffloadedFile[]> {
    const delivered: OffloadedFile[] = [];
    for (const lane of this.#lanes) {
      const { offloading } = lane.publisher;
      if (offloading === undefined || this.#isResting(lane)) continue;
      const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(offloading.timeoutMs)]);
      try {
        for (const file of offloading.choose(publication)) {
          await lane.publisher.deliver([{ name: file.key, text: file.text }], signal);
          delivered.push(file);
          this.#noteSuccess(lane);
        }
      } catch (error) {
        this.#noteFailure(lane, error);
      }
    }
    return delivered;
  }

  /** Keeps what the publishers want of a result that is in Git; resolves when it is on the disk. */
  async accept(publication: Publication): Promise<void> {
    for (const lane of this.#lanes) {
      try {
        const parcels = await lane.publisher.pick(publication);
        if (parcels.length === 0) continue;
        for (const id of await lane.queue.put(publication.id, parcels))
          this.#tellDropped(lane, id, 'the queue is full');
      } catch (error) {
        // A full disk, or a text that may not be published: the result counts all the same.
        const why = isWarroomError(error) ? error.message : 'it cannot be kept on the disk';
        this.#tellDropped(lane, publication.id, why);
      }
    }
    this.tend();
  }

  /** Goes on with what waits where it is time; returns at once. */
  tend(): void {
    for (const lane of this.#lanes) {
      if (lane.running !== undefined || lane.queue.size === 0 || this.#isResting(lane)) continue;
      lane.running = this.#work(lane).finally(() => {
        lane.running = undefined;
      });
    }
  }

  /** Resolves when every publisher has nothing left or has failed. */
  async settle(): Promise<void> {
    this.tend();
    await Promise.all(this.#lanes.flatMap(({ running }) => (running === undefined ? [] : [running])));
  }

  /** Lets deliveries end for a moment; what is not delivered then waits for the next start. */
  async close(graceMs: number): Promise<void> {
    const timer = setTimeout(() => {
      this.#closing.abort();
    }, graceMs);
    await Promise.all(this.#lanes.flatMap(({ running }) => (running === undefined ? [] : [running])));
    clearTimeout(timer);
    this.#closing.abort();
    for (const { publisher } of this.#lanes) publisher.close();
  }

  #isResting({ failure }: Lane): boolean {
    return this.#closing.signal.aborted || (failure?.nextMs ?? 0) > this.#options.clock.monotonicMs();
  }

  async #work(lane: Lane): Promise<void> {
    const { publisher, queue } = lane;
    for (let [id] = queue.ids(); id !== undefined && !this.#closing.signal.aborted; [id] = queue.ids()) {
      try {
        const parcels = await queue.read(id);
        if (parcels === undefined) this.#tellDropped(lane, id, 'its file in the queue is damaged');
        else {
          await publisher.deliver(parcels, this.#limit());
          this.#noteSuccess(lane);
        }
      } catch (error) {
        if (this.#isClosing()) return;
        // It would fail for ever, and hold back all others.
        if (!isWarroomError(error, 'redaction')) {
          this.#noteFailure(lane, error);
          return;
        }
        this.#tellDropped(lane, id, 'it may not be published');
      }
      await queue.remove(id);
    }
  }

  #isClosing(): boolean {
    return this.#closing.signal.aborted;
  }

  #limit(): AbortSignal {
    return AbortSignal.any([this.#closing.signal, AbortSignal.timeout(this.#options.timeoutMs)]);
  }

  #noteFailure(lane: Lane, error: unknown): void {
    const { clock, random, backoff, emit } = this.#options;
    if (this.#closing.signal.aborted) return;
    const { code, message } = describe(error);
    const { failure } = lane;
    const count = (failure?.count ?? 0) + 1;
    // Never sooner than half of the bound: a store that is ill is not asked in a storm.
    const pauseMs = backoffDelayMs(backoff, count - 1, () => 0.5 + random() / 2);
    const since = failure?.since ?? clock.now().toISOString();
    lane.failure = { code, message, since, count, nextMs: clock.monotonicMs() + pauseMs };
    if (failure?.code === code && failure.message === message) return;
    const { name } = lane.publisher;
    emit({ type: 'publisher-failed', publisher: name, code, message, waiting: lane.queue.size });
  }

  #noteSuccess(lane: Lane): void {
    if (lane.failure === undefined) return;
    lane.failure = undefined;
    this.#options.emit({ type: 'publisher-recovered', publisher: lane.publisher.name, waiting: lane.queue.size });
  }

  #tellDropped({ publisher: { name } }: Lane, id: RequestId, why: string): void {
    const message = `publisher ${name} leaves out ${id}: ${why}; the result is in Git`;
    this.#options.emit({ type: 'warning', code: 'publisher-left-out', message });
  }
}

/** The text of an error that nobody foresaw may hold anything. */
function describe(error: unknown): Pick<Failure, 'code' | 'message'> {
  if (isWarroomError(error)) {
    return { code: error.code, message: error.why === undefined ? error.message : `${error.message}: ${error.why}` };
  }
  const isLate = error instanceof Error && error.name === 'TimeoutError';
  return isLate
    ? { code: 'timeout', message: 'it did not take a result in time' }
    : { code: 'offline', message: 'it failed in a way that nobody foresaw' };
}
