import type { Outcome, TerminalPhase } from './phase.ts';
import type { RequestId } from './request-id.ts';

/**
 * What became of one push of a commit: `moved` is tried again, `fenced` lost its claim, `exists` found the path taken,
 * `failed` has another reason.
 */
export type PushOutcome = 'landed' | 'moved' | 'fenced' | 'exists' | 'failed';

/**
 * What a processor tells the world while it works: log lines, and what tests wait for. All texts are built from our
 * own constants, ids and redacted text.
 */
export type ProcessorEvent =
  | {
      readonly type: 'started';
      readonly cluster: string;
      readonly holder: string;
      readonly incarnation: string;
      readonly repository: string;
      readonly engines: readonly string[];
      readonly trust: 'open' | 'required';
      /** Fingerprint of the key that signs results. */
      readonly key: string;
    }
  | {
      readonly type: 'synced';
      readonly tip: string;
      readonly pending: number;
      /** What is not begun after this look; `since` is the minute of the oldest of them, of its id. */
      readonly queue: { readonly length: number; readonly since?: Date };
    }
  /** Metrics and health are served here. */
  | { readonly type: 'metrics-served'; readonly host: string; readonly port: number }
  | { readonly type: 'sync-failed'; readonly code: string; readonly message: string; readonly retryMs: number }
  | {
      readonly type: 'paused';
      readonly by: 'zone' | 'repository' | 'environment' | 'history';
      readonly message: string;
    }
  | { readonly type: 'resumed'; readonly by: string; readonly who?: string; readonly reason?: string }
  | {
      readonly type: 'history-accepted';
      readonly from: string;
      readonly to: string;
      readonly who: string;
      readonly reason: string;
    }
  /** The policy of the zone that holds from here on. */
  | { readonly type: 'policy-in-force'; readonly sha256: string; readonly rules: number }
  /** A file below requests/ that is nobody's: wrong path, mode, size, or not attributable to a cluster. */
  | { readonly type: 'ignored'; readonly path: string; readonly reason: string }
  | { readonly type: 'admitted'; readonly id: RequestId; readonly requester: string; readonly strategy: string }
  | { readonly type: 'rejected'; readonly id: RequestId; readonly code: string; readonly message: string }
  | {
      readonly type: 'claimed';
      readonly id: RequestId;
      readonly attempt: number;
      readonly isTakeOver: boolean;
      /** Since the time that the request itself names; absent when nobody could read it. */
      readonly waitedMs?: number;
    }
  | { readonly type: 'claim-lost'; readonly id: RequestId }
  | {
      readonly type: 'progress';
      readonly id: RequestId;
      readonly phase: string;
      readonly message: string;
      readonly done?: number;
      readonly total?: number;
    }
  /** A phase of an investigation is over; how often and for how long, without what happened in it. */
  | {
      readonly type: 'phase-ended';
      readonly id: RequestId;
      readonly phase: 'collecting' | 'investigating' | 'publishing';
      readonly ms: number;
    }
  /** A model was asked; told as soon as it has answered, whatever becomes of the result. */
  | {
      readonly type: 'consulted';
      readonly id: RequestId;
      readonly result: 'answered' | 'failed';
      readonly usd: number;
      readonly turns: number;
    }
  /** A report is written, not published yet. */
  | {
      readonly type: 'reported';
      readonly id: RequestId;
      readonly engine: 'diagnostics' | 'claude';
      readonly outcome: Outcome;
      /** How much was removed, by rule. */
      readonly redactions: Readonly<Record<string, number>>;
    }
  /**
   * A request of the processor to itself came back, or did not by its deadline. `code` says why not: that of an error, the
   * phase in which it ended, or `late`.
   */
  | { readonly type: 'canary'; readonly result: 'answered'; readonly id: RequestId; readonly ms: number }
  | { readonly type: 'canary'; readonly result: 'failed'; readonly code: string; readonly message: string }
  /** One try to push a commit to the branch. */
  | { readonly type: 'pushed'; readonly isRetry: boolean; readonly outcome: PushOutcome }
  | {
      readonly type: 'published';
      readonly id: RequestId;
      readonly phase: TerminalPhase;
      readonly outcome?: Outcome;
      readonly commit: string;
    }
  /** The page over all parts of a request was made anew, after a part came or its time was over. */
  | { readonly type: 'aggregated'; readonly id: RequestId; readonly isComplete: boolean }
  /** The result waits in the zone until an administrator releases it. */
  | { readonly type: 'held'; readonly id: RequestId }
  | {
      readonly type: 'released' | 'withheld' | 'stopped-by-administrator';
      readonly id: RequestId;
      readonly who: string;
      readonly reason: string;
    }
  /** Another processor took over while this one worked; its result is the one that counts. */
  | { readonly type: 'fenced'; readonly id: RequestId }
  | { readonly type: 'handed-back'; readonly id: RequestId }
  /** One request at the cluster broker; the path without its query. */
  | {
      readonly type: 'cluster-request';
      readonly run: string;
      readonly method: string;
      readonly path: string;
      readonly status: number;
      readonly bytes: number;
      readonly ms: number;
      readonly decision: 'forwarded' | 'refused' | 'failed';
      readonly reason?: string;
    }
  /** What became of a session. */
  | {
      readonly type: 'session';
      readonly id: RequestId;
      readonly what: 'accepted' | 'refused' | 'extended' | 'ending' | 'ended';
      readonly message: string;
    }
  /** The model answered one call of a session. */
  | { readonly type: 'session-spent'; readonly id: string; readonly usd: number }
  /** A place besides Git that results go to does not take them; they wait for it. */
  | {
      readonly type: 'publisher-failed';
      readonly publisher: string;
      readonly code: string;
      readonly message: string;
      /** Results that wait. */
      readonly waiting: number;
    }
  | { readonly type: 'publisher-recovered'; readonly publisher: string; readonly waiting: number }
  /** A model that was configured and could not be used at the start can be used now. */
  | { readonly type: 'engine-found'; readonly engine: 'claude'; readonly version: string }
  /** The state folder has no room: nothing is begun, or a result cannot be stored. It may have no room for the audit log. */
  | { readonly type: 'disk-full'; readonly message: string }
  /** There is room again in the state folder, and what waits is begun. */
  | { readonly type: 'room-found'; readonly megabytes: number }
  | { readonly type: 'warning'; readonly code: string; readonly message: string }
  | { readonly type: 'stopping'; readonly running: number }
  | { readonly type: 'stopped' };
