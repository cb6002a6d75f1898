import type { Outcome, TerminalPhase } from '../domain/phase.ts';
import type { RedactedText } from '../domain/redacted-text.ts';
import type { ProcessorContext } from './context.ts';
import type { LeaseKeeper } from './lease-keeper.ts';
import type { Move } from './next-move.ts';
import type { Candidate } from './candidate.ts';

/** What is published about one part of a request. */
export interface Result {
  readonly phase: TerminalPhase;
  readonly outcome?: Outcome;
  /** By path inside the result folder. */
  readonly files: ReadonlyMap<string, RedactedText>;
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
  readonly startedAt: Date;
  keeper?: LeaseKeeper;
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
