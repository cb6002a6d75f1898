import { isProblem } from '../domain/finding.ts';
import type { TerminalPhase } from '../domain/phase.ts';
import type { Report, Status, StatusAttempt, StatusReason, TroubleshootingRequest } from '../schema/generated.ts';
import { shortened } from './untrusted.ts';

/** Who wrote a status. */
export interface StatusWriter {
  readonly holder: string;
  readonly incarnation: string;
  readonly version: string;
}

/** Status of a part that has a report. */
export function statusOfReport(
  report: Report,
  extra: { readonly processor: StatusWriter; readonly createdAt: string; readonly claimedAt?: string },
): Status {
  return {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'Status',
    id: report.id,
    cluster: report.cluster.name,
    title: report.title,
    requester: report.requester.name,
    phase: report.phase,
    outcome: report.outcome,
    quality: report.quality,
    ...(report.qualityReasons.length === 0 ? {} : { qualityReasons: report.qualityReasons }),
    bottomLine: report.bottomLine,
    confidence: report.confidence,
    strategy: report.strategy.name,
    engine: report.engine.name,
    findings: report.findings.filter(isProblem).length,
    attempt: report.run.attempt,
    attempts: report.run.attempts,
    processor: writer(extra.processor),
    times: {
      createdAt: extra.createdAt,
      ...(extra.claimedAt === undefined ? {} : { claimedAt: extra.claimedAt }),
      finishedAt: report.run.finishedAt,
    },
    ...(report.run.cost === undefined ? {} : { cost: report.run.cost }),
    requestSha256: report.requestSha256,
  };
}

export interface EndWithoutReport {
  readonly id: string;
  readonly cluster: string;
  readonly phase: Exclude<TerminalPhase, 'succeeded'>;
  readonly reason: StatusReason;
  /** Absent when the request could not be read. */
  readonly request?: TroubleshootingRequest;
  /** When the request was written; needed when it could not be read. */
  readonly createdAt?: string;
  readonly requestSha256: string;
  readonly attempts: readonly StatusAttempt[];
  readonly processor: StatusWriter;
  readonly claimedAt?: string;
  readonly finishedAt: string;
}

/** Terminal status of a part that has no report: why, and what to do about it. */
export function statusWithoutReport(end: EndWithoutReport): Status {
  const { reason, request } = end;
  return {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'Status',
    id: end.id,
    cluster: end.cluster,
    ...(request === undefined ? {} : { title: request.metadata.title, requester: request.metadata.engineer }),
    phase: end.phase,
    reason: {
      code: reason.code,
      message: shortened(reason.message, 1000),
      ...(reason.hint === undefined ? {} : { hint: shortened(reason.hint, 1000) }),
    },
    attempt: end.attempts.at(-1)?.number ?? 0,
    attempts: end.attempts.slice(-10),
    processor: writer(end.processor),
    times: {
      createdAt: request?.metadata.timestamp ?? end.createdAt ?? end.finishedAt,
      ...(end.claimedAt === undefined ? {} : { claimedAt: end.claimedAt }),
      finishedAt: end.finishedAt,
    },
    requestSha256: end.requestSha256,
  };
}

function writer({ holder, incarnation, version }: StatusWriter): Status['processor'] {
  return { holder, incarnation, version };
}
