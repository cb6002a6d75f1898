import type { Finding } from '../../domain/finding.ts';
import { cleanLine, shortened } from '../../report/untrusted.ts';
import type { DraftVerification, FindingVerdict, Unknown } from '../../schema/generated.ts';
import { judgeDraft, type DraftState, type MergedDraft } from './judge-draft.ts';

/** From this much less confidence on, a reader is told why. */
const NOTABLE = 0.2;
/** Below what two decimals can tell apart. */
const ROUNDING = 0.001;

/**
 * Lowers confidence by what a second look said about the claims of the model, and decides the outcome again. Nothing is
 * ever raised: an answer that is sure of everything changes nothing.
 */
export function applyVerification({ state }: MergedDraft, verification: DraftVerification): MergedDraft {
  const verdicts = verdictsOf(verification, state);
  const findings = state.judgement.findings.map((finding) => lowered(finding, verdicts.get(finding.id)));
  const doubts = [...overallDoubt(state, verification), ...findingDoubts(state, verdicts)];
  const { candidate } = state;
  const carrying = findings.find(({ id }) => id === candidate?.finding)?.confidence ?? 1;
  return judgeDraft({
    ...state,
    judgement: { ...state.judgement, findings, unknowns: [...doubts, ...state.judgement.unknowns] },
    said: { ...state.said, confidence: Math.min(state.said.confidence, verification.confidence) },
    ...(candidate === undefined
      ? {}
      : {
          candidate: { ...candidate, confidence: Math.min(candidate.confidence, carrying, verification.confidence) },
        }),
  });
}

/** Verdicts about what the model claimed; findings of the checks alone are not its business. Of several the worst counts. */
function verdictsOf(verification: DraftVerification, { claims }: DraftState): ReadonlyMap<string, FindingVerdict> {
  const claimed = new Set(claims.map(({ finding }) => finding));
  const verdicts = new Map<string, FindingVerdict>();
  for (const verdict of verification.findings) {
    const earlier = verdicts.get(verdict.finding);
    if (!claimed.has(verdict.finding) || (earlier !== undefined && earlier.confidence <= verdict.confidence)) continue;
    verdicts.set(verdict.finding, verdict);
  }
  return verdicts;
}

function lowered(finding: Finding, verdict: FindingVerdict | undefined): Finding {
  if (verdict === undefined) return finding;
  return { ...finding, confidence: Math.min(finding.confidence, verdict.confidence) };
}

function overallDoubt({ said }: DraftState, { confidence, why }: DraftVerification): readonly Unknown[] {
  if (said.confidence - confidence < NOTABLE - ROUNDING) return [];
  return [doubt('how far the evidence carries the bottom line', why)];
}

function findingDoubts({ judgement }: DraftState, verdicts: ReadonlyMap<string, FindingVerdict>): readonly Unknown[] {
  return judgement.findings.flatMap((finding) => {
    const verdict = verdicts.get(finding.id);
    if (verdict === undefined || finding.confidence - verdict.confidence < NOTABLE - ROUNDING) return [];
    return [doubt(`how far the evidence carries ${finding.id}: ${finding.title}`, verdict.why)];
  });
}

function doubt(text: string, why: string): Unknown {
  return { text: shortened(text, 300), why: shortened(`a second look doubts it: ${cleanLine(why)}`, 300) };
}
