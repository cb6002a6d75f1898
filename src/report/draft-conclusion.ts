import type { Outcome } from '../domain/phase.ts';
import type { Conclusion, DraftConclusion } from './report-parts.ts';

/**
 * Puts the words of the model where code came to the same outcome; else code speaks, and the model only adds what to do.
 * `own` is what follows from the findings.
 */
export function withDraft(own: Conclusion, draft: DraftConclusion, outcome: Outcome): Conclusion {
  const confidence = Math.min(own.confidence, draft.confidence);
  if (!agrees(draft, outcome)) {
    return {
      ...own,
      confidence: outcome === 'inconclusive' ? confidence : own.confidence,
      recommendations: [...own.recommendations, ...draft.recommendations],
    };
  }
  const ownAdvice = outcome === 'no-problem' && draft.recommendations.length > 0 ? [] : own.recommendations;
  return {
    bottomLine: draft.bottomLine,
    confidence,
    recommendations: [...draft.recommendations, ...ownAdvice],
    ...(outcome === 'root-cause' && draft.rootCause !== undefined ? { rootCause: draft.rootCause } : {}),
  };
}

function agrees(draft: DraftConclusion, outcome: Outcome): boolean {
  return draft.outcome === outcome && (outcome !== 'root-cause' || draft.rootCause !== undefined);
}
