import type { ClaudeWork } from '../claude/claude-task.ts';
import type { Evidence } from '../domain/evidence.ts';
import { evidenceId } from '../domain/evidence.ts';
import { isProblem, type Hypothesis, type Judgement } from '../domain/finding.ts';
import type { TerminalPhase } from '../domain/phase.ts';
import type { Signer } from '../domain/signature.ts';
import { chooseStrategy } from '../playbook/choose-strategy.ts';
import { inputsOfRequest, resolveInputs, type RequestFocus } from '../playbook/expand.ts';
import type { LoadedPlaybook } from '../playbook/load-playbooks.ts';
import { runPlaybook, type PlaybookRun, type StepEvent } from '../playbook/run-playbook.ts';
import type { Redaction } from '../redaction/create-redaction.ts';
import { buildReport } from '../report/build-report.ts';
import { checkJudgement } from '../report/citations.ts';
import type { ReportParts } from '../report/report-parts.ts';
import { shortened } from '../report/untrusted.ts';
import { statusOfReport } from '../report/status-document.ts';
import type { Playbook, Report, TroubleshootingRequest } from '../schema/generated.ts';
import { judgeOutcome } from '../synthesis/judge-outcome.ts';
import { judgeRun } from '../synthesis/judge-run.ts';
import { rankHypotheses, rankingOf } from '../synthesis/rank-hypotheses.ts';
import type { Target, TargetIdentity } from '../target/port.ts';
import { auditEntries, reportCommand, type AuditEntry } from './audit-entry.ts';
import { consult, costOf, type Consultation } from './consult.ts';
import { readHandedOn, type HandedOn } from './handed-on.ts';
import type { HostChoice, HostChooser } from './host-chooser.ts';
import { lookAtFleet } from './look-at-fleet.ts';
import { questionOf } from './question.ts';
import { refuseOtherTarget } from './refuse-other-target.ts';
import { aimedAt, focusFor, placesOf, suppliedInputs } from './request-places.ts';
import { reportFiles, type ResultFiles } from './result-files.ts';
import { endedAttempts, policyOf, writerOf } from './work-facts.ts';
import type { Result, Work } from './work.ts';

