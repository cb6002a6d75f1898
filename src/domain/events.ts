import type { Outcome, TerminalPhase } from './phase.ts';
import type { RequestId } from './request-id.ts';

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
  | { readonly type: 'synced'; readonly tip: string; readonly pending: number }
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
  | { readonly type: 'claimed'; readonly id: RequestId; readonly attempt: number; readonly isTakeOver: boolean }
  | { readonly type: 'claim-lost'; readonly id: RequestId }
  | {
      readonly type: 'progress';
      readonly id: RequestId;
      readonly phase: string;
      readonly message: string;
      readonly done?: number;
      readonly total?: number;
    }
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
  | { readonly type: 'warning'; readonly code: string; readonly message: string }
  | { readonly type: 'stopping'; readonly running: number }
  | { readonly type: 'stopped' };
