import { isKnown, type Evidence } from '../domain/evidence.ts';
import { isProblem, severityRank, type CoverageStep, type Finding, type Judgement } from '../domain/finding.ts';
import type { Playbook, PlaybookRule, RuledOut, Unknown } from '../schema/generated.ts';
import { DETECTORS } from './detectors/all-detectors.ts';
import type { Detector } from './detectors/detector.ts';
import type { Inputs } from './expand.ts';
import { CUT, judgeEachRule, leftText, type RuleVerdict } from './judge-rule.ts';
import { mergeSame } from './merge-same.ts';
import { cite, type Cite } from './quote.ts';
import { renderFindings } from './render-finding.ts';
import { partsOf, type StepResult } from './step-result.ts';
import { targetTime } from './target-time.ts';
import { cut } from './template.ts';

export interface RuleSources {
  readonly playbook: Playbook;
  readonly steps: readonly StepResult[];
  /** Evidence of the same run; quotes are taken from its redacted text. */
  readonly evidence: readonly Evidence[];
  /** Capture time. */
  readonly now: Date;
  readonly inputs?: Inputs;
  readonly detectors?: ReadonlyMap<string, Detector>;
  /** Quotes from the evidence, when absent. */
  readonly cite?: Cite;
}

export interface JudgedRule {
  readonly rule: PlaybookRule;
  readonly verdict: RuleVerdict;
}

/** Limits of the report contract. */
const MAX_FINDINGS = 200;
const MAX_RULED_OUT = 100;
const MAX_UNKNOWNS = 200;
const MAX_RULED_OUT_EVIDENCE = 10;
const MAX_UNKNOWN_CHARACTERS = 300;

/** The verdict of every rule over the raw output of a run. */
export function judgeRules(sources: RuleSources): readonly JudgedRule[] {
  const { playbook, steps, detectors = DETECTORS, inputs = {} } = sources;
  const stepById = stepsById(steps);
  const now = targetTime(sources);
  const { rules } = playbook.spec;
  const verdicts = judgeEachRule(rules, { stepById, now, detectors, inputs });
  return rules.flatMap((rule, index) => {
    const verdict = verdicts[index];
    return verdict === undefined ? [] : [{ rule, verdict }];
  });
}

/**
 * Judges the raw output of a run. Every rule gives findings, a ruled-out line, or an unknown: a step that did not run
 * never reads as health. Titles and objects of findings come from raw output, so the judgement must be redacted.
 */
export function evaluateRules(sources: RuleSources, judged = judgeRules(sources)): Judgement {
  const { steps, evidence } = sources;
  const stepById = stepsById(steps);
  const evidenceById = new Map(evidence.map((each) => [each.id, each]));
  const fired = new Set(judged.filter(({ verdict }) => verdict.kind === 'match').map(({ rule }) => rule.id));
  const around = { stepById, evidenceById, cite: sources.cite ?? cite, now: targetTime(sources) };

  const findings: Omit<Finding, 'id'>[] = [];
  const ruledOut: RuledOut[] = [];
  const unknowns = new Map<string, string[]>();
  // Steps that ran, and of which a rule could not read what it was made for.
  const unread = new Map<string, string>();
  for (const { rule, verdict } of judged) {
    if (verdict.kind === 'match') {
      const adjust = (confidence: number): number => adjustedConfidence(rule, confidence, fired);
      findings.push(...renderFindings(rule, verdict.matches, { ...around, adjust }));
    } else if (verdict.kind === 'no-match') {
      // Context can never be a cause, so its absence rules nothing out.
      if (!isProblem(rule.finding)) continue;
      const from = stepById.get(rule.from);
      ruledOut.push({ text: rule.title, evidence: from === undefined ? [] : evidenceOf(from) });
    } else if (verdict.kind === 'unknown') {
      if (verdict.isOutput === true && isProblem(rule.finding)) unread.set(rule.from, verdict.why);
      unknowns.set(verdict.why, [...(unknowns.get(verdict.why) ?? []), rule.title]);
    }
  }
  return {
    findings: numbered(mergeSame(findings)),
    ruledOut: ruledOut.slice(0, MAX_RULED_OUT),
    unknowns: [...unknowns].slice(0, MAX_UNKNOWNS).map(unknownOf),
    coverage: steps
      .filter((result) => !isUncalledFor(result))
      .map((result) => coverageOf(result, unread.get(result.step.id))),
    notCalled: steps
      .filter(isUncalledFor)
      .map(({ step, reason }) => ({ text: step.title, why: reason ?? 'not needed' })),
  };
}

/** What one gap hides, in one line: several rules often wait for the same step. */
function unknownOf([why, titles]: readonly [string, readonly string[]]): Unknown {
  return { text: cut(titles.join('; '), MAX_UNKNOWN_CHARACTERS), why };
}

function stepsById(steps: readonly StepResult[]): ReadonlyMap<string, StepResult> {
  return new Map(steps.map((result) => [result.step.id, result]));
}

/** Evidence of a step, at most what a report takes. */
function evidenceOf(result: StepResult): string[] {
  return partsOf(result)
    .flatMap(({ evidence }) => (evidence === undefined ? [] : [evidence]))
    .slice(0, MAX_RULED_OUT_EVIDENCE);
}

/** Confidence after what else fired; between 0.05 and 0.99 once it is changed. */
function adjustedConfidence(rule: PlaybookRule, confidence: number, fired: ReadonlySet<string>): number {
  const { raise = [], lower = [] } = rule.finding;
  const up = raise.filter((each) => fired.has(each.if)).map((each) => each.by);
  const down = lower.filter((each) => fired.has(each.if)).map((each) => -each.by);
  const changes = [...up, ...down];
  if (changes.length === 0) return confidence;
  let sum = confidence;
  for (const change of changes) sum += change;
  return Math.round(Math.min(0.99, Math.max(0.05, sum)) * 100) / 100;
}

/** Worst and surest first; `F01` is what a reader should see first. */
function numbered(findings: readonly Omit<Finding, 'id'>[]): readonly Finding[] {
  return [...findings]
    .sort((a, b) => severityRank(a.severity) - severityRank(b.severity) || b.confidence - a.confidence)
    .slice(0, MAX_FINDINGS)
    .map((finding, index) => ({ ...finding, id: `F${String(index + 1).padStart(2, '0')}` }));
}

/** Nothing on this target, or in this question, calls for the step: among the checks it would look like a gap. */
function isUncalledFor({ skipCause, step }: StepResult): boolean {
  return skipCause === 'not-needed' || (skipCause === 'no-input' && step.required !== true);
}

function coverageOf(result: StepResult, unread: string | undefined): CoverageStep {
  const { step, status } = result;
  const [evidence] = evidenceOf(result);
  const reason = result.reason ?? (isKnown(status) ? unreadReason(result, unread) : undefined);
  return {
    step: step.id,
    title: step.title,
    // Where a step is not made for the system the answer does not depend on it.
    required: step.required === true && result.skipCause !== 'platform',
    status,
    known: isKnown(status) && reason === undefined,
    ...(evidence === undefined ? {} : { evidence }),
    ...(reason === undefined || reason === '' ? {} : { reason }),
  };
}

/**
 * Why a step that ran well does not show everything: what was cut off may be what is wrong. An output that no rule
 * could read hides as much, where the answer depends on it.
 */
function unreadReason(result: StepResult, unread: string | undefined): string | undefined {
  if (partsOf(result).some(({ data }) => data?.isPartial === true)) return CUT;
  const { left = 0, step } = result;
  if (left > 0) return leftText(left);
  return step.required === true ? unread : undefined;
}
