import { evidenceFile, type Evidence } from '../domain/evidence.ts';
import { severityRank, type Finding } from '../domain/finding.ts';
import { sha256 } from '../lib/digest.ts';
import type { Report, ReportCommand, ReportEvidence, ReportFinding, ReportRun, Unknown } from '../schema/generated.ts';
import { conclude } from './conclusion.ts';
import type { ReportParts, RunFacts } from './report-parts.ts';
import { timelineOf } from './timeline.ts';
import { shortened } from './untrusted.ts';

/** The report as data; texts keep the limits of its schema. Findings come with the worst first. */
export function buildReport(parts: ReportParts): Report {
  const { request, judgement, assessment } = parts;
  const { bottomLine, confidence, recommendations, rootCause } = conclude(parts);
  const { followUp } = request.spec;
  return {
    apiVersion: 'warroom.intility.io/v1',
    kind: 'Report',
    id: request.metadata.name,
    title: request.metadata.title,
    cluster: parts.cluster,
    target: parts.target,
    question: request.spec.issue.description,
    requester: parts.requester,
    phase: parts.phase ?? 'succeeded',
    outcome: assessment.outcome,
    quality: assessment.quality,
    qualityReasons: assessment.qualityReasons.slice(0, 50).map((reason) => shortened(reason, 300)),
    confidence,
    bottomLine,
    strategy: parts.strategy,
    engine: parts.engine,
    recommendations: [...recommendations],
    ...(parts.impact === undefined ? {} : { impact: shortened(parts.impact, 1000) }),
    ...(rootCause === undefined ? {} : { rootCause }),
    findings: [...judgement.findings]
      .sort((a, b) => severityRank(a.severity) - severityRank(b.severity) || b.confidence - a.confidence)
      .slice(0, 200)
      .map(reportFinding),
    hypotheses: parts.hypotheses.slice(0, 10),
    ...(judgement.changes === undefined ? {} : { changes: judgement.changes.slice(0, 100) }),
    ...(judgement.dependencies === undefined ? {} : { dependencies: judgement.dependencies }),
    evidence: parts.evidence.slice(0, 2000).map(reportEvidence),
    coverage: judgement.coverage.slice(0, 1000),
    timeline: timelineOf(parts),
    ruledOut: judgement.ruledOut.slice(0, 100),
    unknowns: unknownsOf(parts).slice(0, 200),
    ...(judgement.notCalled === undefined || judgement.notCalled.length === 0
      ? {}
      : { notCalled: judgement.notCalled.slice(0, 200).map(unknownText) }),
    ...(parts.similar === undefined ? {} : { similar: parts.similar.slice(0, 10) }),
    ...(followUp === undefined ? {} : { followUp }),
    commands: (parts.commands ?? parts.evidence.map(commandOf)).slice(0, 2000),
    redactions: parts.redactions,
    run: reportRun(parts.run),
    requestSha256: parts.requestSha256,
  };
}

function reportFinding(finding: Finding): ReportFinding {
  const { id, code, severity, object, title, expected, explanation, confidence, since, citations, pointsTo } = finding;
  return {
    ...{ id, code, severity, object, title, explanation, confidence },
    // The marks of redaction can make it longer than the value was.
    ...(expected === undefined ? {} : { expected: shortened(expected, 200) }),
    ...(since === undefined ? {} : { since }),
    citations: citations.slice(0, 20),
    ...(pointsTo === undefined ? {} : { pointsTo }),
  };
}

function reportEvidence(evidence: Evidence): ReportEvidence {
  const { id, step, source, status, exit, truncated } = evidence;
  return {
    ...{ id, step, source, status, truncated },
    title: shortened(evidence.title, 120),
    argv: argvOf(evidence),
    ...(exit === undefined ? {} : { exit }),
    startedAt: evidence.startedAt.toISOString(),
    ms: Math.round(evidence.ms),
    bytes: Buffer.byteLength(evidence.text),
    file: evidenceFile(evidence),
    sha256: sha256(evidence.text),
  };
}

/** A playbook runs only what its author wrote, so its commands are allowed by definition. */
function commandOf(evidence: Evidence): ReportCommand {
  const { id, source, status, exit } = evidence;
  return {
    at: evidence.startedAt.toISOString(),
    argv: argvOf(evidence),
    source,
    decision: 'allowed',
    reason: source === 'playbook' ? `step ${evidence.step} of the playbook` : 'allowed by the command policy',
    status,
    ...(exit === undefined ? {} : { exit }),
    ms: Math.round(evidence.ms),
    evidence: id,
  };
}

function argvOf(evidence: Evidence): string[] {
  return evidence.argv.slice(0, 200).map((word) => shortened(word, 4000));
}

/** What the rules could not say, and every check that nobody could judge and no rule mentions. */
function unknownsOf({ judgement }: ReportParts): Unknown[] {
  const said = judgement.unknowns.map(({ text, why }) => `${text}\n${why}`).join('\n');
  const silent = judgement.coverage.filter((step) => !step.known && !said.includes(step.title));
  return [...judgement.unknowns, ...silent.map((step) => ({ text: step.title, why: step.reason ?? step.status }))].map(
    unknownText,
  );
}

function unknownText({ text, why }: Unknown): Unknown {
  return { text: shortened(text, 300), why: shortened(why, 300) };
}

function reportRun(run: RunFacts): ReportRun {
  const { attempt, holder, version, playbook, model, cost } = run;
  return {
    startedAt: run.startedAt.toISOString(),
    finishedAt: run.finishedAt.toISOString(),
    seconds: Math.max(0, Math.round((run.finishedAt.getTime() - run.startedAt.getTime()) / 100) / 10),
    attempt,
    attempts: run.attempts.slice(-10),
    holder,
    version,
    ...(playbook === undefined ? {} : { playbook }),
    ...(model === undefined ? {} : { model }),
    ...(cost === undefined ? {} : { cost }),
  };
}
