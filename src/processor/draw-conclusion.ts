import type { Hypothesis, Judgement } from '../domain/finding.ts';
import type { ReportParts } from '../report/report-parts.ts';
import { shortened } from '../report/untrusted.ts';
import { judgeOutcome } from '../synthesis/judge-outcome.ts';
import type { Consultation } from './consult.ts';

/** Longest reason that a report takes. */
const MAX_WHY = 300;

export type ConclusionParts = Pick<
  ReportParts,
  'engine' | 'assessment' | 'judgement' | 'hypotheses' | 'draft' | 'moments' | 'impact'
>;

/** Who judged, and what came of it. Without a usable answer of the model the checks speak for themselves. */
export function drawConclusion(
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
