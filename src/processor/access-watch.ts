import { isWarroomError } from '../domain/errors.ts';
import type { ProcessorEvent } from '../domain/events.ts';
import type { Clock } from '../lib/clock.ts';
import { formatRight, type NeededRight } from '../playbook/needed-rights.ts';
import { describeAccess } from '../report/describe-access.ts';
import { shortened } from '../report/untrusted.ts';
import type { PresenceAccess } from '../schema/generated.ts';

/** Roles are changed by people, seldom. */
const AGAIN_MS = 24 * 3600_000;
/** A cluster that could not be asked says more as soon as it is back. */
const AFTER_FAILURE_MS = 10 * 60_000;

export interface AccessWatchOptions {
  readonly clusters: readonly string[];
  /** Throws a `WarroomError` when the cluster cannot be asked. */
  readonly review: (
    cluster: string,
    signal: AbortSignal,
  ) => Promise<{ readonly granted: number; readonly denied: readonly NeededRight[] }>;
  readonly clock: Clock;
  readonly emit: (event: ProcessorEvent) => void;
}

/**
 * Knows which of the rights that playbooks need are denied, before an incident shows it. Playbooks are read at the start,
 * so a change of them is a new start, and that asks again.
 */
export class AccessWatch {
  readonly #options: AccessWatchOptions;
  readonly #stop = new AbortController();
  readonly #known = new Map<string, PresenceAccess>();
  #dueMs = -Infinity;
  #asking: Promise<void> | undefined;

  constructor(options: AccessWatchOptions) {
    this.#options = options;
  }

  /** What was found last, cluster by cluster. */
  get found(): readonly PresenceAccess[] {
    return [...this.#known.values()];
  }

  /** Asks all clusters when it is time; resolves when they have answered. */
  async look(): Promise<void> {
    if (this.#options.clock.monotonicMs() < this.#dueMs || this.#stop.signal.aborted) return;
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    await this.#asking;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#asking;
  }

  async #ask(): Promise<void> {
    const { clusters, clock } = this.#options;
    const found = await Promise.all(clusters.map(async (cluster) => await this.#review(cluster)));
    for (const access of found) {
      const before = this.#known.get(access.cluster);
      this.#known.set(access.cluster, access);
      this.#tell(access, before);
    }
    const isFailed = found.some(({ unknown }) => unknown !== undefined);
    this.#dueMs = clock.monotonicMs() + (isFailed ? AFTER_FAILURE_MS : AGAIN_MS);
  }

  async #review(cluster: string): Promise<PresenceAccess> {
    const { review, clock } = this.#options;
    const checkedAt = clock.now().toISOString();
    try {
      const { granted, denied } = await review(cluster, this.#stop.signal);
      const rights = denied.map((right) => ({
        right: shortened(formatRight(right), 253),
        playbooks: right.playbooks.slice(0, 100),
      }));
      return { cluster, checkedAt, granted, denied: rights.slice(0, 200) };
    } catch (error) {
      if (!isWarroomError(error)) throw error;
      return { cluster, checkedAt, granted: 0, denied: [], unknown: shortened(error.why ?? error.message, 300) };
    }
  }

  /** Only what is new: the same gap every day is noise. */
  #tell(access: PresenceAccess, before: PresenceAccess | undefined): void {
    const text = describeAccess(access);
    if (before === undefined ? isComplete(access) : text === describeAccess(before)) return;
    this.#options.emit({ type: 'warning', code: 'cluster-rights', message: text });
  }
}

function isComplete({ denied, unknown }: PresenceAccess): boolean {
  return denied.length === 0 && unknown === undefined;
}
