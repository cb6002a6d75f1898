import type { DeniedTool } from './stream-event.ts';

/** Why a run ended before the model was done; the answer is what it knew by then. */
export type Shortened = 'time' | 'turns';

export type ClaudeFailureCode =
  | 'authentication' // the model API refuses the credential
  | 'budget' //         the money of this run is used up
  | 'turns' //          no answer within the turns that were allowed
  | 'timeout' //        no answer before the hard deadline
  | 'api' //            the model API failed for another reason
  | 'refusal' //        the model refuses to answer
  | 'no-structure' //   an answer, but not by the schema
  | 'crashed' //        claude ended without a result
  | 'interrupted' //    the caller or somebody else stopped it
  | 'not-started'; //   claude never began to work

/** A tool call that did not run, with the reason that the model was told where it came from us. */
export interface RefusedTool extends DeniedTool {
  readonly reason?: string;
}

/** How a run ended. Texts in it come from a model or an API: they are not redacted. */
export type ClaudeOutcome =
  | {
      readonly kind: 'answered';
      /** Follows the schema as far as claude checks it; validate it again. */
      readonly structured: Readonly<Record<string, unknown>>;
      readonly costUsd: number;
      readonly turns: number;
      readonly sessionId: string;
      readonly deniedTools: readonly RefusedTool[];
      readonly shortened?: Shortened;
    }
  | {
      readonly kind: 'failed';
      readonly code: ClaudeFailureCode;
      readonly message: string;
      /** What the model wrote before; empty when it wrote nothing. */
      readonly partialText: string;
      readonly turns: number;
      readonly deniedTools: readonly RefusedTool[];
      readonly costUsd?: number;
      readonly sessionId?: string;
    };

/** What happens during a run, in order; for progress and logs. `command` is not redacted. */
export type ClaudeProgress =
  | { readonly type: 'started'; readonly model: string; readonly version: string }
  /** There is no place for claude yet. `why` is in words of our own. */
  | { readonly type: 'waiting'; readonly why: string }
  | { readonly type: 'turn'; readonly turn: number; readonly costUsd: number }
  | {
      readonly type: 'command';
      readonly turn: number;
      readonly toolUseId: string;
      readonly command: string;
      readonly decision: 'allow' | 'deny';
      readonly reason?: string;
    }
  | { readonly type: 'command-ended'; readonly toolUseId: string; readonly isError: boolean }
  | { readonly type: 'api-retry'; readonly attempt: number; readonly status?: number }
  | { readonly type: 'report-asked'; readonly reason: Shortened }
  | { readonly type: 'stopping'; readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL' };
