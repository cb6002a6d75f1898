import type { ClaudeWork } from '../claude/claude-task.ts';
import type { Evidence } from '../domain/evidence.ts';
import { isProblem, type Hypothesis, type Judgement } from '../domain/finding.ts';
import type { TerminalPhase } from '../domain/phase.ts';
import type { Signer } from '../domain/signature.ts';
import type { Redaction } from '../redaction/create-redaction.ts';
import { buildReport } from '../report/build-report.ts';
import { statusOfReport } from '../report/status-document.ts';
import type { Report, TroubleshootingRequest } from '../schema/generated.ts';
import { auditEntries, reportCommand, type AuditEntry } from './audit-entry.ts';
import type { PlaybookChoice } from './choose-playbook.ts';
import { costOf, type Consultation } from './consult.ts';
import { drawConclusion } from './draw-conclusion.ts';
import { redactedAgain } from './judge-look.ts';
import type { Look } from './look-at-target.ts';
import { reportFiles, type ResultFiles } from './result-files.ts';
import { endedAttempts, policyOf, writerOf } from './work-facts.ts';
import type { Result, Work } from './work.ts';

/** All that an investigation came to. */
export interface Investigated {
  readonly request: TroubleshootingRequest;
  readonly choice: PlaybookChoice;
  readonly look: Look;
  readonly judged: { readonly evidence: readonly Evidence[]; readonly judgement: Judgement };
  readonly hypotheses: readonly Hypothesis[];
  readonly consultation: Consultation;
  readonly redaction: Redaction;
}

/** Writes the report and the files around it. Who was asked too late gets what there is, as timed out. */
export async function writeReport(work: Work, investigated: Investigated): Promise<Result> {
  const { context } = work;
  const { request, choice, look, judged, hypotheses, consultation, redaction } = investigated;
  const claude = consultation.kind === 'asked' ? consultation.result : undefined;
  const evidence = await redactedAgain([...judged.evidence, ...(claude?.evidence ?? [])], redaction);
  const finishedAt = context.clock.now();
  const isLate = finishedAt.getTime() - work.startedAt.getTime() >= request.spec.investigation.timeout * 1000;
  const phase: TerminalPhase = isLate ? 'timed-out' : 'succeeded';
  const { metadata } = choice.loaded.playbook;
  const commands = auditEntries(look.commands, claude?.commands ?? []);
  const report = await redaction.redactValue(
    buildReport({
      request,
      requestSha256: work.candidate.file.sha256,
      cluster: context.settings.cluster,
      target: { kind: look.target.kind, identity: look.target.identity, name: look.target.name },
      requester: requesterOf(request, work.candidate.signer),
      phase,
      ...(look.impact === undefined ? {} : { impact: await redaction.redact(look.impact) }),
      strategy: choice.strategy,
      ...drawConclusion(consultation, { judgement: judged.judgement, hypotheses }),
      evidence,
      commands: commands.map(reportCommand),
      redactions: redaction.counts(),
      run: {
        startedAt: work.startedAt,
        finishedAt,
        attempt: work.move.attempt,
        attempts: endedAttempts(work, phase, finishedAt),
        holder: context.settings.holder,
        version: context.versions['claude-warroom'] ?? '',
        playbook: { id: metadata.id, version: metadata.version, sha256: choice.loaded.sha256 },
        ...(claude === undefined ? {} : { cost: costOf(claude) }),
        ...(claude === undefined || context.claude === undefined ? {} : { model: context.claude.model }),
      },
    }),
  );
  work.keeper?.report({
    phase: 'publishing',
    message: 'writing the report',
    done: look.checks,
    total: look.checks,
    findings: report.findings.filter(isProblem).length,
  });
  const files = await filesOf(work, { report, evidence, commands, redaction, siteContext: claude?.siteContext ?? [] });
  const { outcome } = report;
  const redactions = redaction.counts().byRule;
  context.emit({ type: 'reported', id: work.candidate.id, engine: report.engine.name, outcome, redactions });
  return { phase, outcome, ...files };
}

/** Anybody may write any name into a file; only a signature shows whose it is. */
function requesterOf({ metadata }: TroubleshootingRequest, signer: Signer | undefined): Report['requester'] {
  if (signer === undefined) return { name: metadata.engineer, verified: false };
  return { name: signer.principal, verified: true, key: signer.fingerprint };
}

async function filesOf(
  work: Work,
  parts: {
    readonly report: Report;
    readonly evidence: readonly Evidence[];
    readonly commands: readonly AuditEntry[];
    readonly redaction: Redaction;
    readonly siteContext: ClaudeWork['siteContext'];
  },
): Promise<ResultFiles> {
  const { context, candidate, keeper } = work;
  const status = statusOfReport(parts.report, {
    processor: writerOf(work),
    createdAt:
      candidate.content.kind === 'request' ? candidate.content.request.metadata.timestamp : parts.report.run.startedAt,
    ...(keeper === undefined ? {} : { claimedAt: keeper.claim.claimedAt }),
  });
  return await reportFiles({
    report: parts.report,
    status,
    evidence: parts.evidence,
    commands: parts.commands,
    siteContext: parts.siteContext,
    redaction: parts.redaction,
    requestPath: candidate.file.path,
    folder: candidate.folder,
    signer: candidate.signer,
    key: context.key,
    ...policyOf(work),
    publish: context.settings.disclosure.publish,
    versions: {
      ...context.versions,
      ...(parts.report.engine.name === 'claude' && context.claude !== undefined
        ? { 'claude-code': context.claude.version }
        : {}),
    },
  });
}
