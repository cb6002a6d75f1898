import type { Outcome, TerminalPhase } from '../domain/phase.ts';
import type { RedactedText } from '../domain/redacted-text.ts';
import type { Brake } from './brake.ts';
import type { StoppedBy } from './cancellation.ts';
import type { BoardCommand } from '../zone/board.ts';
import type { ProcessorContext } from './context.ts';
import type { LeaseKeeper } from './lease-keeper.ts';
import type { Move } from './next-move.ts';
import type { Candidate } from './candidate.ts';
import type { Permission } from './policy-gate.ts';

/** What is published about one part of a request. */
export interface Result {
  readonly phase: TerminalPhase;
  readonly outcome?: Outcome;
  /** By path inside the result folder. */
  readonly files: ReadonlyMap<string, RedactedText>;
  /** What the disclosure of this cluster keeps in the zone. */
  readonly kept?: ReadonlyMap<string, RedactedText>;
}

/** Tells the administrator, and the audit log, what happens as it happens. */
export interface WorkWatch {
  progress(change: { phase: string; message: string; usd?: number; turns?: number }): void;
  commandStarted(argv: readonly RedactedText[]): void;
  commandEnded(command: BoardCommand): void;
}

/** One candidate on its way to a terminal record; steps fill in what later ones need. */
export interface Work {
  readonly context: ProcessorContext;
  readonly candidate: Candidate;
  /** A step that finds a reason to run nothing puts the record of it in the place of the investigation. */
  move: Exclude<Move, { readonly kind: 'leave' }>;
  /** Stops the investigation: shutdown, cancellation or loss of the claim. */
  readonly signal: AbortSignal;
  readonly cancelled: AbortSignal;
  /** Asked before each step that starts something or lets something leave. */
  readonly brake: Brake;
  readonly startedAt: Date;
  /** Who in the zone stopped it, and why; set together with `cancelled`. */
  readonly stoppedBy: () => StoppedBy | undefined;
  readonly watch: WorkWatch;
  keeper?: LeaseKeeper;
  /** What the policy allows this run; absent without a policy, and when nothing runs. */
  permission?: Permission;
  /** When the attempt began, by the monotonic clock. */
  begunMs?: number;
  result?: Result;
}

export type StepOutcome =
  | { readonly kind: 'next' }
  /** Nothing more to do, and nothing to tell. */
  | { readonly kind: 'stop' }
  /** The same step again after a pause. */
  | { readonly kind: 'retry'; readonly afterMs: number };

/** A step says what happens next; an error it throws is turned into that by src/processor/disposition.ts. */
export type WorkStep = (work: Work) => Promise<StepOutcome>;

export const NEXT: StepOutcome = { kind: 'next' };
export const STOP: StepOutcome = { kind: 'stop' };
