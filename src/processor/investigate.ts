import type { ClaudeWork } from '../claude/claude-task.ts';
import type { Evidence } from '../domain/evidence.ts';
import { evidenceId } from '../domain/evidence.ts';
import { isProblem, type Hypothesis, type Judgement } from '../domain/finding.ts';
import type { TerminalPhase } from '../domain/phase.ts';
import type { Signer } from '../domain/signature.ts';
import { chooseStrategy } from '../playbook/choose-strategy.ts';
import { evaluateRules } from '../playbook/evaluate-rules.ts';
import { inputsOfRequest, resolveInputs } from '../playbook/expand.ts';
import type { LoadedPlaybook } from '../playbook/load-playbooks.ts';
import { runPlaybook, type PlaybookRun, type StepEvent } from '../playbook/run-playbook.ts';
import type { Redaction } from '../redaction/create-redaction.ts';
import { buildReport } from '../report/build-report.ts';
import { checkCitations } from '../report/citations.ts';
import type { ReportParts } from '../report/report-parts.ts';
import { shortened } from '../report/untrusted.ts';
import { statusOfReport } from '../report/status-document.ts';
import type { Report, TroubleshootingRequest } from '../schema/generated.ts';
import { judgeOutcome } from '../synthesis/judge-outcome.ts';
import { rankHypotheses } from '../synthesis/rank-hypotheses.ts';
import type { Target } from '../target/port.ts';
import { focusOf } from './abilities.ts';
import { auditEntries, reportCommand, type AuditEntry } from './audit-entry.ts';
import { consult, costOf, type Consultation } from './consult.ts';
import { questionOf } from './question.ts';
import { placesOf, suppliedInputs } from './request-places.ts';
import { reportFiles, type ResultFiles } from './result-files.ts';
import { endedAttempts, policyOf, writerOf } from './work-facts.ts';
import type { Result, Work } from './work.ts';

