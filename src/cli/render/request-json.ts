import type { PartView, RequestView } from '../../client/request-view.ts';

/**
 * A request for `--json`. The names are a promise; what is not known is null, so that every name is always there.
 * `cluster` is the first of `clusters`.
 */
export function requestJson(view: RequestView): Readonly<Record<string, unknown>> {
  return {
    id: view.id,
    title: view.title,
    phase: view.phase,
    outcome: view.outcome ?? null,
    quality: view.quality ?? null,
    cluster: view.clusters[0] ?? null,
    clusters: view.clusters,
    requester: view.requester ?? null,
    signed: view.isSigned,
    origin: view.origin,
    followUp: view.followUp ?? null,
    createdAt: view.createdAt.toISOString(),
    expiresAt: isoOrNull(view.expiresAt),
    inInbox: view.isInInbox,
    cancelRequested: view.isCancelRequested,
    problem: view.problem ?? null,
    coordination: view.coordination ?? null,
    ...answerJson(view),
    parts: view.parts.map((part) => ({
      cluster: part.cluster,
      phase: part.phase,
      skipped: part.isSkipped,
      waitsFor: part.waitsFor ?? null,
      outcome: part.outcome ?? null,
      quality: part.quality ?? null,
      ...answerJson(part),
    })),
  };
}

function answerJson(
  part: Omit<PartView, 'cluster' | 'phase' | 'isSkipped' | 'waitsFor'>,
): Readonly<Record<string, unknown>> {
  return {
    qualityReasons: part.qualityReasons,
    bottomLine: part.bottomLine ?? null,
    confidence: part.confidence ?? null,
    reason: part.reason ?? null,
    strategy: part.strategy ?? null,
    engine: part.engine ?? null,
    findings: part.findings ?? null,
    attempt: part.attempt,
    attempts: part.attempts,
    processor: part.processor ?? null,
    progress: part.progress ?? null,
    silentSince: isoOrNull(part.silentSince),
    claimedAt: isoOrNull(part.claimedAt),
    finishedAt: isoOrNull(part.finishedAt),
    usd: part.usd ?? null,
    turns: part.turns ?? null,
  };
}

function isoOrNull(date: Date | undefined): string | null {
  return date?.toISOString() ?? null;
}