/** Collects evidence with the playbook, judges it, and writes the report. Ends early when a signal is aborted. */
export async function investigate(work: Work, request: TroubleshootingRequest): Promise<Result> {
  const { context } = work;
  const redaction = await context.createRedaction('result');
  const choice = choose(work, request);
  const ended = phaseTimer(work);
  const look = await lookAt(work, request, { loaded: choice.loaded, redaction });
  ended('collecting');
  context.failpoint('after-collect');
  work.keeper?.report({
    phase: 'investigating',
    message: 'judging the evidence',
    done: look.checks,
    total: look.checks,
  });

  const { spec } = request;
  const counter = createCounter(look.evidence.length);
  const now = context.clock.now();
  const handedOn = await readHandedOn(work, request, { redaction, now, counter });
  const judged = await judge(look, { redaction, request, now, counter, handedOn });
  const hypotheses = rankHypotheses({
    judgement: judged.judgement,
    focus: look.focus,
    ...rankingOf(choice.loaded.playbook),
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
  ended('investigating');
  const claude = consultation.kind === 'asked' ? consultation.result : undefined;
  const evidence = await redactedAgain([...judged.evidence, ...(claude?.evidence ?? [])], redaction);
  const finishedAt = context.clock.now();
  const isLate = finishedAt.getTime() - work.startedAt.getTime() >= spec.investigation.timeout * 1000;
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

/** Tells how long each phase took, counted from the end of the one before it. */
function phaseTimer({ context, candidate }: Work): (phase: 'collecting' | 'investigating') => void {
  let since = context.clock.monotonicMs();
  return (phase) => {
    const now = context.clock.monotonicMs();
    context.emit({ type: 'phase-ended', id: candidate.id, phase, ms: Math.round(now - since) });
    since = now;
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

/** What was seen of the target, before anybody judges it with others. */
interface Look {
  readonly evidence: readonly Evidence[];
  readonly commands: PlaybookRun['commands'];
  /** Raw. */
  readonly judgement: Judgement;
  readonly checks: number;
  readonly focus: RequestFocus;
  readonly target: Pick<TargetIdentity, 'kind' | 'identity' | 'name'>;
  /** Raw; which of several hosts are in trouble. */
  readonly impact?: string;
}

interface Asked {
  readonly loaded: LoadedPlaybook;
  readonly redaction: Redaction;
}

/** Looks at what a request is about; hosts of an inventory are opened for it alone. */
async function lookAt(work: Work, request: TroubleshootingRequest, asked: Asked): Promise<Look> {
  const { context } = work;
  const { hosts } = context;
  const choice = hosts?.choose(request.spec.issue.affectedResources ?? []);
  if (hosts === undefined || choice === undefined)
    return await lookAtOne(work, request, { ...asked, target: context.target });
  switch (choice.kind) {
    case 'refused':
      throw new Error(`${choice.message}, and was admitted`);
    case 'chosen': {
      const target = await hosts.open(choice.host);
      try {
        return await lookAtOne(work, request, { ...asked, target });
      } finally {
        await target.close();
      }
    }
    case 'several':
      return await lookAtSeveral(work, request, { ...asked, hosts, choice });
  }
}

async function lookAtOne(
  work: Work,
  request: TroubleshootingRequest,
  asked: Asked & { readonly target: Target },
): Promise<Look> {
  const { loaded, target } = asked;
  const { playbook } = loaded;
  await refuseOtherTarget(target, { request, cluster: work.context.settings.cluster });
  const run = await collect(work, request, { ...asked, playbook, nextEvidence: createCounter(0) });
  return {
    evidence: run.evidence,
    commands: run.commands,
    judgement: judgeRun({ ...run, playbook, now: work.context.clock.now() }),
    checks: run.steps.length,
    focus: focusFor(playbook, request),
    target: await target.identify(),
  };
}

async function lookAtSeveral(
  work: Work,
  request: TroubleshootingRequest,
  asked: Asked & { readonly hosts: HostChooser; readonly choice: Extract<HostChoice, { readonly kind: 'several' }> },
): Promise<Look> {
  const { loaded, redaction, hosts, choice } = asked;
  const { context } = work;
  const { playbook } = loaded;
  const nextEvidence = createCounter(0);
  const { evidence, commands, judgement, summary } = await lookAtFleet({
    playbook,
    hosts: choice.hosts,
    concurrency: hosts.concurrency,
    timeoutMs: request.spec.investigation.timeout * 1000,
    clock: context.clock,
    open: async (host) => await hosts.open(host),
    run: async (target, { name }, share) => {
      await refuseOtherTarget(target, { request, cluster: context.settings.cluster });
      return await collect(work, request, { loaded, redaction, target, nextEvidence, playbook: share, host: name });
    },
  });
  const { resources, ...focus } = focusFor(playbook, request);
  return {
    ...{ evidence, commands, judgement, impact: summary },
    checks: playbook.spec.steps.length * choice.hosts.length,
    // All of them are meant; their names say nothing about which is the cause.
    focus: { ...focus, resources: (resources ?? []).filter((each) => !/^(?:host|group)\//u.test(each)) },
    target: {
      kind: 'inventory',
      identity: context.settings.cluster.name,
      name: `${choice.name} (${choice.hosts.length} hosts)`.slice(0, 253),
    },
  };
}

async function collect(
  work: Work,
  request: TroubleshootingRequest,
  {
    playbook,
    redaction,
    target,
    nextEvidence,
    host,
  }: Asked & {
    /** With the budget that counts here. */
    readonly playbook: Playbook;
    readonly target: Target;
    readonly nextEvidence: () => string;
    /** Named when it is one of several. */
    readonly host?: string;
  },
): Promise<PlaybookRun> {
  const { context } = work;
  const inputs = resolveInputs(
    playbook,
    inputsOfRequest(playbook, focusFor(playbook, request)),
    suppliedInputs(playbook, request, context.settings),
  );
  // A request without what the playbook needs was not admitted.
  if (inputs.kind === 'invalid') throw new Error(inputs.problems.join('; '));
  return await runPlaybook({
    playbook: aimedAt(playbook, request),
    target,
    targets: placesOf(target, request, context.settings),
    inputs: inputs.inputs,
    allowsExec: context.settings.execRead === true,
    redaction,
    clock: context.clock,
    signal: stopSignal(work),
    deadlineMs: request.spec.investigation.timeout * 1000,
    nextEvidence,
    onStep: (event) => {
      tellStep(work, host === undefined ? event : { ...event, title: `${host}: ${event.title}` });
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
  look: Pick<Look, 'evidence' | 'judgement'>,
  options: {
    readonly redaction: Redaction;
    readonly request: TroubleshootingRequest;
    readonly now: Date;
    readonly counter: () => string;
    readonly handedOn: HandedOn;
  },
): Promise<{ readonly evidence: readonly Evidence[]; readonly judgement: Judgement }> {
  const { redaction, handedOn } = options;
  const unknowns = [...handedOn.unknowns, ...look.judgement.unknowns];
  const redacted = await redaction.redactValue({ ...look.judgement, unknowns });
  const evidence: Evidence[] = [];
  for (const item of [...look.evidence, ...handedOn.evidence, ...(await attachmentsOf(options))]) {
    evidence.push({ ...item, text: await redaction.redact(item.text) });
  }
  return { evidence, judgement: checkJudgement(redacted, evidence) };
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
