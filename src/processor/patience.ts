import { readFile, rename, writeFile } from 'node:fs/promises';
import { parseRequestId, type RequestId } from '../domain/request-id.ts';
import type { Clock } from '../lib/clock.ts';
import { parseRecord } from '../schema/json-fields.ts';
import { isRecord } from '../schema/record.ts';

export interface PatienceOptions {
  /** Remembers across restarts; it may be lost, and then a wait begins anew. */
  readonly file: string;
  readonly clock: Pick<Clock, 'now' | 'monotonicMs'>;
}

/**
 * Times what is waited for, by request and by its state. Within one process by the monotonic clock; a restart goes on
 * from the wall-clock time that this machine wrote down itself, so that it makes nobody wait once more.
 */
export class Patience {
  readonly #options: PatienceOptions;
  /** Monotonic milliseconds, which may lie before the start of this process. */
  readonly #since = new Map<RequestId, Map<string, number>>();
  #hasChanged = false;

  constructor(options: PatienceOptions) {
    this.#options = options;
  }

  /** Reads what an earlier start has waited for. A clock that was set back makes no wait longer than a new one. */
  async load(): Promise<void> {
    const { file, clock } = this.#options;
    const text = await readFile(file, 'utf8').catch(() => '{}');
    for (const [name, states] of Object.entries(parseRecord(text) ?? {})) {
      const id = parseRequestId(name);
      if (id === undefined || !isRecord(states)) continue;
      const known = new Map<string, number>();
      for (const [state, at] of Object.entries(states)) {
        const waitedMs = typeof at === 'string' ? clock.now().getTime() - Date.parse(at) : NaN;
        if (Number.isFinite(waitedMs)) known.set(state, clock.monotonicMs() - Math.max(0, waitedMs));
      }
      this.#since.set(id, known);
    }
  }

  isOver(id: RequestId, state: string, ms: number): boolean {
    const now = this.#options.clock.monotonicMs();
    const states = this.#since.get(id) ?? new Map<string, number>();
    this.#since.set(id, states);
    const since = states.get(state) ?? now;
    if (!states.has(state)) this.#hasChanged = true;
    states.set(state, since);
    return now - since >= ms;
  }

  forgetAllBut(ids: ReadonlySet<RequestId>): void {
    for (const id of this.#since.keys()) {
      if (!ids.has(id) && this.#since.delete(id)) this.#hasChanged = true;
    }
  }

  /** Writes what has changed. What cannot be written is only waited for anew after a restart. */
  async save(): Promise<void> {
    if (!this.#hasChanged) return;
    const { file, clock } = this.#options;
    const atOf = (sinceMs: number): string =>
      new Date(clock.now().getTime() - (clock.monotonicMs() - sinceMs)).toISOString();
    const waits = [...this.#since].map(([id, states]) => {
      const times = [...states].map(([state, sinceMs]) => [state, atOf(sinceMs)] as const);
      return [id, Object.fromEntries(times)] as const;
    });
    try {
      await writeFile(`${file}.new`, JSON.stringify(Object.fromEntries(waits)), { mode: 0o600 });
      await rename(`${file}.new`, file);
      this.#hasChanged = false;
    } catch {
      // Tried again with the next look.
    }
  }
}