/** Collects evidence with the playbook, judges it, and writes the report. Ends early when a signal is aborted. */
export async function investigate(work: Work, request: TroubleshootingRequest): Promise<Result> {
  const { context } = work;
  const redaction = await context.createRedaction('result');
  const choice = choose(work, request);
  const { run, looked } = await lookAt(work, request, async (target) => ({
    run: await collect(work, request, { loaded: choice.loaded, redaction, target }),
    looked: await target.identify(),
  }));
  context.failpoint('after-collect');
  work.keeper?.report({
    phase: 'investigating',
    message: 'judging the evidence',
    done: run.steps.length,
    total: run.steps.length,
  });

  const { spec } = request;
  const focus = focusOf(request);
  const counter = createCounter(run.evidence.length);
  const judged = await judge(choice.loaded, run, { redaction, request, now: context.clock.now(), counter });
  const hypotheses = rankHypotheses({
    judgement: judged.judgement,
    focus,
    order: choice.loaded.playbook.spec.synthesis?.order ?? [],
  });
  const consultation = await consult(work, {
    request,
    strategy: choice.strategy,
    judgement: judged.judgement,
    hypotheses,
    evidence: judged.evidence,
    redaction,
    nextEvidence: counter,
    signal: stopSignal(work),
  });
  const claude = consultation.kind === 'asked' ? consultation.result : undefined;
  const evidence = await redactedAgain([...judged.evidence, ...(claude?.evidence ?? [])], redaction);
  const finishedAt = context.clock.now();
  const isLate = finishedAt.getTime() - work.startedAt.getTime() >= spec.investigation.timeout * 1000;
  const phase: TerminalPhase = isLate ? 'timed-out' : 'succeeded';
  const { metadata } = choice.loaded.playbook;
  const commands = auditEntries(run.commands, claude?.commands ?? []);
  const report = await redaction.redactValue(
    buildReport({
      request,
      requestSha256: work.candidate.file.sha256,
      cluster: context.settings.cluster,
      target: { kind: looked.kind, identity: looked.identity, name: looked.name },
      requester: requesterOf(request, work.candidate.signer),
      phase,
      strategy: choice.strategy,
      ...conclusionOf(consultation, { judgement: judged.judgement, hypotheses }),
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
    done: run.steps.length,
    total: run.steps.length,
    findings: report.findings.filter(isProblem).length,
  });
  return {
    phase,
    outcome: report.outcome,
    ...(await filesOf(work, { report, evidence, commands, redaction, siteContext: claude?.siteContext ?? [] })),
  };
}

/** Anybody may write any name into a file; only a signature shows whose it is. */
function requesterOf({ metadata }: TroubleshootingRequest, signer: Signer | undefined): Report['requester'] {
  if (signer === undefined) return { name: metadata.engineer, verified: false };
  return { name: signer.principal, verified: true, key: signer.fingerprint };
}

/** One counter for everything that is recorded. */
function createCounter(used: number): () => string {
  let number = used;
  return () => evidenceId(++number);
}

/** A secret that a later output gave away may stand in an earlier one. */
async function redactedAgain(evidence: readonly Evidence[], redaction: Redaction): Promise<readonly Evidence[]> {
  const again: Evidence[] = [];
  for (const item of evidence) again.push({ ...item, text: await redaction.redact(item.text) });
  return again;
}

/** Longest reason that a report takes. */
const MAX_WHY = 300;

type ConclusionParts = Pick<
  ReportParts,
  'engine' | 'assessment' | 'judgement' | 'hypotheses' | 'draft' | 'moments' | 'impact'
>;

/** Who judged, and what came of it. Without a usable answer of the model the checks speak for themselves. */
function conclusionOf(
  consultation: Consultation,
  checks: { readonly judgement: Judgement; readonly hypotheses: readonly Hypothesis[] },
): ConclusionParts {
  if (consultation.kind === 'asked' && consultation.result.kind === 'answered') {
    return { ...consultation.result.merged.parts, engine: { name: 'claude', why: consultation.why } };
  }
  const assessment = judgeOutcome({ ...checks, deniedRequested: [] });
  if (consultation.kind === 'none') {
    return { ...checks, assessment, engine: { name: 'diagnostics', why: consultation.why } };
  }
  const { result } = consultation;
  const failure =
    result.kind === 'failed' ? shortened(`Claude did not finish (${result.code}): ${result.message}`, MAX_WHY) : '';
  return {
    ...checks,
    assessment: { ...assessment, quality: 'degraded', qualityReasons: [failure, ...assessment.qualityReasons] },
    engine: { name: 'diagnostics', why: failure },
  };
}

function choose(
  { context }: Work,
  request: TroubleshootingRequest,
): { readonly loaded: LoadedPlaybook; readonly strategy: Report['strategy'] } {
  const { strategy } = request.spec.investigation;
  const choice = chooseStrategy(
    { strategy, text: questionOf(request), targetType: context.settings.cluster.type },
    context.playbooks.map(({ playbook }) => playbook),
  );
  if (choice.kind === 'unknown') throw new Error(`strategy ${strategy} was admitted and is unknown now`);
  const loaded = context.playbooks.find(({ playbook }) => playbook === choice.playbook);
  if (loaded === undefined) throw new Error(`playbook of strategy ${choice.strategy} is not loaded`);
  return {
    loaded,
    strategy: {
      name: choice.strategy,
      chosenBy: choice.chosenBy,
      ...(choice.why === undefined ? {} : { why: choice.why }),
    },
  };
}

/** Gives the machine that a request is about; one of an inventory is opened for it alone. */
async function lookAt<T>(
  { context }: Work,
  request: TroubleshootingRequest,
  look: (target: Target) => Promise<T>,
): Promise<T> {
  const choice = context.hosts?.choose(request.spec.issue.affectedResources ?? []);
  if (context.hosts === undefined || choice === undefined) return await look(context.target);
  if (choice.kind === 'refused') throw new Error(`${choice.message}, and was admitted`);
  const target = await context.hosts.open(choice.host);
  try {
    return await look(target);
  } finally {
    await target.close();
  }
}

async function collect(
  work: Work,
  request: TroubleshootingRequest,
  {
    loaded,
    redaction,
    target,
  }: { readonly loaded: LoadedPlaybook; readonly redaction: Redaction; readonly target: Target },
): Promise<PlaybookRun> {
  const { context } = work;
  const { playbook } = loaded;
  const inputs = resolveInputs(
    playbook,
    inputsOfRequest(playbook, focusOf(request)),
    suppliedInputs(playbook, request),
  );
  // A request without what the playbook needs was not admitted.
  if (inputs.kind === 'invalid') throw new Error(inputs.problems.join('; '));
  return await runPlaybook({
    playbook,
    target,
    targets: placesOf(target, request, context.settings),
    inputs: inputs.inputs,
    redaction,
    clock: context.clock,
    signal: stopSignal(work),
    deadlineMs: request.spec.investigation.timeout * 1000,
    nextEvidence: createCounter(0),
    onStep: (event) => {
      tellStep(work, event);
    },
    onCommand: (event) => {
      if (event.kind === 'started') {
        work.watch.commandStarted(event.argv);
        return;
      }
      const { kind: _kind, ...command } = event;
      work.watch.commandEnded({ source: 'playbook', decision: 'allowed', ...command });
    },
  });
}

/** Whatever ends the work early. */
function stopSignal({ signal, cancelled, keeper }: Work): AbortSignal {
  return AbortSignal.any([signal, cancelled, ...(keeper === undefined ? [] : [keeper.lost])]);
}

function tellStep({ context, keeper, candidate, watch }: Work, event: StepEvent): void {
  const { title, done, total } = event;
  if (event.kind === 'finished') context.failpoint('in-collect');
  keeper?.report({ phase: 'collecting', message: title, done, total });
  watch.progress({ phase: 'collecting', message: title });
  context.emit({ type: 'progress', id: candidate.id, phase: 'collecting', message: title, done, total });
}

/**
 * Rules read raw output, so what they say is redacted here; the evidence passes once more, because a secret that a
 * later output gave away is now known. Quotes are checked against exactly the text that is published.
 */
async function judge(
  { playbook }: LoadedPlaybook,
  run: PlaybookRun,
  options: {
    readonly redaction: Redaction;
    readonly request: TroubleshootingRequest;
    readonly now: Date;
    readonly counter: () => string;
  },
): Promise<{ readonly evidence: readonly Evidence[]; readonly judgement: Judgement }> {
  const { redaction, now } = options;
  const raw = evaluateRules({ ...run, playbook, now });
  const redacted = await redaction.redactValue(raw);
  const evidence: Evidence[] = [];
  for (const item of [...run.evidence, ...(await attachmentsOf(options))]) {
    evidence.push({ ...item, text: await redaction.redact(item.text) });
  }
  return { evidence, judgement: { ...redacted, findings: checkCitations(redacted.findings, evidence) } };
}

/** What the requester sent along lies beside the other evidence, so that everybody reads the same. */
async function attachmentsOf({
  redaction,
  request,
  now,
  counter,
}: {
  readonly redaction: Redaction;
  readonly request: TroubleshootingRequest;
  readonly now: Date;
  readonly counter: () => string;
}): Promise<readonly Evidence[]> {
  const attachments: Evidence[] = [];
  for (const { name, content } of request.spec.attachments ?? []) {
    attachments.push({
      id: counter(),
      step: 'attachment',
      title: `attached by the requester: ${name}`,
      source: 'playbook',
      argv: [await redaction.redact('attachment'), await redaction.redact(name)],
      status: 'ok',
      startedAt: now,
      ms: 0,
      text: await redaction.redact(content),
      truncated: false,
    });
  }
  return attachments;
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
