import type { Outcome, TerminalPhase } from '../domain/phase.ts';
import type { RedactedText } from '../domain/redacted-text.ts';
import type { RequestId } from '../domain/request-id.ts';

/** A result that is finished and redacted, on its way into Git or there already. */
export interface Publication {
  readonly id: RequestId;
  readonly phase: TerminalPhase;
  readonly outcome?: Outcome;
  /** Result folder in the war room. */
  readonly folder: string;
  /** By path inside the result folder. */
  readonly files: ReadonlyMap<string, RedactedText>;
}

/** One thing that a publisher delivers; the same name means the same place. */
export interface Parcel {
  readonly name: string;
  readonly text: RedactedText;
}

/**
 * A place that results go to besides Git. Git is no publisher of this kind: only its atomic push decides whether a result
 * counts (src/processor/publish-entry.ts), and nothing here can hold it back.
 */
export interface Publisher {
  readonly name: 's3' | 'configmap';
  /** What it wants of a result that is in Git now; asked once per result, and again after a crash. */
  pick(publication: Publication): Promise<readonly Parcel[]>;
  /** Delivers all or throws a `WarroomError`. The same parcels may come again. */
  deliver(parcels: readonly Parcel[], signal: AbortSignal): Promise<void>;
  /** Absent when it takes nothing off Git. */
  readonly offloading?: Offloading;
  close(): void;
}

/** How a publisher takes files off Git, before the result is there. */
export interface Offloading {
  /** For all files of one result; what is not there in time stays in Git. */
  readonly timeoutMs: number;
  /** Files that would rather lie elsewhere, each with its key there. */
  choose(publication: Publication): readonly OffloadedFile[];
}

export interface OffloadedFile {
  /** Inside the result folder. */
  readonly path: string;
  readonly key: string;
  readonly text: RedactedText;
}

/** How a publisher is doing, for people. */
export interface PublisherState {
  readonly name: Publisher['name'];
  /** Results that wait for it. */
  readonly waiting: number;
  /** Absent while it works. */
  readonly failure?: { readonly code: string; readonly message: string; readonly since: string };
}
