import type { ClaudeEngine } from '../claude/engine.ts';
import type { OpenedEngine } from '../claude/open-engine.ts';
import type { ProcessorSettings } from '../config/processor-settings.ts';
import { isWarroomError } from '../domain/errors.ts';
import type { ProcessorEvent } from '../domain/events.ts';
import type { Clock } from '../lib/clock.ts';
import type { Presence } from '../schema/generated.ts';
import { modelWarning } from './model-warning.ts';

/** A self test costs seconds of a processor, so it comes less and less often. */
const FIRST_PAUSE_MS = 60_000;
const LAST_PAUSE_MS = 60 * 60_000;

export interface EngineKeeperOptions {
  readonly engine: ProcessorSettings['engine'];
  readonly open: () => Promise<OpenedEngine>;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly emit: (event: ProcessorEvent) => void;
}

/**
 * The Claude engine of a processor, as far as there is one.
 *
 * absent  none was configured, or the configuration wants none; stays so
 * lost    one was configured and cannot be used: tried again after 1, 2, 4 … 60 minutes
 * ready   until the processor ends
 */
export class EngineKeeper {
  readonly #options: EngineKeeperOptions;
  #opened: OpenedEngine;
  #warnings: NonNullable<Presence['warnings']> = [];
  #told: string | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #dueMs: number;
  #trying: Promise<void> | undefined;
  #isClosed = false;

  /** Resolves when the engine was tried for the first time; what the configuration cannot do without is thrown. */
  static async open(options: EngineKeeperOptions): Promise<EngineKeeper> {
    return new EngineKeeper(options, await options.open());
  }

  private constructor(options: EngineKeeperOptions, opened: OpenedEngine) {
    this.#options = options;
    this.#opened = opened;
    this.#dueMs = options.clock.monotonicMs() + this.#pauseMs;
    this.#tell();
  }

  get engine(): ClaudeEngine | undefined {
    return this.#opened.kind === 'ready' ? this.#opened.engine : undefined;
  }

  /** Why there is none. */
  get why(): string {
    return this.#opened.kind === 'ready' ? '' : this.#opened.why;
  }

  get warnings(): NonNullable<Presence['warnings']> {
    return this.#warnings;
  }

  /** Tries a lost engine again when it is time; resolves when that is done. */
  async look(): Promise<void> {
    const isLost = this.#opened.kind === 'absent' && this.#opened.lost !== undefined;
    if (!isLost || this.#isClosed || this.#options.clock.monotonicMs() < this.#dueMs) return;
    this.#trying ??= this.#tryAgain().finally(() => {
      this.#trying = undefined;
    });
    await this.#trying;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#trying?.catch(() => undefined);
    await this.engine?.close();
  }

  async #tryAgain(): Promise<void> {
    this.#opened = await this.#options.open().catch((error: unknown): OpenedEngine => {
      if (!isWarroomError(error)) throw error;
      return { kind: 'absent', why: error.why ?? error.message, lost: { hint: error.hint ?? 'look at its log' } };
    });
    this.#pauseMs = Math.min(LAST_PAUSE_MS, this.#pauseMs * 2);
    this.#dueMs = this.#options.clock.monotonicMs() + this.#pauseMs;
    this.#tell();
  }

  /** Only what is new: the same reason every hour is noise. */
  #tell(): void {
    const { engine, emit } = this.#options;
    if (this.#opened.kind === 'ready') {
      if (this.#told !== undefined)
        emit({ type: 'engine-found', engine: 'claude', version: this.#opened.engine.version });
      this.#told = undefined;
      this.#warnings = [];
      return;
    }
    const lost = modelWarning(engine, this.#opened);
    this.#warnings = lost?.warnings ?? [];
    if (lost !== undefined && this.#told !== this.#opened.why) emit(lost.event);
    this.#told = lost === undefined ? undefined : this.#opened.why;
  }
}
