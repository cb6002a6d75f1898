import type { ClaudeResult, ClaudeWork } from '../claude/claude-task.ts';
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
  const budget = claude.budget(facts.request.metadata.engineer);
  if (engine === 'auto' && budget.kind === 'used-up') return { kind: 'none', why: describeUsedUp(budget) };
  const remainingMs = timeout * 1000 - (context.clock.now().getTime() - startedAt.getTime());
  if (remainingMs < MIN_MS) return { kind: 'none', why: 'the checks used up the time of the request' };
  const earlier = await earlierReport(work, facts.request);
  const result = await claude.investigate({
    ...facts,
    id: candidate.id,
    cluster: context.settings.cluster,
    ...(earlier === undefined ? {} : { earlier }),
    remainingMs,
    onProgress: (event, spentUsd) => {
      tellProgress(work, event, spentUsd);
    },
  });
  return { kind: 'asked', result, why: whyOf(result, { claude, request: facts.request, earlier }) };
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
    const path = reportPath(resultFolder(id));
    const snapshot = await context.warRoom.refresh({ refPrefixes: [] });
    const files = await snapshot.readPaths([path], { maxBytes: MAX_REPORT_BYTES });
    return fileDocument('Report', files.get(path), path);
  } catch (error) {
    if (!isWarroomError(error)) throw error;
    context.emit({ type: 'warning', code: error.code, message: `the earlier report was not read: ${error.message}` });
    return undefined;
  }
}

function tellProgress({ context, candidate, keeper }: Work, event: ClaudeProgress, usd: number): void {
  if (event.type !== 'turn' && event.type !== 'command' && event.type !== 'report-asked') return;
  const turns = event.type === 'report-asked' ? (keeper?.claim.progress.turns ?? 0) : event.turn;
  const message = event.type === 'command' ? event.command : event.type === 'turn' ? 'thinks' : 'writes its report';
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
