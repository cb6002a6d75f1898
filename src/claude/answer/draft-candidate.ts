import { isProblem, type Finding, type Hypothesis } from '../../domain/finding.ts';
import type { DraftConclusion } from '../../report/report-parts.ts';
import type { Claim } from './merge-findings.ts';

/** The cause that the model names. */
export interface Candidate {
  readonly finding: string;
  readonly statement: string;
  readonly confidence: number;
  readonly explains: readonly string[];
  readonly disprovedBy: string;
  /** Whether it rests on a quote of the model that was found; only then it overrules the ranking. */
  readonly isProven: boolean;
}

const LOWEST = 0.05;
const HIGHEST = 0.99;
const MAX_HYPOTHESES = 10;

export interface CandidateSources {
  readonly said: DraftConclusion;
  /** Findings that the model says are effects of its cause. */
  readonly explains: readonly string[];
  readonly findings: readonly Finding[];
  readonly claims: readonly Claim[];
  /** Of the checks; best first. */
  readonly hypotheses: readonly Hypothesis[];
}

/** What the model's root cause is worth: it rests on the first problem that the model names, and is as sure as that. */
export function candidateOf({ said, explains, findings, claims, hypotheses }: CandidateSources): Candidate | undefined {
  const { rootCause, outcome, confidence } = said;
  if (rootCause === undefined || outcome === 'no-problem') return undefined;
  for (const claim of claims) {
    const finding = findings.find(({ id }) => id === claim.finding);
    if (finding === undefined || !isProblem(finding)) continue;
    const same = hypotheses.find((each) => each.finding === finding.id);
    const effects = new Set([...explains, ...(same?.explains ?? [])]);
    return {
      finding: finding.id,
      statement: rootCause.cause,
      confidence: clamp(Math.min(confidence, finding.confidence)),
      explains: findings.map(({ id }) => id).filter((id) => id !== finding.id && effects.has(id)),
      disprovedBy: rootCause.disprovedBy,
      isProven: claim.isCited,
    };
  }
  return undefined;
}

/**
 * Candidates of the checks and of the model in one ranking. A proven one of the model stands first and alone among what
 * the model dealt with; what it left out stays its rival. One that is not proven is ranked by its confidence.
 */
export function rankWithCandidate(
  candidate: Candidate | undefined,
  hypotheses: readonly Hypothesis[],
  dealtWith: ReadonlySet<string>,
): readonly Hypothesis[] {
  if (candidate === undefined) return numbered(hypotheses);
  const own = { rank: 1, ...hypothesisOf(candidate) };
  if (candidate.isProven) return numbered([own, ...hypotheses.filter(({ finding }) => !dealtWith.has(finding))]);
  // The rule that made the finding has proof of its own; the words of the model add none.
  if (hypotheses.some(({ finding }) => finding === candidate.finding)) return numbered(hypotheses);
  return numbered([...hypotheses, own].sort((a, b) => b.confidence - a.confidence));
}

function hypothesisOf({ statement, finding, confidence, explains, disprovedBy }: Candidate): Omit<Hypothesis, 'rank'> {
  return { statement, finding, confidence, explains: [...explains], disprovedBy };
}

function numbered(hypotheses: readonly Hypothesis[]): readonly Hypothesis[] {
  return hypotheses.slice(0, MAX_HYPOTHESES).map((each, index) => ({ ...each, rank: index + 1 }));
}

function clamp(confidence: number): number {
  return Math.round(Math.min(HIGHEST, Math.max(LOWEST, confidence)) * 100) / 100;
}
