import type {
  CoverageStep,
  DependencyMap,
  Hypothesis,
  Recommendation,
  ReportChange,
  ReportFinding,
  RuledOut,
  Unknown,
} from '../schema/generated.ts';

/** What a matched rule says, with what ranking and advice need. */
export interface Finding extends ReportFinding {
  /** Rule that matched. */
  readonly rule: string;
  /** Others that matched and say the same in the same words. */
  readonly alsoBy?: readonly string[];
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
  /** Steps that nothing on this target, or in this question, called for. */
  readonly notCalled?: readonly Unknown[];
  /** What depends on what, around the findings; absent when there is nothing to draw. */
  readonly dependencies?: DependencyMap;
  /** The same as relations between findings, from everything that was seen. */
  readonly relations?: FindingRelations;
  /** What changed, newest first; what has no time stands last. */
  readonly changes?: readonly ReportChange[];
}

/** What the dependencies of objects say about findings: ids of causes by the id of the effect. */
export interface FindingRelations {
  /** The object of the effect depends on that of the cause, and not the other way round. */
  readonly dependsOn: Readonly<Record<string, readonly string[]>>;
  /** The objects are known to have nothing to do with each other, whatever a rule says in general. */
  readonly apartFrom: Readonly<Record<string, readonly string[]>>;
  /** The objects are known to belong together; of a pair that is in neither list nobody knows. */
  readonly near?: Readonly<Record<string, readonly string[]>>;
  /** The same is wrong with another object of the same owner: one trouble, seen several times. */
  readonly alike: Readonly<Record<string, readonly string[]>>;
}

export type { CoverageStep, DependencyMap, Hypothesis, Recommendation };

const SEVERITIES: readonly ReportFinding['severity'][] = ['critical', 'error', 'warning', 'info'];

/** 0 for critical … 3 for info; smaller is worse. */
export function severityRank(severity: ReportFinding['severity']): number {
  return SEVERITIES.indexOf(severity);
}

/** Order of ids of findings: F02, F10, F100. */
export function compareIds(one: Pick<ReportFinding, 'id'>, other: Pick<ReportFinding, 'id'>): number {
  return one.id.localeCompare(other.id, 'en', { numeric: true });
}

/** Whether a finding says that something is wrong, as opposed to context. */
export function isProblem(finding: Pick<ReportFinding, 'severity'>): boolean {
  return finding.severity !== 'info';
}
