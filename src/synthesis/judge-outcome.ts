import { isProblem, type Hypothesis, type Judgement } from '../domain/finding.ts';
import type { Outcome, Quality } from '../domain/phase.ts';

export interface OutcomeSources {
  /** With citations that have been checked: an unchecked one counts as failed. */
  readonly judgement: Judgement;
  readonly hypotheses: readonly Hypothesis[];
  /** What the run asked for beyond the playbook and was denied, in words; the steps of the playbook are added here. */
  readonly deniedRequested: readonly string[];
}

export interface JudgedOutcome {
  readonly outcome: Outcome;
  readonly quality: Quality;
  /** Why the quality is degraded; empty when it is complete. */
  readonly qualityReasons: readonly string[];
}

/** Decisions: a root cause is this sure, and this far ahead of the next candidate. */
const ROOT_CAUSE_CONFIDENCE = 0.7;
const ROOT_CAUSE_LEAD = 0.15;
/** Limit of the report contract. */
const MAX_REASON_CHARACTERS = 300;
/** Below what two decimals can tell apart. */
const ROUNDING = 0.001;

/** What a report may claim, and how complete its ground is. */
export function judgeOutcome(sources: OutcomeSources): JudgedOutcome {
  const qualityReasons = reasonsToDegrade(sources);
  return {
    outcome: outcomeOf(sources),
    quality: qualityReasons.length === 0 ? 'complete' : 'degraded',
    qualityReasons,
  };
}

function outcomeOf({ judgement, hypotheses }: OutcomeSources): Outcome {
  if (isRootCause(judgement, hypotheses)) return 'root-cause';
  const hasGap = judgement.coverage.some((step) => step.required && !step.known) || hasSeenNothing(judgement);
  return !hasGap && !judgement.findings.some(isProblem) ? 'no-problem' : 'inconclusive';
}

/** No check gave an answer, for example because the host cannot be reached: that is never health. */
function hasSeenNothing({ coverage }: Judgement): boolean {
  return coverage.length > 0 && coverage.every((step) => !step.known);
}

function isRootCause(judgement: Judgement, hypotheses: readonly Hypothesis[]): boolean {
  const [first, second] = [...hypotheses].sort((a, b) => a.rank - b.rank);
  if (first === undefined || first.confidence < ROOT_CAUSE_CONFIDENCE) return false;
  if (second !== undefined && first.confidence - second.confidence < ROOT_CAUSE_LEAD - ROUNDING) return false;
  const finding = judgement.findings.find(({ id }) => id === first.finding);
  return finding !== undefined && finding.pointsTo === undefined && finding.citations.some(({ verified }) => verified);
}

function reasonsToDegrade({ judgement, deniedRequested }: OutcomeSources): readonly string[] {
  const reasons = judgement.coverage
    .filter((step) => step.required && !step.known)
    .map((step) => `a required check could not be judged: ${step.title} (${step.reason ?? step.status})`);
  const [unseen] = judgement.coverage;
  if (reasons.length === 0 && unseen !== undefined && hasSeenNothing(judgement)) {
    reasons.push(`no check gave an answer: ${unseen.reason ?? unseen.status}`);
  }
  const deniedSteps = judgement.coverage.filter((step) => step.status === 'denied' && !step.required);
  const denied = [...new Set([...deniedSteps.map((step) => step.title), ...deniedRequested])];
  if (denied.length > 0) reasons.push(`${count(denied.length, 'check')} denied: ${denied.join(', ')}`);
  const failed = judgement.findings.flatMap((finding) => finding.citations).filter(({ verified }) => !verified).length;
  if (failed > 0) reasons.push(`${count(failed, 'citation')} not found in the evidence`);
  return reasons.map((reason) => reason.slice(0, MAX_REASON_CHARACTERS));
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
