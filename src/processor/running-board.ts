import { join } from 'node:path';
import { rename, rm, writeFile } from 'node:fs/promises';
import type { Clock } from '../lib/clock.ts';
import type { PublisherState } from '../publisher/port.ts';
import type { Board, BoardCommand, BoardRow } from '../zone/board.ts';
import { boardFile } from '../zone/board.ts';

/** Commands that are shown of each investigation. */
const SHOWN_COMMANDS = 10;
const EVERY_MS = 200;

type Facts = Omit<Board, 'rows' | 'writtenAt' | 'paused' | 'publishers'>;

/**
 * What runs here now, as `admin watch` shows it: a file of the zone that only this user reads, written a few times a
 * second while something changes. It is for people; nothing is ever decided by it.
 */
export class RunningBoard {
  readonly #file: string;
  readonly #facts: Facts;
  readonly #clock: Clock;
  readonly #rows = new Map<string, BoardRow>();
  #paused: string | undefined;
  #publishers: readonly PublisherState[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: { readonly stateDir: string; readonly facts: Facts; readonly clock: Clock }) {
    this.#file = boardFile(options.stateDir);
    this.#facts = options.facts;
    this.#clock = options.clock;
    this.#changed();
  }

  begin(row: Pick<BoardRow, 'id' | 'requester' | 'attempt'>): void {
    const startedAt = this.#clock.now().toISOString();
    this.#rows.set(row.id, {
      ...row,
      startedAt,
      phase: 'claimed',
      message: '',
      commands: 0,
      last: [],
      usd: 0,
      turns: 0,
    });
    this.#changed();
  }

  progress(id: string, change: Partial<Pick<BoardRow, 'phase' | 'message' | 'usd' | 'turns'>>): void {
    this.#update(id, change);
  }

  commandStarted(id: string, argv: readonly string[]): void {
    this.#update(id, { current: { argv, startedAt: this.#clock.now().toISOString() } });
  }

  commandEnded(id: string, command: BoardCommand): void {
    const row = this.#rows.get(id);
    if (row === undefined) return;
    const { current: _current, ...rest } = row;
    const last = [...row.last, command].slice(-SHOWN_COMMANDS);
    this.#rows.set(id, { ...rest, last, commands: row.commands + 1 });
    this.#changed();
  }

  end(id: string): void {
    if (this.#rows.delete(id)) this.#changed();
  }

  setPaused(message: string | undefined): void {
    if (this.#paused === message) return;
    this.#paused = message;
    this.#changed();
  }

  setPublishers(publishers: readonly PublisherState[]): void {
    if (JSON.stringify(this.#publishers) === JSON.stringify(publishers)) return;
    this.#publishers = publishers;
    this.#changed();
  }

  /** Takes the board away: whoever looks then knows that nothing runs. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#writing;
    await rm(this.#file, { force: true });
  }

  #update(id: string, change: Partial<BoardRow>): void {
    const row = this.#rows.get(id);
    if (row === undefined) return;
    this.#rows.set(id, { ...row, ...change });
    this.#changed();
  }

  #changed(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#writing = this.#writing.then(() => this.#write());
    }, EVERY_MS);
  }

  /** A board that cannot be written is an inconvenience, and no reason to stop work. */
  async #write(): Promise<void> {
    const board: Board = {
      ...this.#facts,
      writtenAt: this.#clock.now().toISOString(),
      ...(this.#paused === undefined ? {} : { paused: this.#paused }),
      ...(this.#publishers.length === 0 ? {} : { publishers: this.#publishers }),
      rows: [...this.#rows.values()],
    };
    const temporary = join(`${this.#file}.new`);
    try {
      await writeFile(temporary, JSON.stringify(board), { mode: 0o600 });
      await rename(temporary, this.#file);
    } catch {
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  }
}
