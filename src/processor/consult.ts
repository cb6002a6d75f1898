import { NO_WORK, type ClaudeResult, type ClaudeWork } from '../claude/claude-task.ts';
import type { ClaudeEngine } from '../claude/engine.ts';
import type { ClaudeProgress } from '../claude/run/outcome.ts';
import { describeUsedUp } from '../claude/spend-book.ts';
import type { Evidence } from '../domain/evidence.ts';
import type { Hypothesis, Judgement } from '../domain/finding.ts';
import { isWarroomError } from '../domain/errors.ts';
import { reportPath, resultFolder } from '../domain/repository-layout.ts';
import { parseRequestId } from '../domain/request-id.ts';
import type { Redaction } from '../redaction/create-redaction.ts';
import { fileDocument } from '../repository/file-content.ts';
import type { Report, TroubleshootingRequest } from '../schema/generated.ts';
import type { AgentCommandRecord } from '../claude/commands/agent-commands.ts';
import type { BoardCommand } from '../zone/board.ts';
import type { AgentAccess } from '../target/port.ts';
import type { Work } from './work.ts';

/** What became of the wish to ask a model. */
export type Consultation =
  | { readonly kind: 'none'; readonly why: string }
  | { readonly kind: 'asked'; readonly result: ClaudeResult; readonly why: string };

export interface Case {
  readonly request: TroubleshootingRequest;
  readonly strategy: Report['strategy'];
  readonly judgement: Judgement;
  readonly hypotheses: readonly Hypothesis[];
  readonly evidence: readonly Evidence[];
  readonly redaction: Redaction;
  readonly nextEvidence: () => string;
  readonly signal: AbortSignal;
}

/** With less time than this a model cannot even read the evidence. */
const MIN_MS = 10_000;
const MAX_REPORT_BYTES = 8 * 1024 * 1024;

/** Asks Claude about a case, when the request wants it and the processor has it. */
export async function consult(work: Work, facts: Case): Promise<Consultation> {
  const { context, startedAt, candidate } = work;
  const { engine, timeout } = facts.request.spec.investigation;
  const { claude } = context;
  if (engine === 'diagnostics') return { kind: 'none', why: 'the request asked for it' };
  if (claude === undefined) return { kind: 'none', why: context.noClaude };
  const { permission } = work;
  if (permission !== undefined && !permission.engines.includes('claude')) {
    return { kind: 'none', why: `rule ${permission.rule} of the policy allows no model` };
  }
  const budget = claude.budget(facts.request.metadata.engineer);
  if (engine === 'auto' && budget.kind === 'used-up') return { kind: 'none', why: describeUsedUp(budget) };
  const remainingMs = timeout * 1000 - (context.clock.now().getTime() - startedAt.getTime());
  if (remainingMs < MIN_MS) return { kind: 'none', why: 'the checks used up the time of the request' };
  const { request } = facts;
  const granted = grant(work, claude, request);
  if (context.policy !== undefined && granted.spec.investigation.budget?.usd === 0) return withoutMoney(work, request);
  try {
    return await ask(work, claude, { ...facts, request: granted, remainingMs });
  } finally {
    context.policy?.release(candidate.id);
  }
}

/** The request as far as the policy allows it: its tools, and as much money as is left. */
function grant(work: Work, { maxUsd }: ClaudeEngine, request: TroubleshootingRequest): TroubleshootingRequest {
  const { context, candidate, permission, move } = work;
  const { policy } = context;
  if (policy === undefined || permission === undefined || move.kind !== 'investigate') return request;
  const { investigation } = request.spec;
  const { tools } = permission;
  const wanted = Math.min(investigation.budget?.usd ?? maxUsd, permission.maxUsd ?? maxUsd, maxUsd);
  const usd = policy.setAside(candidate.id, { principal: move.principal, usd: wanted });
  return {
    ...request,
    spec: {
      ...request.spec,
      investigation: {
        ...investigation,
        ...(tools === undefined ? {} : { allowedTools: tools }),
        budget: { ...investigation.budget, usd },
      },
    },
  };
}

/** What others spent meanwhile is gone: auto does without a model, and who wanted one is told that it failed. */
function withoutMoney({ context, candidate }: Work, request: TroubleshootingRequest): Consultation {
  context.policy?.release(candidate.id);
  const why = 'the policy leaves no money for a model today';
  if (request.spec.investigation.engine === 'auto') return { kind: 'none', why };
  return { kind: 'asked', why: '', result: { kind: 'failed', code: 'budget', message: why, ...NO_WORK } };
}

