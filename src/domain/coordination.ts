import type { StatusReason, TroubleshootingRequest } from '../schema/generated.ts';
import { isTerminal, type Outcome, type Phase } from './phase.ts';
import { requestTargets } from './request.ts';

/** How the parts of one request depend on each other. */
export interface Coordination {
  readonly mode: 'sequential' | 'parallel';
  /** What ends the search for the parts that have not begun. */
  readonly stopOn: 'root-cause' | 'failure' | 'never';
}

/** Another part of the same request, as its processor published it and as this one has seen it. */
export interface OtherPart {
  readonly cluster: string;
  readonly phase: Phase;
  readonly outcome?: Outcome | undefined;
  readonly reasonCode?: string | undefined;
  /** Its word counts here: a verified signature where signatures are required. */
  readonly isTrusted: boolean;
  /** It had its time to begin, or to end, and did not. */
  readonly isGivenUp: boolean;
}

/**
 * Whether a part may begin.
 *
 * go    now; `missing` are the clusters before it that did not answer in time
 * wait  for the cluster before it
 * stop  another part has ended the search: this one is published as cancelled, and nothing runs
 */
export type Turn =
  | { readonly kind: 'go'; readonly missing: readonly string[] }
  | { readonly kind: 'wait'; readonly cluster: string }
  | { readonly kind: 'stop'; readonly reason: StatusReason };

/** Codes of parts that were not asked any more. */
const STOPPED = { 'root-cause': 'stopped-on-root-cause', failure: 'stopped-on-failure' } as const;

const FAILED: readonly Phase[] = ['failed', 'timed-out', 'rejected', 'expired'];

export function coordinationOf({ spec }: Pick<TroubleshootingRequest, 'spec'>): Coordination {
  return { mode: spec.coordination?.mode ?? 'parallel', stopOn: spec.coordination?.stopOn ?? 'never' };
}

/** The clusters whose parts decide about that of `cluster`, in the order of the request. */
export function partsThatMatter(request: TroubleshootingRequest, cluster: string): readonly string[] {
  const names = requestTargets(request).map(({ name }) => name);
  const { mode, stopOn } = coordinationOf(request);
  if (mode === 'sequential') return names.slice(0, Math.max(0, names.indexOf(cluster)));
  return stopOn === 'never' ? [] : names.filter((name) => name !== cluster);
}

/** Decides for a part that has not begun; `others` are the parts that matter, in the order of the request. */
export function turnOf({ mode, stopOn }: Coordination, others: readonly OtherPart[]): Turn {
  for (const other of others) {
    const reason = stopOn === 'never' ? undefined : stopReason(stopOn, other);
    if (reason !== undefined) return { kind: 'stop', reason };
  }
  if (mode === 'parallel') return { kind: 'go', missing: [] };
  const open = others.find(({ phase, isGivenUp }) => !isTerminal(phase) && !isGivenUp);
  if (open !== undefined) return { kind: 'wait', cluster: open.cluster };
  return { kind: 'go', missing: others.filter(({ phase }) => !isTerminal(phase)).map(({ cluster }) => cluster) };
}

/** Whether a part was left out because another one had ended the search; it says nothing about the cluster. */
export function isSkipped(phase: Phase, reasonCode: string | undefined): boolean {
  return phase === 'cancelled' && Object.values<string | undefined>(STOPPED).includes(reasonCode);
}

function stopReason(stopOn: 'root-cause' | 'failure', other: OtherPart): StatusReason | undefined {
  const { cluster, phase, outcome, reasonCode, isTrusted, isGivenUp } = other;
  const hint = 'ask this cluster by itself, or all of them with  --stop-on never';
  const code = STOPPED[stopOn];
  // Who was stopped before passes it on: it may have seen what nobody sees any more.
  if (isTrusted && phase === 'cancelled' && reasonCode === code) {
    return { code, message: `${cluster} was not asked any more either (stopOn: ${stopOn})`, hint };
  }
  if (stopOn === 'root-cause') {
    if (!isTrusted || phase !== 'succeeded' || outcome !== 'root-cause') return undefined;
    return { code, message: `${cluster} has found a root cause (stopOn: root-cause)`, hint };
  }
  if (isTrusted && FAILED.includes(phase)) return { code, message: `${cluster} ${phase} (stopOn: failure)`, hint };
  if (!isGivenUp || isTerminal(phase)) return undefined;
  return { code, message: `${cluster} has not answered in time (stopOn: failure)`, hint };
}
