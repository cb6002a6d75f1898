import type { TerminalPhase } from '../domain/phase.ts';
import { statusWithoutReport } from '../report/status-document.ts';
import type { StatusReason } from '../schema/generated.ts';
import { failureFiles } from './result-files.ts';
import { endedAttempts, policyOf, writerOf } from './work-facts.ts';
import type { Result, Work } from './work.ts';

/** Terminal record without a report: what happened, why, and what to do. */
export async function failureRecord(
  work: Work,
  phase: Exclude<TerminalPhase, 'succeeded'>,
  reason: StatusReason,
): Promise<Result> {
  const { context, candidate, keeper } = work;
  const finishedAt = context.clock.now();
  const redaction = await context.createRedaction('result');
  const status = await redaction.redactValue(
    statusWithoutReport({
      id: candidate.id,
      cluster: context.settings.cluster.name,
      phase,
      reason,
      ...(candidate.content.kind === 'request' ? { request: candidate.content.request } : {}),
      requestSha256: candidate.file.sha256,
      attempts: endedAttempts(work, phase, finishedAt),
      processor: writerOf(work),
      ...(keeper === undefined ? {} : { claimedAt: keeper.claim.claimedAt }),
      finishedAt: finishedAt.toISOString(),
    }),
  );
  const files = await failureFiles({
    status,
    redaction,
    requestPath: candidate.file.path,
    folder: candidate.folder,
    versions: context.versions,
    signer: candidate.signer,
    key: context.key,
    ...policyOf(work),
  });
  return { phase, files };
}