/** Asks, with what the policy granted. */
async function ask(
  work: Work,
  claude: ClaudeEngine,
  facts: Case & { readonly remainingMs: number },
): Promise<Consultation> {
  const { context, candidate } = work;
  const earlier = await earlierReport(work, facts.request);
  const access = await openAccess(work, facts.signal);
  const result = await claude
    .investigate({
      ...facts,
      id: candidate.id,
      cluster: context.settings.cluster,
      ...(earlier === undefined ? {} : { earlier }),
      ...(access === undefined ? {} : { commandEnvironment: access.environment }),
      isPaused: () => work.brake.isSet,
      onCommand: (event) => {
        if (event.kind === 'started') work.watch.commandStarted([event.command]);
        else work.watch.commandEnded(ofAgent(event.record));
      },
      onProgress: (event, spentUsd) => {
        tellProgress(work, event, spentUsd);
      },
    })
    .finally(() => access?.close());
  const { usd, turns } = result;
  context.emit({
    type: 'consulted',
    id: candidate.id,
    result: result.kind === 'answered' ? 'answered' : 'failed',
    usd,
    turns,
  });
  return { kind: 'asked', result, why: whyOf(result, { claude, request: facts.request, earlier }) };
}

/** How the investigator reaches the target; without a way it still has what the checks recorded. */
async function openAccess({ context, candidate }: Work, signal: AbortSignal): Promise<AgentAccess | undefined> {
  try {
    return await context.target.openAgentAccess?.(candidate.id, signal);
  } catch (error) {
    if (!isWarroomError(error)) throw error;
    context.emit({ type: 'warning', code: error.code, message: `the target cannot be looked at: ${error.message}` });
    return undefined;
  }
}

/** What ran, why, and what it knew of an earlier question. */
function whyOf(
  result: ClaudeResult,
  facts: {
    readonly claude: Pick<ClaudeEngine, 'version' | 'model'>;
    readonly request: TroubleshootingRequest;
    readonly earlier: Report | undefined;
  },
): string {
  const { claude, request, earlier } = facts;
  const { followUp, investigation } = request.spec;
  const reason = investigation.engine === 'auto' ? ', because a model credential is configured' : '';
  const about = result.conversation === 'resumed' ? 'it went on with the conversation' : 'it was given the report';
  const isFollowUp = followUp !== undefined && (result.conversation === 'resumed' || earlier !== undefined);
  const looked = result.kind === 'answered' && result.isVerified === true;
  return [
    `Claude Code ${claude.version} with ${claude.model}${reason}`,
    ...(isFollowUp ? [`${about} of ${followUp}`] : []),
    ...(looked ? ['a second look checked its claims'] : []),
  ].join('; ');
}

/** The report that a follow-up question is about, as far as it is in the war room. */
async function earlierReport({ context }: Work, request: TroubleshootingRequest): Promise<Report | undefined> {
  const id = parseRequestId(request.spec.followUp ?? '');
  if (id === undefined) return undefined;
  try {
    // When several clusters were asked, this one goes on from what it has said itself.
    const paths = [resultFolder(id), resultFolder(id, context.settings.cluster.name)].map(reportPath);
    const snapshot = await context.warRoom.refresh({ refPrefixes: [] });
    const files = await snapshot.readPaths(paths, { maxBytes: MAX_REPORT_BYTES });
    const path = paths.find((each) => files.has(each));
    return path === undefined ? undefined : fileDocument('Report', files.get(path), path);
  } catch (error) {
    if (!isWarroomError(error)) throw error;
    context.emit({ type: 'warning', code: error.code, message: `the earlier report was not read: ${error.message}` });
    return undefined;
  }
}

/** Denied ones have no argv; they show what was wanted. */
function ofAgent({ argv, command, decision, status, exit, ms }: AgentCommandRecord): BoardCommand {
  const shown = argv.length === 0 ? [command] : argv;
  return { source: 'agent', argv: shown, decision, status, ...(exit === undefined ? {} : { exit }), ms };
}

function tellProgress(work: Work, event: ClaudeProgress, usd: number): void {
  const { context, candidate, keeper, watch } = work;
  if (event.type === 'waiting') {
    const message = `waits: ${event.why}`;
    watch.progress({ phase: 'investigating', message });
    keeper?.report({ phase: 'investigating', message, done: 0, total: 0 });
    context.emit({ type: 'progress', id: candidate.id, phase: 'investigating', message });
    return;
  }
  if (event.type !== 'turn' && event.type !== 'command' && event.type !== 'report-asked') return;
  const turns = event.type === 'report-asked' ? (keeper?.claim.progress.turns ?? 0) : event.turn;
  const message = event.type === 'command' ? event.command : event.type === 'turn' ? 'thinks' : 'writes its report';
  watch.progress({ phase: 'investigating', message: event.type === 'turn' ? 'thinks' : event.type, usd, turns });
  // The claim is redacted as a whole before it is pushed; log lines get no text of the model.
  keeper?.report({ phase: 'investigating', message, done: 0, total: 0, turns, usd: Math.round(usd * 100) / 100 });
  if (event.type === 'turn') {
    context.emit({ type: 'progress', id: candidate.id, phase: 'investigating', message: `Claude, turn ${event.turn}` });
  }
}

/** What the model used, as the report shows it. */
export function costOf({ usd, turns, inputTokens, outputTokens }: ClaudeWork): NonNullable<Report['run']['cost']> {
  return {
    usd,
    turns,
    ...(inputTokens === undefined ? {} : { inputTokens }),
    ...(outputTokens === undefined ? {} : { outputTokens }),
  };
}
