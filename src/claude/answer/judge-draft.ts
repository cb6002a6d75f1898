import { isProblem, type Hypothesis, type Judgement } from '../../domain/finding.ts';
import type { Outcome } from '../../domain/phase.ts';
import type { DraftConclusion, ReportParts } from '../../report/report-parts.ts';
import { shortened } from '../../report/untrusted.ts';
import { counted } from '../../report/words.ts';
import type { RootCause, TimelineEntry, Unknown } from '../../schema/generated.ts';
import { judgeOutcome } from '../../synthesis/judge-outcome.ts';
import { rankWithCandidate, type Candidate } from './draft-candidate.ts';
import type { Claim } from './merge-findings.ts';

/** Everything that the outcome of a merged draft depends on; a second look lowers numbers in it and judges again. */
export interface DraftState {
  readonly judgement: Judgement;
  /** Of the checks. */
  readonly hypotheses: readonly Hypothesis[];
  readonly claims: readonly Claim[];
  readonly candidate?: Candidate;
  /** Findings that the model explained, set aside or confirmed by quote. */
  readonly dealtWith: ReadonlySet<string>;
  /** Commands that the model wanted and did not get. */
  readonly denied: readonly string[];
  readonly said: DraftConclusion;
  readonly moments: readonly TimelineEntry[];
  readonly impact?: string;
}

/** What a report is made of once there is a draft; spread it over the other parts. */
export type DraftParts = Pick<ReportParts, 'judgement' | 'hypotheses' | 'assessment' | 'moments' | 'impact'> & {
  readonly draft: DraftConclusion;
};

export interface MergedDraft {
  readonly parts: DraftParts;
  readonly state: DraftState;
}

const MAX_REASON = 300;

/** Decides outcome and quality with code; the word of the model can only make the outcome more careful. */
export function judgeDraft(state: DraftState): MergedDraft {
  const { candidate, said, denied, judgement } = state;
  const hypotheses = rankWithCandidate(candidate, state.hypotheses, state.dealtWith);
  const judged = judgeOutcome({ judgement, hypotheses, deniedRequested: [] });
  const outcome = carefulOutcome(judged.outcome, state);
  const reasons = [...deniedReason(denied), ...judged.qualityReasons];
  const leads = candidate?.isProven === true;
  const { rootCause, ...rest } = said;
  const unknowns = [...disagreement(state, outcome, hypotheses), ...judgement.unknowns];
  return {
    state,
    parts: {
      judgement: { ...judgement, unknowns },
      hypotheses,
      assessment: { outcome, quality: reasons.length === 0 ? 'complete' : 'degraded', qualityReasons: reasons },
      draft: { ...rest, ...(leads && rootCause !== undefined ? { rootCause } : {}) },
      moments: state.moments,
      ...(state.impact === undefined ? {} : { impact: state.impact }),
    },
  };
}

/** A doubt of the model counts: against health as it is, against a proven cause when it quotes something. */
function carefulOutcome(outcome: Outcome, { said, claims }: DraftState): Outcome {
  if (outcome === 'no-problem' && said.outcome !== 'no-problem') return 'inconclusive';
  const isCited = claims.some((claim) => claim.isCited);
  if (outcome === 'root-cause' && said.outcome === 'inconclusive' && isCited) return 'inconclusive';
  return outcome;
}

function deniedReason(denied: readonly string[]): readonly string[] {
  const commands = [...new Set(denied)];
  if (commands.length === 0) return [];
  const count = counted(commands.length, 'command');
  return [
    shortened(
      `${count} of the investigator ${commands.length === 1 ? 'was' : 'were'} denied: ${commands.join('; ')}`,
      MAX_REASON,
    ),
  ];
}

/** Where code did not follow the model, and why. */
function disagreement(state: DraftState, outcome: Outcome, hypotheses: readonly Hypothesis[]): readonly Unknown[] {
  const { said, judgement, candidate } = state;
  if (said.outcome === 'no-problem' && outcome !== 'no-problem') {
    const problems = judgement.findings
      .filter(isProblem)
      .map(({ id }) => id)
      .sort();
    const why =
      problems.length === 0
        ? 'the investigator saw none, but required checks could not be judged'
        : `the investigator saw none, but there is something at or above a warning: ${problems.join(', ')}`;
    return [{ text: 'whether there is a problem', why: shortened(why, MAX_REASON) }];
  }
  if (said.outcome !== 'root-cause' || (outcome === 'root-cause' && candidate?.isProven === true)) return [];
  const cause = candidate?.statement ?? said.rootCause?.cause ?? said.bottomLine;
  return [
    {
      text: shortened(`whether the cause is what the investigator says: ${cause}`, MAX_REASON),
      why: shortened(whyNotProven(state, said.rootCause, hypotheses), MAX_REASON),
    },
  ];
}

function whyNotProven(
  { candidate, judgement }: DraftState,
  rootCause: RootCause | undefined,
  hypotheses: readonly Hypothesis[],
): string {
  if (rootCause === undefined) return 'it gave no chain from cause to symptom';
  if (candidate === undefined) return 'it rests on no finding at or above a warning';
  if (!candidate.isProven) return `none of its quotes for ${candidate.finding} was found in the evidence`;
  const finding = judgement.findings.find(({ id }) => id === candidate.finding);
  if (finding?.pointsTo !== undefined) return `${finding.id} only points to the strategy ${finding.pointsTo}`;
  const rival = hypotheses[1];
  const own = `its confidence is ${candidate.confidence.toFixed(2)}`;
  return rival === undefined ? own : `${own}; ${rival.confidence.toFixed(2)} for: ${rival.statement}`;
}
