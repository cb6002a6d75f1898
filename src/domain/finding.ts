import type {
  CoverageStep,
  Hypothesis,
  Recommendation,
  ReportFinding,
  RuledOut,
  Unknown,
} from '../schema/generated.ts';

/** What a matched rule says, with what ranking and advice need. */
export interface Finding extends ReportFinding {
  /** Rule that matched. */
  readonly rule: string;
  /** Codes of findings that this one explains. */
  readonly explains: readonly string[];
  readonly disprovedBy?: string;
  readonly recommendations: readonly Recommendation[];
}

/** What a playbook run led to, before anyone ranks it. */
export interface Judgement {
  readonly findings: readonly Finding[];
  readonly ruledOut: readonly RuledOut[];
  readonly unknowns: readonly Unknown[];
  readonly coverage: readonly CoverageStep[];
}

export type { CoverageStep, Hypothesis, Recommendation };

const SEVERITIES: readonly ReportFinding['severity'][] = ['critical', 'error', 'warning', 'info'];

/** 0 for critical … 3 for info; smaller is worse. */
export function severityRank(severity: ReportFinding['severity']): number {
  return SEVERITIES.indexOf(severity);
}

/** Whether a finding says that something is wrong, as opposed to context. */
export function isProblem(finding: Pick<ReportFinding, 'severity'>): boolean {
  return finding.severity !== 'info';
}
