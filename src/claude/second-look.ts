import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Evidence } from '../domain/evidence.ts';
import type { Redaction } from '../redaction/create-redaction.ts';
import type { ReportTarget } from '../schema/generated.ts';
import { applyVerification } from './answer/apply-verification.ts';
import { composeVerification } from './answer/compose-verification.ts';
import { answerSchema } from './answer/draft-07.ts';
import type { MergedDraft } from './answer/judge-draft.ts';
import { validateVerification } from './answer/validate-draft.ts';
import { runClaude, type RunClaudeOptions } from './run-claude.ts';

/** It looks nothing up: one answer, and two more tries to give it in the right form. */
const MAX_TURNS = 3;
/** Less time than this is not enough for an answer. */
const MIN_MS = 5000;

export interface SecondLook {
  readonly merged: MergedDraft;
  readonly turns: number;
  /** What claude itself counted. */
  readonly costUsd: number;
  readonly isDone: boolean;
}

/**
 * Lets a model that sees only the claims and their quotes lower the confidence of a draft. When that fails the draft stays
 * as it is, and its quality says so.
 */
export async function lookAgain(
  merged: MergedDraft,
  facts: {
    readonly evidence: readonly Evidence[];
    readonly cluster: ReportTarget;
    readonly redaction: Redaction;
    readonly nonce: string;
    readonly remainingMs: number;
    /** Folder of the first run; this one has its own in it. */
    readonly folder: string;
    readonly claude: Pick<
      RunClaudeOptions,
      'binary' | 'access' | 'shimFolder' | 'model' | 'maxBudgetUsd' | 'onEvent' | 'signal' | 'user' | 'place'
    >;
  },
): Promise<SecondLook> {
  const { redaction, remainingMs } = facts;
  const failed = async (why: string, spent = { turns: 0, costUsd: 0 }): Promise<SecondLook> => {
    const reason = await redaction.redact(`the claims were not checked a second time: ${why}`);
    return { merged: withReason(merged, reason), isDone: false, ...spent };
  };
  if (remainingMs < MIN_MS) return await failed('there was no time left');
  const folder = join(facts.folder, 'second-look');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { system, prompt } = composeVerification({ ...facts, merged }, { nonce: facts.nonce });
  const outcome = await runClaude({
    ...facts.claude,
    folder,
    systemPrompt: system,
    prompt: await redaction.redact(prompt.text),
    schema: answerSchema('DraftVerification'),
    maxTurns: MAX_TURNS,
    softDeadlineMs: remainingMs,
    hardDeadlineMs: remainingMs,
    decide: () => Promise.resolve({ behavior: 'deny', message: 'no command runs here: judge what you were shown' }),
  });
  const spent = { turns: outcome.turns, costUsd: outcome.costUsd ?? 0 };
  if (outcome.kind === 'failed') return await failed(`${outcome.code}: ${outcome.message}`, spent);
  const validated = validateVerification(outcome.structured);
  if (validated.kind === 'invalid') return await failed(validated.problems.slice(0, 3).join('; '), spent);
  const verification = await redaction.redactValue(validated.answer);
  return { merged: applyVerification(merged, verification), isDone: true, ...spent };
}

/** Longest reason that a report takes. */
const MAX_REASON = 300;

function withReason(merged: MergedDraft, reason: string): MergedDraft {
  const { parts } = merged;
  const qualityReasons = [...parts.assessment.qualityReasons, reason.slice(0, MAX_REASON)];
  return { ...merged, parts: { ...parts, assessment: { ...parts.assessment, quality: 'degraded', qualityReasons } } };
}
